"""Quotas: a double's answers of the last day are counted before each new one."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index by which a day's answers are found."""
    op.execute("CREATE INDEX answer_day ON answer (owner, at) INCLUDE (asker)")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
