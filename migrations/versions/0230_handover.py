"""Handovers: consents that begin when their owner leaves the company, to people by name and in the owner's words."""

from alembic import op

revision = "0230"
down_revision = "0220"
branch_labels = None
depends_on = None

# signed: asleep while its owner is here; handed: they have left, and it answers
SQL = """
ALTER TABLE consent_event
    DROP CONSTRAINT consent_event_kind_check,
    ADD CONSTRAINT consent_event_kind_check CHECK (
        kind IN ('given', 'look_back', 'narrowed', 'paused', 'withdrawn', 'departed', 'expired', 'signed', 'handed')
    ),
    ADD CONSTRAINT consent_event_handover_check CHECK (
        CASE scope WHEN '(handover)'
            THEN kind IN ('signed', 'handed', 'departed', 'withdrawn', 'expired')
                AND speech IS NOT DISTINCT FROM 'quotes'
            ELSE kind NOT IN ('signed', 'handed')
        END
    );
ALTER TABLE offer
    ADD COLUMN chats text[],              -- of a handover: whose words it is about
    ADD COLUMN people text[],             -- who may ask
    ADD COLUMN until timestamptz;
"""


def upgrade() -> None:
    """Nothing is rewritten: nobody has handed anything over so far."""
    op.execute(SQL)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
