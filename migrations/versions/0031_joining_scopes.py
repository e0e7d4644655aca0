"""Offers of a scope by its name, in the version that was shown; and leaving one."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An offer or an erasure without a scope is of a chat, as all of them were."""
    op.execute("ALTER TABLE offer ADD COLUMN scope text, ADD COLUMN scope_version bigint")
    op.execute("ALTER TABLE erasure ADD COLUMN scope text")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
