"""Which answers a model worded: whose, and how many sentences of it the card showed; none of them is kept."""

from alembic import op

revision = "0091"
down_revision = "0080"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE worded (
    owner text NOT NULL,
    answer text NOT NULL,
    provider text NOT NULL,               -- every model and where it runs, as its owner said yes to it
    paraphrases integer NOT NULL,
    inferences integer NOT NULL,
    PRIMARY KEY (owner, answer),
    FOREIGN KEY (owner, answer) REFERENCES answer ON DELETE CASCADE
)
"""


def upgrade() -> None:
    """Create the table behind row-level security."""
    op.execute(TABLE)
    op.execute("ALTER TABLE worded ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE worded FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY own ON worded USING (owner = current_setting('fenshen.owner', true))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
