"""The first week: questions put to a person, in ids alone, so that a reply finds its way back; and pausing."""

from alembic import op

revision = "0010"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table without anybody's words, whose rows are dropped after a month; and consent that can be paused."""
    op.execute("""
        CREATE TABLE put_question (
            id text PRIMARY KEY,
            platform text NOT NULL,
            chat text NOT NULL,
            thread text,
            asker text NOT NULL,
            person text,                      -- NULL: called by a name without an id
            asked text NOT NULL,              -- the asker's message
            question text NOT NULL,           -- opaque; its words are in memory alone
            language text NOT NULL,
            message text,                     -- the bot's message that puts it
            reply text,                       -- the message that answered it
            at timestamptz NOT NULL
        )
    """)
    op.execute("""
        ALTER TABLE consent_event
            DROP CONSTRAINT consent_event_kind_check,
            ADD CONSTRAINT consent_event_kind_check CHECK (
                kind IN ('given', 'look_back', 'paused', 'withdrawn', 'departed', 'expired')
            )
    """)
    op.execute("CREATE INDEX put_question_message ON put_question (chat, message)")
    op.execute("CREATE INDEX put_question_at ON put_question (at)")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
