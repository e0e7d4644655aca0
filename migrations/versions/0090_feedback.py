"""What an asker said of an answer: for its owner alone, one word for each answer and asker."""

from alembic import op

revision = "0090"
down_revision = "0062"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE feedback (
    owner text NOT NULL,
    answer text NOT NULL,
    asker text NOT NULL,
    said text NOT NULL CHECK (said IN ('useful', 'useless', 'wrong', 'outdated', 'beside', 'misplaced')),
    at timestamptz NOT NULL,
    PRIMARY KEY (owner, answer, asker),
    FOREIGN KEY (owner, answer) REFERENCES answer ON DELETE CASCADE
)
"""


def upgrade() -> None:
    """Create the table behind row-level security: nobody but the owner of an answer reads what was said of it."""
    op.execute(TABLE)
    op.execute("ALTER TABLE feedback ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE feedback FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY own ON feedback USING (owner = current_setting('fenshen.owner', true))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
