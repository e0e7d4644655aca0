"""Where answers still stand whose words are erased, until they are taken down."""

from alembic import op

revision = "0062"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Places outlive their answers for as long as that takes; no word of any."""
    op.execute("""
        CREATE TABLE placed (
            answer text PRIMARY KEY,
            owner text NOT NULL,
            platform text NOT NULL,
            chat text NOT NULL,
            message text NOT NULL,
            language text,
            at timestamptz NOT NULL,
            refused boolean NOT NULL DEFAULT false    -- the platform does not let it be replaced
        )
    """)
    op.execute("ALTER TABLE place ADD COLUMN language text")
    op.execute("CREATE INDEX placed_owner ON placed (owner)")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
