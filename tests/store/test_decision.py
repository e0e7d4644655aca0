"""The decision over scopes of every kind: its invariants, and that Python, SQL and Cedar decide the same."""

import json
import os
import random
import secrets
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import DateTime, Text, cast, column, func, insert
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from skills import tables as t
from skills.agreement import agreement_table
from skills.belonging import plain as plainly
from skills.decision import House, Kept, Reading, Standing, Use, decide, ends, under
from skills.halting import halt_table
from skills.permission import covering
from skills.recall import readable_once
from skills.rules import chat_table
from skills.scope_words import scope_word
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources, plain
from skills.standings import standings
from skills.words import DEFAULT, HANDOVER, UNTOLD, Mode, Venue
from tests.store import cedar
from tests.store.worlds import NOW, WORDS, World, draw, draw_house

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO, CY = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_cy"
PAY, OPS, DEV = "lark:t:oc_pay", "lark:t:oc_ops", "lark:t:oc_dev"
DIRECT = Venue("lark:t:oc_p2p", True)
WORLDS = 50 * int(os.environ.get("FENSHEN_TEST_LIVES", "400"))  # `make deep` draws more
PARTS = 4  # that may be judged side by side
AT_ONCE = 250  # in one database
SEED = os.environ.get("FENSHEN_TEST_SEED") or secrets.randbits(32)
pytestmark = pytest.mark.once
BOX = Standing(ANA, PAY, "given", "scope", 1, NOW, NOW, NOW + timedelta(days=90), "pay-to-dev", frozenset({DEV}))
SAID = Kept(PAY, 1, NOW)
_OTHERS: tuple[Mode, ...] = ("review", "either", "review")


def _asked(asker: str, venue: Venue, now: datetime = NOW, had: int = 0) -> Reading:
    return Reading(asker, venue, now, had)


def _rank(use: Use | None) -> tuple[int, int]:
    """How much that is, level and speech."""
    return (0, 0) if use is None else (1 + (use.level == "full"), int(use.speech == "model"))


def test_two_consents_never_make_a_third() -> None:
    """Pay to one group and ops to another do not let pay into the other (I5)."""
    ops = replace(BOX, chat=OPS, scope="ops-to-bo", chats=frozenset({OPS}), people=frozenset({BO}))
    assert decide([BOX, ops], SAID, _asked(BO, Venue(DEV, False))) == Use("full", "quotes")
    assert decide([BOX, ops], SAID, _asked(BO, DIRECT)) is None
    assert decide([BOX, ops], SAID, _asked(BO, Venue(OPS, False))) is None
    assert decide([BOX, ops], replace(SAID, chat=OPS), _asked(BO, Venue(DEV, False))) is None


def test_a_model_speaks_only_where_one_consent_gives_both_the_words_and_that() -> None:
    """An outline that a model may say and a quote that it may not are a quote."""
    outline = replace(BOX, scope="told", outline=True, speech="model")
    there = _asked(BO, Venue(DEV, False))
    assert decide([outline], SAID, there) == Use("outline", "quotes")
    assert decide([outline, BOX], SAID, there) == Use("full", "quotes")
    assert decide([outline, replace(BOX, speech="model")], SAID, there) == Use("full", "model")


def test_a_reply_in_a_chat_is_covered_by_that_chat_and_a_direct_one_by_its_asker() -> None:
    """That everybody listed may read it alone does not let a chat read it, whoever is in there (I7)."""
    people = replace(BOX, chats=frozenset(), people=frozenset({BO, CY}))
    assert decide([people], SAID, _asked(BO, Venue(DEV, False))) is None
    assert decide([people], SAID, _asked(BO, DIRECT)) == Use("full", "quotes")
    assert decide([people], SAID, _asked("lark:t:ou_eve", DIRECT)) is None
    assert decide([BOX], SAID, _asked(BO, DIRECT)) is None


def test_a_scope_is_half_open_on_every_side_that_is_a_time() -> None:
    """It ends before its last moment, the owner's or the admin's, and begins with its first (I6)."""
    moment, there = timedelta(microseconds=1), Venue(DEV, False)
    document = ScopeDocument(Sources((PAY,), since=NOW), Readers((DEV,)), Ceiling(days=10))
    limited = under(replace(BOX, since=NOW - timedelta(days=5)), {"pay-to-dev": document}, House())
    assert ends(limited) == NOW + timedelta(days=10)
    assert decide([limited], SAID, _asked(BO, there, ends(limited) - moment)) is not None
    assert decide([limited], SAID, _asked(BO, there, ends(limited))) is None
    assert decide([limited], replace(SAID, at=NOW - moment), _asked(BO, there)) is None


def test_what_waits_for_review_is_drafted_for_others_and_answered_to_its_owner_alone() -> None:
    """A colleague gets nothing at once; the owner, alone with the bot, needs nobody's look, and no draft either."""
    review, there = replace(BOX, review=True), _asked(BO, Venue(DEV, False))
    assert decide([review], SAID, there) is None
    assert decide([review], SAID, there, "review") == Use("full", "quotes")
    assert decide([BOX], SAID, there, "review") is None
    assert decide([review], SAID, _asked(ANA, DIRECT)) == Use("full", "quotes")
    assert decide([review], SAID, _asked(ANA, DIRECT), "review") is None
    assert decide([review], SAID, _asked(ANA, Venue(DEV, False)), "review") is None
    assert decide([review], SAID, _asked(BO, Venue(OPS, False)), "review") is None
    for gone in (replace(review, kind="paused"), replace(review, withheld=True), replace(review, halted=True)):
        assert decide([gone], SAID, there, "review") is None
        assert decide([gone], SAID, there, "either") is None
    assert decide([replace(review, quota=1)], SAID, _asked(BO, Venue(DEV, False), had=1), "review") is None


def test_a_handover_answers_whom_it_names_alone_with_the_bot_from_its_begin_to_before_its_end() -> None:
    """Asleep, over, in a chat, to others, to its own owner, waiting for a look, halted or withheld: nothing."""
    signed = Standing(ANA, PAY, "signed", "scope", 1, NOW, NOW, NOW + timedelta(days=10), HANDOVER)
    signed = under(replace(signed, people=frozenset({BO}), chats=frozenset({DEV}), speech="model"), {}, House())
    handed, moment = replace(signed, kind="handed"), timedelta(microseconds=1)
    assert decide([handed], SAID, _asked(BO, DIRECT, handed.until - moment)) == Use("full", "quotes")
    assert decide([handed], SAID, _asked(BO, DIRECT, handed.until)) is None
    modes: tuple[Mode, ...] = ("auto", "review", "either")
    for mode in modes:
        assert decide([signed], SAID, _asked(BO, DIRECT), mode) is None
        assert decide([replace(handed, review=True)], SAID, _asked(BO, DIRECT), mode) is None
    for asker, venue in ((ANA, DIRECT), (CY, DIRECT), (BO, Venue(DEV, False)), (BO, Venue(PAY, False))):
        assert decide([handed], SAID, _asked(asker, venue)) is None
    for gone in (replace(handed, withheld=True), replace(handed, halted=True), replace(handed, kind="departed")):
        assert decide([gone], SAID, _asked(BO, DIRECT)) is None
    closed = {"default": ScopeDocument(Sources((PAY,)), ceiling=Ceiling("withheld"))}
    assert decide([under(handed, closed, House())], SAID, _asked(BO, DIRECT)) is None


def _with_another(reading: Reading, other: Reading) -> Reading:
    """The same where somebody more will read it, if it is told where anybody belongs."""
    here = reading.venue.within
    within = here | other.venue.within if here else here
    return replace(reading, venue=replace(reading.venue, within=within))


def test_departments_cover_a_reply_only_if_each_reader_belongs_to_one() -> None:
    """One reader who does not, or whom nobody knows, and they cover nobody; the same alone and in a chat (I7)."""
    dev, ops, all_ = frozenset({"dev", "all"}), frozenset({"ops", "all"}), frozenset({"all"})
    box = replace(BOX, chats=frozenset(), departments=frozenset({"dev", "ops"}))

    def used(*readers: frozenset[str], direct: bool = False) -> Use | None:
        return decide([box], SAID, _asked(BO, Venue(OPS, direct, frozenset(readers))))

    for direct in (False, True):
        assert used(dev, direct=direct) == Use("full", "quotes")
        assert used(all_, direct=direct) is None
        assert used(frozenset(), direct=direct) is None
        assert used(direct=direct) is None
    assert used(dev, ops) == Use("full", "quotes")
    assert used(dev, ops, all_) is None
    assert used(dev, frozenset()) is None
    document = ScopeDocument(Sources((PAY,)), Readers(departments=("dev",)))
    narrowed = under(box, {"pay-to-dev": document}, House())
    assert narrowed.departments == {"dev"}


def test_narrowing_never_gives_anybody_more() -> None:
    """Whatever an admin adds and whatever consent is taken away: no denial becomes more, no level finer (I3)."""
    dice, narrower, alone = random.Random(3), 0, 0
    for number in range(5_000):
        world = draw(dice, number, ANA)
        before = _rank(decide(world.narrowed(), world.kept, world.reading))
        fewer = dice.sample(world.narrowed(), max(0, len(world.standings) - 1))
        after = _rank(decide(fewer, world.kept, world.reading))
        wide = _rank(decide(world.narrowed(), world.kept, world.reading, "either"))
        assert before <= wide
        other, agreed = draw(dice, number, ANA), draw_house(dice, ANA)
        more = [under(one, other.documents, other.house) for one in world.narrowed()]
        twice = _rank(decide(more, world.kept, world.reading))
        above = [under(one, world.documents, agreed) for one in world.narrowed()]
        agreed_to = _rank(decide(above, world.kept, world.reading))
        later = _rank(decide(world.narrowed(), world.kept, replace(world.reading, had=world.reading.had + 1)))
        joined = _rank(decide(world.narrowed(), world.kept, _with_another(world.reading, other.reading)))
        narrowed = (after, twice, agreed_to, later, joined)
        assert all(a <= b for less in narrowed for a, b in zip(less, before, strict=True))
        narrower += after < before or twice < before
        alone += joined < before
    assert narrower > 400
    assert alone > 10


def test_admins_alone_never_let_anybody_in() -> None:
    """With whatever documents, nobody reads what no owner consented to, nor more than they did (I4)."""
    dice = random.Random(4)
    for number in range(4_000):
        world = draw(dice, number, ANA)
        given = _rank(decide(world.standings, world.kept, world.reading))
        assert decide([], world.kept, world.reading) is None
        for _ in range(2):
            documents, house = draw(dice, number, ANA).documents, draw_house(dice, ANA)
            narrowed = [under(one, documents, house) for one in world.standings]
            decided = _rank(decide(narrowed, world.kept, world.reading))
            assert all(a <= b for a, b in zip(decided, given, strict=True))


@pytest.mark.parametrize("part", range(PARTS))
async def test_python_sql_and_cedar_decide_the_same(company: "Company", part: int) -> None:
    """Over random worlds, boundaries included, whatever is consented to, forbidden and asked (I22)."""
    print(f"FENSHEN_TEST_SEED={SEED}")  # noqa: T201 - sets the same dice again
    dice, seen = random.Random(f"{SEED} {part}"), _Seen()
    for start in range(0, WORLDS // PARTS, AT_ONCE):
        house = draw_house(dice, ANA)
        worlds = [draw(dice, number, ANA, house) for number in range(start, start + AT_ONCE)]
        await _fill(company, worlds, house)
        for mode in ("auto", _OTHERS[start // AT_ONCE % len(_OTHERS)]):
            decided = {w.number: decide(w.narrowed(), w.kept, w.reading, mode) for w in worlds}
            assert cedar.decide(worlds, mode) == decided
            assert await _by_sql(company, worlds, mode) == decided
            seen.decided[mode].update(decided.values())
        seen.only_by_departments += _only_by_departments(worlds)
        seen.only_by_handover += _only_by_handover(worlds)
        seen.forbidden_departments += _where_an_admin_took_one_away(worlds)
    auto, drafted, most = seen.decided["auto"], seen.decided["review"], WORLDS // PARTS
    assert auto[None] < most * 0.95
    assert min(auto[Use("full", "quotes")], auto[Use("full", "model")], auto[Use("outline", "quotes")]) > most / 200
    assert min(drafted[Use("full", "quotes")], drafted[Use("full", "model")]) > most / 2000
    assert seen.only_by_departments > most / 200
    assert seen.only_by_handover > most / 200
    assert seen.forbidden_departments > most / 1000


@dataclass
class _Seen:
    """What the worlds were good for."""

    decided: dict[Mode, Counter[Use | None]] = field(default_factory=lambda: defaultdict(Counter))
    only_by_departments: int = 0
    only_by_handover: int = 0
    forbidden_departments: int = 0


def _where_an_admin_took_one_away(worlds: Sequence[World]) -> int:
    """How many are refused by nothing but that the scope names a department no more which its owner agreed to."""
    found = 0
    for w in worlds:
        every = {name: _with_all_departments(document, w) for name, document in w.documents.items()}
        wider = [under(one, every, w.house) for one in w.standings]
        found += decide(wider, w.kept, w.reading) != decide(w.narrowed(), w.kept, w.reading)
    return found


def _with_all_departments(document: ScopeDocument, world: World) -> ScopeDocument:
    agreed = frozenset().union(*(standing.departments for standing in world.standings))
    return replace(document, audience=replace(document.audience, departments=tuple(sorted(agreed))))


def _only_by_handover(worlds: Sequence[World]) -> int:
    """How many are let in by nothing but what was handed over."""
    found = 0
    for w in worlds:
        others = [one for one in w.narrowed() if one.scope != HANDOVER]
        found += decide(others, w.kept, w.reading) != decide(w.narrowed(), w.kept, w.reading)
    return found


def _only_by_departments(worlds: Sequence[World]) -> int:
    """How many are let in by nothing but where the readers belong."""
    found = 0
    for w in worlds:
        apart = replace(w.reading, venue=replace(w.reading.venue, within=UNTOLD))
        found += decide(w.narrowed(), w.kept, w.reading) != decide(w.narrowed(), w.kept, apart)
    return found


async def _fill(company: "Company", worlds: Sequence[World], house: House) -> None:
    """All worlds in one database, in the place of those before."""
    company.alter(
        "TRUNCATE owner, consent_event, scope, scope_word, passage, message, posting, tally CASCADE",
        "TRUNCATE answer, forbidden_chat, halt, agreement CASCADE",
    )
    async with company.database.transaction(owner=ANA) as connection:
        await connection.execute(insert(t.owner).values(owner=ANA, epoch=1, ledger_seq=0, ledger_head=b""))
        for table, rows in [*_rows(worlds), *_above(house)]:
            if rows:
                await connection.execute(insert(table), rows)


async def _by_sql(company: "Company", worlds: Sequence[World], mode: Mode) -> dict[int, Use | None]:
    """What the predicates of recall let through."""
    found: dict[int, Use | None] = {world.number: None for world in worlds}
    async with company.database.transaction(owner=ANA) as connection:
        for direct in (False, True):
            for row in await connection.execute(_readable(worlds, direct, mode)):
                found[row.id.int - 1] = Use(row.level, row.speech)
    return found


def _readable(worlds: Sequence[World], direct: bool, mode: Mode) -> Any:
    """The production predicates, asked for all worlds at once, each with its own asker, place and time."""
    asked = [w for w in worlds if w.reading.venue.direct == direct]
    given: tuple[tuple[str, Any, list[Any]], ...] = (
        ("asker", Text(), [w.reading.asker for w in asked]),
        ("chat", Text(), [w.reading.venue.chat for w in asked]),
        ("now", DateTime(timezone=True), [w.reading.now for w in asked]),
        ("source", Text(), [w.kept.chat for w in asked]),
        ("within", Text(), [json.dumps(plainly(w.reading.venue.within)) for w in asked]),
    )
    rows = func.unnest(*(cast(values, ARRAY(kind)) for _, kind, values in given))
    q: Any = rows.table_valued(*(column(name, kind) for name, kind, _ in given), name="q").render_derived().c
    venue = Venue(q.chat, direct, cast(q.within, JSONB()))  # type: ignore[arg-type]
    chosen = covering(ANA, asker=q.asker, venue=venue, now=q.now, epoch=None, mode=mode)
    return readable_once(chosen.where(standings().c.chat == q.source).cte("covering"))


def _rows(worlds: Sequence[World]) -> list[tuple[Any, list[dict[str, Any]]]]:
    passages, postings, documents, events, answers = [], [], [], [], []
    for w in worlds:
        id_ = uuid.UUID(int=w.number + 1)
        place = {"owner": w.owner, "chat": w.kept.chat, "birth": w.kept.birth, "at": w.kept.at, "length": 3}
        passages.append(place | {"id": id_, "key_id": "k"})
        said = {"owner": w.owner, "passage": id_, "tf": 1, "at": w.kept.at, "length": 3, "hold": 0}
        postings += [said | {"term": term.encode()} for term in w.terms]
        answers += [_answer(w, n) for n in range(w.reading.had)]
        events += [(w, standing) for standing in w.standings]
        documents += [_version(name, 1, document) for name, document in w.documents.items()]
        documents += [_version(name, n, ScopeDocument(), deleted=n == 2) for name in w.gone for n in (1, 2)]
    words = [{"owner": ANA, "word": word, "key_id": "k", "terms": [p.encode() for p in WORDS[word]]} for word in WORDS]
    consents = [_event(standing, seq) for seq, (_, standing) in enumerate(events, 1)]
    forbidden = [{"chat": chat, "at": NOW, "by": "ada"} for w in worlds for chat in w.house.forbidden]
    tables = (t.passage, t.posting, scope_word, t.scope, t.consent_event, t.answer, chat_table)
    return list(zip(tables, (passages, postings, words, documents, consents, answers, forbidden), strict=True))


def _above(house: House) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Whom admins halt, and what was agreed."""
    halts = [{"person": person, "at": NOW, "by": "ada"} for person in house.halted]
    agreed = house.agreed
    limits = {"level": None if agreed.level == "full" else agreed.level, "mode": agreed.mode, "days": agreed.days}
    document = {"zh": "-", "en": "-", "forbids": {"chats": [], **limits}}
    agreement = {"one": True, "version": 1, "sha256": "ab", "at": NOW, "document": document}
    return [(halt_table, halts), (agreement_table, [agreement] if any(limits.values()) else [])]


def _version(name: str, version: int, document: ScopeDocument, deleted: bool = False) -> dict[str, Any]:
    row = {"name": name, "version": version, "at": NOW, "by": "ada", "deleted": deleted}
    return row | {"document": plain(document)}


def _answer(world: World, n: int) -> dict[str, Any]:
    reading = world.reading
    place = {"chat": reading.venue.chat, "direct": reading.venue.direct, "level": "full", "epoch": 1, "passages": 1}
    at = reading.now - timedelta(hours=n + 1)
    return {"owner": ANA, "id": f"{world.number}-{n}", "at": at, "asker": reading.asker} | place


def _event(s: Standing, seq: int) -> dict[str, Any]:
    level = "withheld" if s.withheld else "outline" if s.outline else "full"
    said = {"owner": s.owner, "chat": s.chat, "kind": s.kind, "audience": s.audience, "birth": s.birth, "at": s.at}
    said |= {"since": s.since, "until": s.until, "seq": seq, "id": str(seq), "scope": s.scope, "level": level}
    said |= {"mode": "review" if s.review else "auto", "scope_version": 1, "language": "zh", "notice": "1"}
    said |= {
        "notice_sha256": "ab",
        "chats": None,
        "people": None,
        "departments": None,
        "words": None,
        "speech": None,
        "quota": s.quota,
    }
    if s.scope != DEFAULT:
        said |= {"chats": sorted(s.chats), "people": sorted(s.people), "speech": s.speech}
        said["departments"] = sorted(s.departments)
        said["speech"] = "quotes" if s.scope == HANDOVER else s.speech  # the table takes no other
        said["words"] = None if s.words is None else sorted(s.words)
    return said
