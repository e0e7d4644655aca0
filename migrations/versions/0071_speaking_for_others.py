"""A yes to a model said until now that colleagues are quoted: only one given since lets it word drafts for them."""

from alembic import op

revision = "0071"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever said yes before is asked anew before anything else than their own questions goes to a model."""
    op.execute("ALTER TABLE speaking ADD COLUMN others boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
