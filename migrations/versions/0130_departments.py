"""Departments among those who may ask: of a scope joined by name, and of the readers of an answer or a draft."""

from alembic import op

revision = "0130"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who joined before listed no department, and what was answered before rests on none."""
    op.execute("ALTER TABLE consent_event ADD COLUMN departments text[]")
    for table in ("answer", "draft"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN within jsonb NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
