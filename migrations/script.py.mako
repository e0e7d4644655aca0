"""${message}."""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What it adds."""
    ${upgrades if upgrades else "raise NotImplementedError"}


def downgrade() -> None:
    """What it takes away again."""
    ${downgrades if downgrades else "raise NotImplementedError"}
