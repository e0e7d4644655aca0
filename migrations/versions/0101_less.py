"""What was erased of some days is taken off the sums of those days, wherever its passages were set apart."""

from alembic import op

revision = "0101"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A birth below zero is that of a passage set apart: turned round, it is the one under which it is counted."""
    op.execute("""
        CREATE OR REPLACE FUNCTION tally_less() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE tally SET n = tally.n - less.n, length = tally.length - less.length
            FROM (
                SELECT owner, chat, abs(birth) AS birth, date_trunc('day', at, 'UTC') AS day,
                       count(*) AS n, sum(length) AS length
                FROM gone WHERE length > 0 GROUP BY 1, 2, 3, 4
            ) AS less
            WHERE (tally.owner, tally.chat, tally.birth, tally.day) = (less.owner, less.chat, less.birth, less.day);
            DELETE FROM tally USING (SELECT DISTINCT owner, chat, abs(birth) AS birth FROM gone) AS less
            WHERE (tally.owner, tally.chat, tally.birth) = (less.owner, less.chat, less.birth) AND n <= 0;
            RETURN NULL;
        END $$
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
