"""The works agreement in force: one signed document that only forbids."""

from alembic import op

revision = "0044"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row at most; it is replaced by a newer version alone."""
    op.execute("""
        CREATE TABLE agreement (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            version integer NOT NULL,
            sha256 text NOT NULL,                 -- of the file as it was signed
            at timestamptz NOT NULL,
            document jsonb NOT NULL
        );
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
