"""Since when an answer that is to be taken down has stood: where several share a message, each keeps its place."""

from alembic import op

revision = "0300"
down_revision = "0290"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of those that wait already it is not known: they come first."""
    op.execute("ALTER TABLE placed ADD COLUMN since timestamptz")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
