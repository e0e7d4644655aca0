"""The store's tables as SQLAlchemy sees them; the migrations say what they are."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType

tables = MetaData()
TIME = DateTime(timezone=True)


class Halfvec(UserDefinedType[str]):
    """pgvector's vector of half-precision numbers: written as its text, `[0.1,0.2]`, and read as it is sent."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Its name in SQL."""
        return "halfvec"


def _keys(*names: str) -> list[Column[str]]:
    return [Column(name, Text, primary_key=True) for name in names]


owner = Table(
    "owner",
    tables,
    Column("owner", Text, primary_key=True),
    Column("epoch", BigInteger),
    Column("key_id", Text),
    Column("name", LargeBinary),
    Column("ledger_seq", BigInteger),
    Column("ledger_head", LargeBinary),
    Column("language", Text),
)
owner_key = Table(
    "owner_key",
    tables,
    *_keys("owner", "key_id"),
    Column("minted_at", TIME),
    Column("retired_epoch", BigInteger),
    Column("destroyed_at", TIME),
)
consent_event = Table(
    "consent_event",
    tables,
    Column("owner", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text),
    Column("at", TIME),
    Column("kind", Text),
    Column("scope", Text),
    Column("scope_version", BigInteger),
    Column("chat", Text),
    Column("audience", Text),
    Column("level", Text),
    Column("mode", Text),
    Column("birth", BigInteger),
    Column("since", TIME),
    Column("until", TIME),
    Column("notice", Text),
    Column("notice_sha256", Text),
    Column("language", Text),
    Column("offer", Text),
    Column("key_id", Text),
    Column("sealed", LargeBinary),
    *(Column(name, ARRAY(Text)) for name in ("chats", "people", "departments", "words")),
    Column("speech", Text),
    Column("quota", Integer),
)
offer = Table(
    "offer",
    tables,
    Column("id", Text, primary_key=True),
    *(Column(name, Text) for name in ("person", "chat", "language")),
    Column("at", TIME),
    Column("taken", Boolean),
    Column("scope", Text),
    Column("scope_version", BigInteger),
    *(Column(name, ARRAY(Text)) for name in ("chats", "people")),
    Column("until", TIME),
)
scope = Table(
    "scope",
    tables,
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("at", TIME),
    Column("by", Text),
    Column("deleted", Boolean),
    Column("document", JSONB),
)
passage = Table(
    "passage",
    tables,
    Column("owner", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("chat", Text),
    Column("thread", Text),
    Column("birth", BigInteger),
    Column("at", TIME),
    Column("length", Integer),
    Column("key_id", Text),
)
message = Table(
    "message",
    tables,
    *_keys("owner", "chat", "message"),
    Column("birth", BigInteger, primary_key=True, autoincrement=False),
    Column("passage", Uuid),
    Column("n", Integer),
    Column("at", TIME),
    Column("source", Text),
    Column("key_id", Text),
    Column("sealed", LargeBinary),
)
posting = Table(
    "posting",
    tables,
    Column("owner", Text, primary_key=True),
    Column("term", LargeBinary, primary_key=True),
    Column("hold", BigInteger, primary_key=True, autoincrement=False),
    Column("at", TIME, primary_key=True),
    Column("passage", Uuid, primary_key=True),
    *(Column(name, Integer) for name in ("tf", "length")),
)
tally = Table(
    "tally",
    tables,
    *_keys("owner", "chat"),
    Column("birth", BigInteger, primary_key=True, autoincrement=False),
    Column("day", TIME, primary_key=True),
    Column("n", BigInteger),
    Column("length", BigInteger),
)
meaning = Table(
    "meaning",
    tables,
    Column("owner", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("passage", Uuid, primary_key=True),
    Column("dimension", Integer),
    Column("key_id", Text),
    Column("vector", Halfvec),
)
answer = Table(
    "answer",
    tables,
    *_keys("owner", "id"),
    Column("at", TIME),
    *(Column(name, Text) for name in ("asker", "chat")),
    Column("direct", Boolean),
    Column("level", Text),
    Column("epoch", BigInteger),
    Column("passages", Integer),
    Column("retracted_at", TIME),
    Column("question_key_id", Text),
    Column("question", LargeBinary),
    Column("reviewed", Boolean),
    Column("within", JSONB),
)
citation = Table(
    "citation",
    tables,
    *_keys("owner", "answer"),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("passage", Uuid),
    Column("level", Text),
)
credit = Table(
    "credit",
    tables,
    *_keys("owner", "answer"),
    Column("value", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", TIME),
)
place = Table(
    "place",
    tables,
    Column("answer", Text, primary_key=True),
    *(Column(name, Text) for name in ("owner", "platform", "chat", "message", "language", "thread")),
    Column("at", TIME),
)
ledger = Table(
    "ledger",
    tables,
    Column("owner", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", TIME),
    Column("kind", Text),
    Column("commit", LargeBinary),
    Column("hash", LargeBinary),
)
ledger_payload = Table(
    "ledger_payload",
    tables,
    Column("owner", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", Text),
    Column("salt", LargeBinary),
    Column("key_id", Text),
    Column("sealed", LargeBinary),
)
erasure = Table(
    "erasure",
    tables,
    *_keys("owner", "id"),
    *(Column(name, Text) for name in ("chat", "scope")),
    Column("leftover", Boolean),
    Column("epoch", BigInteger),
    *(Column(name, TIME) for name in ("since", "until", "stopped_at", "key_destroyed_at", "erased_at")),
    Column("counts", JSONB),
    Column("residue", Integer),
    Column("probe", JSONB),
    Column("receipt", JSONB),
)
claim = Table(
    "claim",
    tables,
    *_keys("platform", "key"),
    Column("until", TIME),
)
slot = Table(
    "slot",
    tables,
    Column("slot", Text, primary_key=True),
    Column("about", Text),
    Column("platform", Text),
    Column("chat", Text),
    Column("message", Text),
    Column("editable", Boolean),
    Column("at", TIME),
)
import_code = Table(
    "import_code",
    tables,
    Column("person", Text, primary_key=True),
    Column("sha256", LargeBinary),
    Column("until", TIME),
    Column("tries", Integer),
)
put_question = Table(
    "put_question",
    tables,
    Column("id", Text, primary_key=True),
    Column("platform", Text),
    Column("chat", Text),
    Column("thread", Text),
    Column("asker", Text),
    Column("person", Text),
    Column("asked", Text),
    Column("question", Text),
    Column("language", Text),
    Column("message", Text),
    Column("reply", Text),
    Column("at", TIME),
    Column("private", Boolean),
    Column("stands", Text),
)
calls = Table(
    "calls",
    tables,
    Column("platform", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("calls", BigInteger),
)
unanswered = Table(
    "unanswered",
    tables,
    *_keys("owner", "chat"),
    Column("day", Date, primary_key=True),
    Column("questions", Integer),
)
interview = Table(
    "interview",
    tables,
    *_keys("owner", "chat"),
    Column("language", Text),
    Column("ahead", ARRAY(Text)),
    Column("given", JSONB),
    Column("open", Boolean),
    Column("asked_at", TIME),
    Column("at", TIME),
)
objection = Table("objection", tables, *_keys("chat", "person"), Column("at", TIME))
