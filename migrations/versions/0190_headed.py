"""What was kept under a heading gets a vector anew: of the heading, of what stands under it, and of both."""

from alembic import op

revision = "0190"
down_revision = "0160"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only the vectors go; the words are read again, and words alone find them until then."""
    for table in ("meaning", "message"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        DELETE FROM meaning USING message
        WHERE meaning.owner = message.owner AND meaning.passage = message.passage
          AND message.source IN ('note', 'kept', 'interview')
    """)
    for table in ("meaning", "message"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
