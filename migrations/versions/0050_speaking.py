"""Whether an owner's words may go to a model that writes sentences: each yes and each no, with the provider named."""

from alembic import op

revision = "0050"
down_revision = "0061"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE speaking (
    owner text NOT NULL,
    seq bigint NOT NULL,
    id text NOT NULL,                     -- short enough to be shown
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('given', 'withdrawn')),
    provider text NOT NULL,               -- every model and where it runs, as it was shown
    sha256 text NOT NULL,                 -- over the words that were shown
    language text NOT NULL,
    PRIMARY KEY (owner, seq)
)
"""


def upgrade() -> None:
    """Create the table behind row-level security: rows are added, and none is changed."""
    op.execute(TABLE)
    op.execute("ALTER TABLE speaking ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE speaking FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY own ON speaking USING (owner = current_setting('fenshen.owner', true))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
