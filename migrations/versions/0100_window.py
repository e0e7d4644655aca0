"""An owner erases what they said within some days; nothing that was said then is recorded again."""

from alembic import op

revision = "0100"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An erasure may be of a window: from `since` on, before `until`; NULL: of whenever it was."""
    op.execute("ALTER TABLE erasure ADD COLUMN since timestamptz, ADD COLUMN until timestamptz")
    op.execute("ALTER TABLE erasure ADD CHECK ((since IS NULL) = (until IS NULL) AND since < until)")
    op.execute("ALTER TABLE erasure ADD CHECK (since IS NULL OR scope IS NULL)")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
