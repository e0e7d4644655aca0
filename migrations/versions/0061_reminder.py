"""When an owner was last reminded of what runs out, and last told of their week."""

from alembic import op

revision = "0061"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for each owner who was told of either; no word of what."""
    op.execute("""
        CREATE TABLE reminder (
            owner text PRIMARY KEY,
            renewal_at timestamptz,
            weekly_at timestamptz,
            weekly boolean NOT NULL DEFAULT true      -- whether they want to be told of their week
        )
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
