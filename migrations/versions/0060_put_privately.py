"""Questions that are put to an owner alone, and where the message stands that puts them."""

from alembic import op

revision = "0060"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what tells a private question, whose message stands in another chat than the question."""
    op.execute("""
        ALTER TABLE put_question
            ADD COLUMN private boolean NOT NULL DEFAULT false,
            ADD COLUMN stands text            -- the chat of the message that puts it; NULL: where it was asked
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
