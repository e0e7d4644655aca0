"""A draft for somebody who asked in a group, and may have the answer alone."""

from alembic import op

revision = "0131"
down_revision = "0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that wait were asked for where their answer will stand."""
    op.execute("ALTER TABLE draft ADD COLUMN aside boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
