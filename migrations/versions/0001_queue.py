"""The queue of background work, the leases, and the keyring's seal."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Procrastinate's own tables as its package has them, and two small ones of ours."""
    # No parameters, or the driver would read the percent signs of its functions as placeholders.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema(), execution_options={"no_parameters": True})
    op.execute(_FREED)
    op.execute("""
        CREATE TABLE lease (
            name text PRIMARY KEY,
            holder text NOT NULL,
            until timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE keyring_seal (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            public_key bytea NOT NULL,
            generation bigint NOT NULL,
            signature bytea NOT NULL
        )
    """)


def downgrade() -> None:
    """There is nothing before the beginning."""
    raise NotImplementedError


# Workers hear of new jobs only; a job that waited for a lock would otherwise stay until the next poll.
_FREED = """
CREATE FUNCTION queue_lock_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('procrastinate_any_queue_v1', json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text);
    RETURN NEW;
END
$$;
CREATE TRIGGER queue_lock_freed AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing' AND NEW.status <> 'doing' AND NEW.lock IS NOT NULL)
    EXECUTE FUNCTION queue_lock_freed();
"""
