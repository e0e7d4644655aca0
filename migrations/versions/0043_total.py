"""Totals of closed months: numbers of the whole company, written once."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New rows alone: what was told of a month stays what is told of it."""
    op.execute("""
        CREATE TABLE total (
            month date PRIMARY KEY,               -- its first day
            at timestamptz NOT NULL,
            answers integer,                      -- rounded down to fives; NULL: of too few people to be told
            put integer
        );
        COMMENT ON TABLE total IS 'append-only';
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
