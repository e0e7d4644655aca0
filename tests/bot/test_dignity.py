"""Promises to everybody: no route, table, column or line of the log lists, counts or ranks who joined, refused or left.

Whoever adds a number, a route or a line of the log meets these tests, and has to say here what it is of.
"""

import ast
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from adapters.base import Click, Message, Receive
from adapters.metered import OUTCOMES
from bot.__main__ import names_no_arguments
from bot.admin import STEP as ANSWERED_AT
from bot.app import Fenshen
from bot.metrics import DIRECTIONS, REASONS, RESULTS, SECONDS, STAGES
from skills.database import Database, libpq_url
from skills.keyring import DirectoryKeyring
from skills.queue import Pace, Queue
from skills.store import Store
from skills.vault import Vault
from tests.bot.conftest import METRICS_TOKEN, Company
from tests.bot.signing import Signer
from tests.bot.test_admin import ROUTES, _routes

Joins = Callable[..., Awaitable[None]]
Settled = Callable[[], Awaitable[None]]
ROOT = Path(__file__).parents[2]
JOINED, REFUSED, LEFT, NEVER = PEOPLE = [f"lark:t:{name}" for name in ("ana", "bo", "cy", "di")]

# what would judge or compare people, as part of any name
JUDGING = re.compile(
    r"rank|score|rating|grade|percentile|leader|performan|productiv|mood|sentiment|emotion|attrition|replaceab|trait"
    r"|persona(?!l)|style|joiner|refuser|decline|optin|optout|opted"
)
# numbers that are stored, and what they are of: never of people
NUMBERS = {
    "how often something of one owner's changed, and where their own things stand": {
        *("owner.epoch", "owner.ledger_seq", "owner_key.retired_epoch", "consent_event.seq", "speaking.seq"),
        *("consent_event.birth", "consent_event.quota"),
        *("consent_event.scope_version", "passage.birth", "message.birth", "tally.birth", "answer.epoch"),
        *("erasure.epoch", "ledger.seq", "ledger_payload.seq", "ledger_leaf.seq", "citation.n", "message.n"),
        *("speaking.seq", "offer.scope_version", "draft_citation.n", "draft_citation.quote", "reminder.drafts_told"),
        *("page.birth", "page.version", "page_version.version", "page_line.version", "page_line.line"),
        *("page_line.starts", "page_line.ends", "page_told.version", "page_told.line"),
    },
    "what a model took for one owner's pages, for their own eyes": {
        *("page_spent.calls", "page_spent.tokens_in", "page_spent.tokens_out"),
    },
    "how much one owner's own words are": {
        *("passage.length", "posting.tf", "posting.length", "posting.hold", "tally.n", "tally.length"),
        *("meaning.dimension", "answer.passages", "draft.passages", "erasure.residue"),
    },
    "how many messages passed in one owner's reading, of nobody by name": {
        *("reading.read", "reading.others", "reading.to_bot", "reading.empty", "reading.kept", "reading.known"),
        "reading.gaps",
    },
    "one answer's own sentences": {"worded.paraphrases", "worded.inferences"},
    "one answer, one credit, for its owner's eyes": {"credit.value", "unanswered.questions", "import_code.tries"},
    "the house's own": {
        *(
            "scope.version",
            "consent_event.quota",
            "ledger_leaf.number",
            "ledger_head.number",
            "calls.calls",
            "rule.value",
            "agreement.version",
        ),
        *("keyring_seal.generation", "total.answers", "total.put"),
    },
}
# answers of the API whose fields name people or things of theirs, all of them the admin's own words
ADMINS_OWN = {"Readers.people", "Readers.departments"}


@pytest.fixture
async def lives(joins: Joins, receive: Receive, says: Callable[..., Message], taps: Callable[..., Click]) -> Any:
    """Ana joins, Bo refuses, Cy joins and leaves; Di never comes."""

    async def live(store: Store, settled: Settled) -> None:
        await joins("ana", "join_today")
        await receive(says("ana", "the gateway restarts at nine"))
        await receive(says("bo", "/optin", to_bot=True))
        offer = await store.latest_offer(REFUSED)
        assert offer is not None
        await receive(taps("bo", "decline", {"offer": offer.id}))
        await joins("cy", "join_today")
        await receive(says("cy", "/optout", direct=True))
        await settled()

    return live


async def _told(admin: httpx.AsyncClient) -> dict[str, tuple[int, bytes]]:
    """What every route tells an admin who may read everything."""
    paths = [path for method, path in sorted(ROUTES) if method == "GET"]
    answers = {path: await admin.get(path.replace("{name}", "default")) for path in paths}
    assert all(answer.status_code < 500 for answer in answers.values())
    return {path: (answer.status_code, answer.content) for path, answer in answers.items()}


async def test_no_route_tells_a_company_that_joined_from_one_that_did_not(
    admin: httpx.AsyncClient, lives: Any, store: Store, settled: Settled
) -> None:
    """Byte for byte the same before anybody came, and after one joined, one refused and one left."""
    before = await _told(admin)
    await lives(store, settled)
    assert await store.is_owner(JOINED)
    assert not await store.is_owner(LEFT)
    assert await _told(admin) == before


@pytest.mark.parametrize("kind", ["person.halt", "person.resume", "person.left", "person.returned", "handover.end"])
async def test_no_event_tells_who_joined_refused_or_left(
    orders: Signer, lives: Any, store: Store, settled: Settled, kind: str
) -> None:
    """Of each of them, and of somebody who never came, the same is answered."""
    await lives(store, settled)
    answers = [await orders(kind, {"person": person}) for person in PEOPLE]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}


STEP, SLACK = 0.9, 0.6  # seconds; what a loaded machine takes beside


@pytest.fixture
def stepping(company: Company) -> None:
    """Steps that are longer than any order here."""
    company.step = STEP


async def test_no_order_tells_by_its_time_whom_it_stopped(
    stepping: None, lives: Any, orders: Signer, settled: Settled, store: Store
) -> None:
    """Freezing and pausing a double takes longer than finding none; the answer comes at a step, whatever was done."""
    await lives(store, settled)
    took = {}
    for kind in ("person.left", "person.returned"):
        for person in (JOINED, NEVER):
            began = time.monotonic()
            assert (await orders(kind, {"person": person})).status_code == 200
            took[kind, person] = time.monotonic() - began
    assert {of: seconds for of, seconds in took.items() if seconds < STEP or seconds % STEP > SLACK} == {}
    assert ANSWERED_AT >= 0.5


async def test_the_published_head_names_and_counts_nobody(
    admin: httpx.AsyncClient, lives: Any, store: Store, settled: Settled
) -> None:
    """It is the one thing outside that changes when people come: one hash, whoever and however many they are."""
    await lives(store, settled)
    await store.publish_head()
    answer = await admin.get("/ledger/head")
    assert not [person for person in PEOPLE if person in answer.text]
    numbers = [value for value in answer.json().values() if isinstance(value, int)]
    assert numbers in ([], [1])  # which head it is


def test_every_route_is_known_here(web: FastAPI) -> None:
    """A new one is compared above from its first day."""
    assert _routes(web) == ROUTES
    assert not [path for _, path in ROUTES if JUDGING.search(path) or re.search(r"people|person|owner", path)]


async def test_no_answer_of_the_api_has_a_field_for_people(anybody: httpx.AsyncClient) -> None:
    """Walk all that any route describes as its answer: nobody is named, nobody is judged."""
    spec = (await anybody.get("/admin/openapi.json")).json()
    operations = [operation for path in spec["paths"].values() for operation in path.values()]
    answered = {name for operation in operations for name in _models(operation["responses"], spec)}
    assert "TotalAnswer" in answered
    fields = {f"{name}.{field}" for name in answered for field in spec["components"]["schemas"][name]["properties"]}
    people = re.compile(r"people|person|owner|asker|member|department|joined|consent")
    assert {field for field in fields if people.search(field)} <= ADMINS_OWN
    assert [field for field in fields if JUDGING.search(field.lower())] == []


def _models(part: Any, spec: Any) -> Iterator[str]:
    """The models that a part of the description leads to, through one another."""
    if isinstance(part, dict):
        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            yield name
            yield from _models(spec["components"]["schemas"][name], spec)
        for each in part.values():
            yield from _models(each, spec)
    elif isinstance(part, list):
        for each in part:
            yield from _models(each, spec)


async def _metrics(anybody: httpx.AsyncClient) -> dict[tuple[str, str], float]:
    """Every number that is published: by its name and its labels, as they are written."""
    answer = await anybody.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN.get_secret_value()}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(s.name, str(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


@pytest.fixture
def forward() -> list[timedelta]:
    """How far the clock is ahead."""
    return []


@pytest.fixture
def store(database: Database, vault: Vault, keyring: DirectoryKeyring, queue: Queue, forward: list[timedelta]) -> Store:
    """The store, with a clock that a test can put forward."""
    return Store(database, vault, keyring, queue, lambda: datetime.now(UTC) + sum(forward, timedelta()))


NOES = {
    "nobody of that name": "ask Zoe when the gateway restarts",
    "never came": "ask Di when the gateway restarts",
    "refused": "ask Bo when the gateway restarts",
    "left": "ask Cy when the gateway restarts",
    "nothing found": "ask Ana which colour zebras have",
    "kept to herself": "ask Ana when the gateway restarts",
    "the floor": "ask Ana what her salary is",
    "nobody named": "who knows which colour zebras have",
}


async def test_a_no_read_before_and_after_ones_own_question_is_a_no(
    anybody: httpx.AsyncClient,
    fenshen: Fenshen,
    lives: Any,
    asks: Callable[..., Awaitable[Any]],
    receive: Receive,
    says: Callable[..., Message],
    store: Store,
    settled: Settled,
    forward: list[timedelta],
) -> None:
    """Whoever reads all metrics around one question sees one question more that got no answer, and nothing else."""
    await lives(store, settled)
    await receive(says("ana", "/withhold gateway", direct=True))
    await settled()
    forward.append(timedelta(minutes=6))
    await _metrics(anybody)
    for kind, question in NOES.items():
        before = await _metrics(anybody)
        _, card = await asks("di", question)
        assert card.answer is None, kind
        after = await _metrics(anybody)
        moved = {name: value - before[name] for name, value in after.items() if value != before[name]}
        assert moved == {("fenshen_questions_total", "[]"): 1, ("fenshen_unanswered_total", "[]"): 1}, kind


async def test_the_metrics_are_of_the_machine_and_name_nobody(
    anybody: httpx.AsyncClient,
    fenshen: Fenshen,
    lives: Any,
    asks: Callable[..., Awaitable[Any]],
    store: Store,
    settled: Settled,
    forward: list[timedelta],
) -> None:
    """Walk all of them after real questions: the same labels as before anybody came, and each of a closed list."""
    before = await _metrics(anybody)
    await lives(store, settled)
    _, card = await asks("di", "ask Ana when the gateway restarts")
    assert card.answer is not None
    await asks("di", "ask Bo when the gateway restarts")
    forward.append(timedelta(minutes=6))
    after = await _metrics(anybody)
    assert set(after) == set(before)
    assert after["fenshen_answers_total", "[]"] == after["fenshen_unanswered_total", "[]"] == 1
    bounds = {str(seconds) for seconds in (*SECONDS, "+Inf")}
    known: dict[str, set[Any]] = {
        "stage": set(STAGES),
        "result": set(RESULTS),
        "direction": set(DIRECTIONS),
        "reason": set(REASONS),
        "platform": {"lark", "dingtalk"},
        "outcome": set(OUTCOMES),
        "le": bounds,
    }
    labels = [pair for _, written in after for pair in ast.literal_eval(written)]
    assert {name for name, _ in labels} == set(known)
    assert [(name, value) for name, value in labels if value not in known[name]] == []
    names = {name for name, _ in after}
    assert [name for name in names if not name.startswith("fenshen_") or JUDGING.search(name)] == []
    assert [name for name in names if re.search(r"people|person(?!s)|owner|asker|member|consent|double", name)] == []


def _columns(migrate_url: str) -> list[tuple[str, str, str]]:
    """(table, column, type) of all that is stored, the queue's own tables aside."""
    read = (
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name NOT LIKE 'procrastinate%'"
    )
    with psycopg.connect(libpq_url(migrate_url)) as connection:
        return [(table, column, kind) for table, column, kind in connection.execute(read)]


def test_no_table_and_no_column_judges_people(migrate_url: str) -> None:
    """Nothing that is stored is called after a rank, a score, a mood, a trait, or after who refused."""
    named = {f"{table}.{column}" for table, column, _ in _columns(migrate_url)}
    assert "answer.asker" in named
    assert [name for name in named if JUDGING.search(name)] == []


def test_every_number_that_is_stored_is_known_and_counts_no_people(migrate_url: str) -> None:
    """A new one has to say in NUMBERS what it is of; one of people has no place there."""
    numeric = ("integer", "bigint", "smallint", "numeric", "real", "double precision")
    stored = {f"{table}.{column}" for table, column, kind in _columns(migrate_url) if kind in numeric}
    assert stored == set().union(*NUMBERS.values())


LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


def _said_to_the_log() -> Iterator[tuple[str, str]]:
    """(file, what it says) of every line that is written to the log, with what is filled in."""
    for room in ("bot", "skills", "adapters"):
        for path in sorted(ROOT.joinpath(room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Attribute) and called.attr in LEVELS:
                    assert ast.unparse(called.value) == "log", f"{path.name} calls its log something else"
                    yield path.name, " ".join(map(ast.unparse, node.args))  # type: ignore[attr-defined]


def test_no_line_of_the_log_is_about_joining_refusing_or_leaving() -> None:
    """Nor about consents, halts and doubles: whoever reads the log learns how the machine is."""
    lines = list(_said_to_the_log())
    assert len(lines) > 30
    about = re.compile(
        r"\b(?:join(?!\()|opt(?:ed|s)?[ -]?(?:in|out)|consent|declin|left\b(?! behind)|withdr|halt|doubles?\b)"
    )
    assert [line for line in lines if about.search(line[1].lower()) or JUDGING.search(line[1].lower())] == []


async def test_the_log_names_nobody_who_joins_refuses_leaves_or_is_halted(
    orders: Signer,
    lives: Any,
    store: Store,
    settled: Settled,
    hooks: list[Any],
    as_served: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At the levels of `fenshen serve`, also when a card cannot be sent, whatever the queue has to say of it."""
    await lives(store, settled)

    async def broken(*_: object) -> None:
        raise RuntimeError

    hooks.append(broken)
    for person in PEOPLE:
        await orders("person.halt", {"person": person})
    await settled()
    lines = [record.getMessage() for record in caplog.records]
    assert any("raised RuntimeError" in line for line in lines)
    assert not [line for line in lines if any(person in line for person in PEOPLE)]


@pytest.fixture
def as_served(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The log as the command line sets it up."""
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.DEBUG, "fenshen")
    queues = logging.getLogger("procrastinate.worker")
    queues.addFilter(names_no_arguments)
    yield
    queues.removeFilter(names_no_arguments)


@pytest.fixture
async def queue(database_url: str) -> AsyncIterator[Queue]:
    """A queue that soon gives up."""
    queue = Queue(database_url, Pace(backoff=0.01, attempts=2))
    yield queue
    await queue.aclose()
