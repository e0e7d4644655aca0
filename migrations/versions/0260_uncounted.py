"""The planner takes every owner for one of many, and nobody for the one of whom it has never heard."""

from alembic import op

revision = "0260"
down_revision = "0250"
branch_labels = None
depends_on = None

# Where the owners were few when they were counted, the planner knew each of them, and took whoever came afterwards to
# own next to nothing: then any index that begins with the owner seemed as good as the right one, and each passage that
# was to be erased read all that its owner had. Uncounted, an owner is a two hundredth of the table, however large.
# What was counted before a server of version 18 stays where it is until then.
SQL = """
DO $$
DECLARE owned name;
BEGIN
    FOR owned IN
        SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'owner'
        WHERE c.relkind = 'r' AND c.relrowsecurity AND c.relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN owner SET STATISTICS 0', owned);
        IF to_regprocedure('pg_clear_attribute_stats(text, text, text, boolean)') IS NOT NULL THEN
            PERFORM pg_clear_attribute_stats(current_schema()::text, owned::text, 'owner', false);
        END IF;
    END LOOP;
END $$;
"""


def upgrade() -> None:
    """What was counted of owners is forgotten, and not counted again."""
    op.execute(SQL)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
