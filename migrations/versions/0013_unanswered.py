"""What a double could not answer: how many questions in a day and a chat, and nothing else of them."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A counter without words and without askers, seen on behalf of its owner alone."""
    op.execute("""
        CREATE TABLE unanswered (
            owner text NOT NULL,
            chat text NOT NULL,
            day date NOT NULL,
            questions integer NOT NULL,
            PRIMARY KEY (owner, chat, day)
        )
    """)
    op.execute("ALTER TABLE unanswered ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE unanswered FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY own ON unanswered USING (owner = current_setting('fenshen.owner', true))")
    op.execute("CREATE INDEX put_question_person ON put_question (person, at) WHERE reply IS NULL")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
