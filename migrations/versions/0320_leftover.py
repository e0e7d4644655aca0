"""An erasure may be of what was left over when its owner narrowed from when on their words may be used."""

from alembic import op

revision = "0320"
down_revision = "0300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It is of no days, so nothing said then is kept out afterwards, and of no scope."""
    op.execute("ALTER TABLE erasure ADD COLUMN leftover boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE erasure ADD CHECK (NOT leftover OR (since IS NULL AND scope IS NULL))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
