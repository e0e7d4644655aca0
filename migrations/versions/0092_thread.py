"""In which thread an answer stands, and since when: a question under it goes on from there."""

from alembic import op

revision = "0092"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Answers given before stand in no thread that is known."""
    op.execute("ALTER TABLE place ADD COLUMN thread text, ADD COLUMN at timestamptz")
    op.execute("CREATE INDEX place_thread ON place (chat, thread) WHERE thread IS NOT NULL")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
