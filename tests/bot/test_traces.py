"""Promises of what askers say: put to people, answered and kept, no word of theirs is ever written down."""

import logging
import re
from collections.abc import Awaitable, Callable

import psycopg
import pytest
from psycopg import sql

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import say
from skills.database import libpq_url
from skills.store import Store
from tests.bot.conftest import Company
from tests.bot.reviewed import Desk

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Written = Callable[[str], set[str]]
CANARY, REPLY = "zyzzyva", "on the second shelf behind the quokka"
PLATFORMS = pytest.mark.parametrize("platform", ["lark", "dingtalk"])


@pytest.fixture(autouse=True)  # before the bot runs, whose open transactions would be waited for
def written(migrate_url: str) -> Written:
    """The tables, the queue's among them, of which any row ever held a word, as text or bytes, for however long."""
    with psycopg.connect(libpq_url(migrate_url)) as connection:
        connection.execute("CREATE TABLE public.written (place text, held text)")
        connection.execute(
            "CREATE FUNCTION public.write_down() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
            "$$ BEGIN INSERT INTO public.written VALUES (TG_TABLE_NAME, NEW::text); RETURN NULL; END $$"
        )
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            if table != "written":
                connection.execute(
                    sql.SQL(
                        "CREATE TRIGGER write_down AFTER INSERT OR UPDATE ON {} FOR EACH ROW "
                        "EXECUTE FUNCTION public.write_down()"
                    ).format(sql.Identifier(table))
                )

    def look(word: str) -> set[str]:
        with psycopg.connect(libpq_url(migrate_url)) as connection:
            held = "SELECT DISTINCT place FROM public.written WHERE held ~* %s"
            pattern = f"{re.escape(word)}|{word.encode().hex()}"
            return {row[0] for row in connection.execute(held, [pattern]).fetchall()}

    return look


@pytest.fixture
def asked(
    asks: Asks, receive: Receive, taps: Taps, settled: Settled, standing: dict[str, Shown]
) -> Callable[..., Awaitable[str]]:
    """Bo asks Ana's double, then Ana herself; the id of the message that puts the question."""

    async def put(platform: str) -> str:
        question = f"ask Ana where the {CANARY} is"
        _, card = await asks("bo", question, platform=platform)
        await receive(taps("bo", "ask_person", card.buttons[0].value, platform=platform))
        await settled()
        assert CANARY in list(standing.values())[-1][1].text
        return list(standing)[-1]

    return put


@pytest.fixture
def replied(
    receive: Receive, says: Says, settled: Settled, readable: dict[str, Message]
) -> Callable[..., Awaitable[None]]:
    """Ana says something in the group that can be read back."""

    async def reply(text: str, platform: str, **more: object) -> None:
        message = says("ana", text, platform=platform, **more)
        readable[message.id] = message
        await receive(message)
        await settled()

    return reply


@PLATFORMS
async def test_a_question_put_to_a_person_is_written_down_nowhere(
    joins: Joins,
    asked: Callable[..., Awaitable[str]],
    replied: Callable[..., Awaitable[None]],
    standing: dict[str, Shown],
    written: Written,
    caplog: pytest.LogCaptureFixture,
    platform: str,
) -> None:
    """Asked, put and answered, the owner offered to keep her reply: not for a moment in a table, a job or a log."""
    caplog.set_level(logging.DEBUG)
    await joins("ana", "join_today", platform=platform)
    put = await asked(platform)
    code = standing[put][1].note.partition("/answer ")[2].split()[0]
    await replied(f"/answer {code} {REPLY}", platform, to_bot=True)
    *_, (_, offer) = standing.values()
    assert CANARY in offer.fields[0].value  # proposed to her, from memory
    # the search finds what there is: the question in ids, the commands' jobs
    assert "put_question" in written("ana")
    assert "procrastinate_jobs" in written("ana")
    assert written(CANARY) == written("quokka") == set()
    assert CANARY not in caplog.text
    assert "quokka" not in caplog.text


@PLATFORMS
@pytest.mark.parametrize("way", ["nobody", "stranger", "unreachable", "guest"])
async def test_wherever_a_question_ends_it_is_written_down_nowhere(
    joins: Joins,
    asks: Asks,
    asked: Callable[..., Awaitable[str]],
    replied: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Says,
    settled: Settled,
    unreachable: set[str],
    written: Written,
    caplog: pytest.LogCaptureFixture,
    platform: str,
    way: str,
) -> None:
    """Nobody named, the person no owner or out of reach, the asker without an id: the same."""
    caplog.set_level(logging.DEBUG)
    if way != "stranger":
        await joins("ana", "join_today", platform=platform)
    if way == "unreachable":
        unreachable.add(f"{platform}:t:ana")
    match way:
        case "nobody":
            await asks("bo", f"where is the {CANARY}?", platform=platform)
        case "guest":
            await receive(says(None, f"ask Ana where the {CANARY} is", platform=platform, to_bot=True))
            await settled()
        case _:
            put = await asked(platform)
            await replied(REPLY, platform, reply_to=put, to_bot=platform == "dingtalk", reply_to_bot=True)
    assert written(platform) != set()
    assert written(CANARY) == set()
    assert CANARY not in caplog.text


@PLATFORMS
async def test_what_she_keeps_is_written_sealed_under_whatever_title(
    joins: Joins,
    asked: Callable[..., Awaitable[str]],
    replied: Callable[..., Awaitable[None]],
    receive: Receive,
    taps: Taps,
    standing: dict[str, Shown],
    written: Written,
    caplog: pytest.LogCaptureFixture,
    platform: str,
) -> None:
    """Also where she lets the proposed one stand, which is made of the question's words."""
    caplog.set_level(logging.DEBUG)
    await joins("ana", "join_today", platform=platform)
    put = await asked(platform)
    await replied(REPLY, platform, reply_to=put, to_bot=platform == "dingtalk", reply_to_bot=True)
    *_, (_, offer) = standing.values()
    reaction = await receive(taps("ana", "keep", offer.buttons[0].value, platform=platform))
    assert reaction is not None
    assert reaction.toast == say("en", "kept_toast")
    assert "message" in written("ana")
    assert written(CANARY) == written("quokka") == set()
    assert CANARY not in caplog.text


async def test_of_a_question_that_is_drafted_no_word_is_written_down(
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    store: Store,
    company: Company,
    written: Written,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Drafted, listed and sent: of the question there are ids alone, in no table, no job and no log a word of it."""
    caplog.set_level(logging.DEBUG)
    desk = Desk(receive, settled, says, taps, store, company.sent, company.standing)
    await desk.joins()
    await desk.asked("ask Ana about the rollback of the payment service, the flag and redeploy, quokka")
    (card,) = desk.hers()
    assert "quokka" in card.text
    await desk.says_alone("/review")
    await desk.taps_on(card, "draft_send")
    assert "draft" in written("ana")
    assert written("quokka") == set()
    assert "quokka" not in caplog.text
