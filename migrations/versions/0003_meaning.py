"""What passages mean, as vectors: exact, by owner, rotated under the owner's key; there is no index over all."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MEANING = """
CREATE TABLE meaning (
    owner text NOT NULL,
    model text NOT NULL,                  -- which model made it
    passage uuid NOT NULL,
    dimension integer NOT NULL,
    key_id text NOT NULL,                 -- whose rotation it stands in
    vector halfvec NOT NULL,
    PRIMARY KEY (owner, model, passage),
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE INDEX meaning_passage ON meaning (owner, passage);
"""


def upgrade() -> None:
    """Create the table behind the lock of its owner. Only a superuser can bring the extension; it may be there."""
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.execute(MEANING)
    op.execute("ALTER TABLE meaning ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE meaning FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY own ON meaning USING (owner = current_setting('fenshen.owner', true))")


def downgrade() -> None:
    """There is no way back: dropping consent and words is a decision for people, not for a migration."""
    raise NotImplementedError
