"""In which language an owner last told the bot anything, so that cards that nobody asked for come in it."""

from alembic import op

revision = "0220"
down_revision = "0200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of the time before: until an owner says something, it is the language of their consent."""
    op.execute("ALTER TABLE owner ADD COLUMN language text CHECK (language IN ('zh', 'en'))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
