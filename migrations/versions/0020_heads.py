"""The signed heads over all ledgers, and how far each chain had come at each of them."""

from alembic import op

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both tables take new rows alone; a leaf is written only for a chain that grew since the head before."""
    op.execute("""
        CREATE TABLE ledger_leaf (
            owner text NOT NULL,
            number bigint NOT NULL,               -- of the head that first has it
            seq bigint NOT NULL,
            hash bytea NOT NULL,                  -- of that entry of the owner's chain
            PRIMARY KEY (owner, number)
        );
        CREATE TABLE ledger_head (
            number bigint PRIMARY KEY,
            at timestamptz NOT NULL,
            document jsonb NOT NULL               -- signed, as it was published
        );
        COMMENT ON TABLE ledger_leaf IS 'append-only';
        COMMENT ON TABLE ledger_head IS 'append-only';
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
