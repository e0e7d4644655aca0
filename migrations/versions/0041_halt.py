"""Whom admins have halted: their doubles answer and record nothing, and nothing of theirs is erased."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row says nothing of a double: anybody can be halted, whether they have one or not."""
    op.execute("""
        CREATE TABLE halt (
            person text PRIMARY KEY,              -- '*': everybody
            at timestamptz NOT NULL,
            by text NOT NULL
        );
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
