"""Promises of an owner's file and history: their own lines are kept, other people's only counted, and it says so."""

import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.base import Address, Card, Click, File, Message, Recalled, Receive
from bot.app import Fenshen
from bot.importing import confirmed_import
from bot.learning import MOST_BYTES
from bot.sentences import say
from bot.settings import Settings
from skills.store import Store
from skills.words import Backfill, Claim, Notice

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
ANA = "dingtalk:t:ana"


def _line(n: int, sender: str, text: str, *, days: float = 3, chat: str = "ops") -> str:
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    return json.dumps({"id": f"m{n}", "chat": chat, "sender": sender, "text": text, "at": at}, ensure_ascii=False)


@pytest.fixture
def sends(
    receive: Receive, settled: Settled, says: Says, files: dict[str, bytes], sent: list[Shown]
) -> Callable[[bytes | None], Awaitable[Shown]]:
    """Ana sends the bot a file, or one that cannot be fetched; returns its one reply."""

    async def send(data: bytes | None) -> Shown:
        if data is not None:
            files["f1"] = data
        sent.clear()
        file = File("messages.jsonl", "f1")
        await receive(says("ana", "", platform="dingtalk", direct=True, file=file))
        await settled()
        (reply,) = sent
        return reply

    return send


Sends = Callable[[bytes | None], Awaitable[Shown]]


async def test_a_file_of_somebody_without_a_double_is_not_read(sends: Sends, store: Store) -> None:
    """First the consent, then the words."""
    _, card = await sends(_line(1, "ana", "rollback by script").encode())
    assert card.text == say("zh", "import_no_consent")
    assert list(await store.own(ANA)) == []


async def test_a_file_of_somebody_without_a_double_is_not_even_fetched(sends: Sends) -> None:
    """Nor would the platform's refusal be told to them."""
    _, card = await sends(None)
    assert card.text == say("zh", "import_no_consent")


async def test_a_file_may_have_a_name_as_long_as_dingtalk_gives_it(
    receive: Receive, settled: Settled, joins: Joins, says: Says, files: dict[str, bytes], store: Store
) -> None:
    """The platform's handle of a file is longer than any other id."""
    await joins("ana", "join_here", platform="dingtalk")
    files["k" * 280] = _line(1, "ana", "rollback by script").encode()
    file = File("messages.jsonl", "k" * 280)
    await receive(says("ana", "", platform="dingtalk", direct=True, file=file))
    await settled()
    assert [p.text for p in await store.own(ANA)] == ["rollback by script"]


async def test_of_a_file_only_the_owners_own_lines_are_kept(joins: Joins, sends: Sends, store: Store) -> None:
    """Other people's, other chats', unreadable, undated and repeated ones are counted and dropped."""
    await joins("ana", "join_here", platform="dingtalk")
    lines = [
        _line(1, "ana", "rollback by script"),
        _line(2, ANA, "restart at nine"),
        _line(1, "ana", "rollback by script"),
        _line(3, "bo", "nothing of mine"),
        _line(4, "anabel", "nor of mine"),
        _line(5, "ana", "said elsewhere", chat="dev"),
        _line(6, "ana", "said long ago", days=200),
        "{not json",
        '{"id": "m7", "chat": "ops", "sender": "ana", "text": "undated"}',
    ]
    to, card = await sends("\n".join(lines).encode())
    assert card.text.startswith(say("zh", "imported_text", kept=2, others=3, known=1, out=1, bad=2))
    assert {p.text for p in await store.own(ANA)} == {"rollback by script", "restart at nine"}
    assert to.chat == "dingtalk:t:direct-ana"


async def test_the_same_file_again_adds_nothing(joins: Joins, sends: Sends, store: Store) -> None:
    """Sent twice, kept once; once it is forgotten, it is not called known."""
    await joins("ana", "join_here", platform="dingtalk")
    data = _line(1, "ana", "rollback by script").encode()
    for kept in (1, 0):
        _, card = await sends(data)
        assert card.text.startswith(say("zh", "imported_text", kept=kept, others=0, known=1 - kept, out=0, bad=0))
    (own,) = await store.own(ANA)
    assert await store.drop(Claim("dingtalk", "drop"), ANA, own.chat, own.message)
    _, card = await sends(data)
    assert card.text.startswith(say("zh", "imported_text", kept=0, others=0, known=0, out=1, bad=0))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xfe\x00garbage", "import_unreadable"),
        (b"PK\x03\x04\x80\x81\x82", "import_unreadable"),
        (None, "import_too_large"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_answered_kindly(
    joins: Joins, sends: Sends, store: Store, data: bytes | None, sentence: str
) -> None:
    """Garbage, or refused by the platform for its size: a card that says what would help."""
    await joins("ana", "join_here", platform="dingtalk")
    _, card = await sends(data)
    assert card.text == say("zh", sentence, limit=MOST_BYTES // 2**20)
    assert list(await store.own(ANA)) == []


async def test_a_file_that_names_no_chat_is_kept_only_for_the_chat_that_its_owner_taps(
    joins: Joins, sends: Sends, receive: Receive, settled: Settled, store: Store, sent: list[Shown]
) -> None:
    """Nothing before the tap, nothing by anybody else's tap, and then for that chat alone."""
    await joins("ana", "join_here", platform="dingtalk")
    await joins("ana", "join_here", platform="dingtalk", chat="dev")
    yesterday = (datetime.now(UTC).astimezone() - timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    _, card = await sends(f"{yesterday} Ana：先停网关\n{yesterday} Bo：好\n".encode())
    assert card.text == say("zh", "import_where", found=1)
    assert list(await store.own(ANA)) == []
    (button,) = [b for b in card.buttons if b.value["chat"] == "dingtalk:t:dev"]
    for event, tapper in (("t1", "dingtalk:t:bo"), ("t2", ANA)):
        tap = Click("dingtalk", event, tapper, "dingtalk:t:direct-ana", "card", button.action, button.value)
        reaction = await receive(tap)
        await settled()
        assert reaction is not None
        assert reaction.toast == say("zh", "not_yours" if event == "t1" else "import_begun")
        assert len(await store.own(ANA)) == (event == "t2")
    assert [(p.text, p.chat) for p in await store.own(ANA)] == [("先停网关", "dingtalk:t:dev")]
    _, done = sent[-1]
    assert done.text.startswith(say("zh", "imported_text", kept=1, others=1, known=0, out=0, bad=0))


async def test_what_somebody_else_wrote_of_an_owner_is_theirs_only_when_they_say_so(
    joins: Joins, sends: Sends, receive: Receive, settled: Settled, store: Store
) -> None:
    """A Colleague Skill: its part on work is put before them, and of the rest nothing is read, now or then."""
    await joins("ana", "join_here", platform="dingtalk")
    work, other = "# Ana\n## Releases\nShe stops the gateway first.\n", "## Layer 0\nShe blames others.\n"
    line = f"{datetime.now(UTC):%Y-%m-%d %H:%M} Ana：collected\n"
    files = {"work.md": work, "persona.md": other, "meta.json": "{}", "SKILL.md": work + "## PART B: Persona\n" + other}
    files |= {"versions/v1/work.md": work.replace("first", "last"), "knowledge/messages/messages.txt": line}
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, words in sorted(files.items()):
            archive.writestr(f"ana/{name}", words)
    for data in (files["SKILL.md"].encode(), whole.getvalue()):
        _, card = await sends(data)
        assert card.text == say("zh", "import_where_skill", found=1)
        assert list(await store.own(ANA)) == []
    (button,) = card.buttons
    await receive(Click("dingtalk", "t1", ANA, "dingtalk:t:direct-ana", "card", button.action, button.value))
    await settled()
    assert [p.text for p in await store.own(ANA)] == ["Releases\nShe stops the gateway first."]
    _, card = await sends(f"---\nname: colleague_ana_persona\n---\n{other}".encode())
    assert card.text == say("zh", "import_unreadable")


async def test_by_the_command_a_chat_may_be_named_but_not_for_what_somebody_else_wrote(
    joins: Joins, store: Store, fenshen: Fenshen, sent: list[Shown], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operator's word is no tap of the owner's, though the owner read out the code."""
    await joins("ana", "join_here", platform="dingtalk")
    run = Settings(data=tmp_path), store, fenshen.platforms["dingtalk"], fenshen.learning, ANA

    def code() -> str:
        (card,) = [card for to, card in sent if to.person == ANA][-1:]
        return card.text.partition("：")[2].partition("（")[0]

    note, skill = b"# Releases\nGateway first.\n", b"---\nname: colleague_ana_work\n---\n# Releases\nOn Mondays.\n"
    assert await confirmed_import(*run, skill, "dingtalk:t:ops", ask=code) == 1
    assert say("zh", "import_skill_typed") in capsys.readouterr().err
    assert await confirmed_import(*run, note, "dingtalk:t:ops", ask=code) == 0
    assert [p.text for p in await store.own(ANA)] == ["Releases\nGateway first."]


async def test_a_tap_for_a_chat_that_was_left_meanwhile_asks_anew(
    joins: Joins, sends: Sends, receive: Receive, settled: Settled, store: Store, sent: list[Shown]
) -> None:
    """It is no way into a chat that is not switched on."""
    await joins("ana", "join_here", platform="dingtalk")
    _, card = await sends(b"2026-03-01 09:00 Ana: hello")
    value = {**card.buttons[0].value, "chat": "dingtalk:t:left"}
    await receive(Click("dingtalk", "t1", ANA, "dingtalk:t:direct-ana", "card", "import_in", value))
    await settled()
    assert sent[-1][1].text == say("zh", "import_where", found=1)
    assert list(await store.own(ANA)) == []


async def test_a_huge_file_is_refused_with_the_limit(joins: Joins, sends: Sends) -> None:
    """One byte too many is not read at all."""
    await joins("ana", "join_here", platform="dingtalk")
    _, card = await sends(b"\n" * (MOST_BYTES + 1))
    assert card.text == say("zh", "import_too_large", limit=50)


async def test_a_file_in_a_group_is_not_imported(
    joins: Joins, receive: Receive, settled: Settled, says: Says, files: dict[str, bytes], store: Store
) -> None:
    """Only what the owner sends to the bot alone is taken in."""
    await joins("ana", "join_here", platform="dingtalk")
    files["f1"] = _line(1, "ana", "rollback by script").encode()
    await receive(says("ana", "f", platform="dingtalk", to_bot=True, file=File("messages.jsonl", "f1")))
    await settled()
    assert list(await store.own(ANA)) == []


async def test_of_a_chats_history_only_the_owners_own_words_are_kept(
    joins: Joins, says: Says, history: list[Message], standing: dict[str, Shown], store: Store
) -> None:
    """Ninety days back, without what others said or what was said to the bot; the receipt says how many."""
    now = datetime.now(UTC)
    history += [
        says("ana", "the gateway restarts at nine", at=now - timedelta(days=2)),
        says("ana", "the rollback script lives in tools", at=now - timedelta(days=80)),
        says("ana", "from before the ninety days", at=now - timedelta(days=100)),
        says("bo", "not hers", at=now - timedelta(days=2)),
        says("ana", "a question to the bot", at=now - timedelta(days=2), to_bot=True),
        says("ana", "", at=now - timedelta(days=2)),
        says("ana", "said elsewhere", chat="dev", at=now - timedelta(days=2)),
    ]
    await joins("ana", "join_here")
    own = {p.text for p in await store.own("lark:t:ana")}
    assert own == {"the gateway restarts at nine", "the rollback script lives in tools"}
    ((_, card),) = standing.values()
    assert say("zh", "found_text", found=2) in card.text


async def test_what_was_edited_or_recalled_since_is_followed_when_the_chat_is_read_again(
    joins: Joins, says: Says, history: list[Message | Recalled], store: Store
) -> None:
    """The new words stand in place of the old ones, and of what was recalled nothing."""
    early = {"at": datetime.now(UTC) - timedelta(days=2)}
    script, nine = says("ana", "the rollback script lives in tools", **early), says("ana", "lunch at nine", **early)
    history += [script, nine]
    await joins("ana", "join_here")
    assert len(await store.own("lark:t:ana")) == 2
    edited = replace(script, text="the rollback script lives in ops/bin", edited=True)
    history[:] = [edited, Recalled("lark", f"deleted:{nine.id}", nine.chat, nine.id)]
    for _ in range(2):
        await joins("ana", "join_here")
        assert [p.text for p in await store.own("lark:t:ana")] == [edited.text]


async def test_from_today_reads_no_history(joins: Joins, says: Says, history: list[Message], store: Store) -> None:
    """Whoever chose today is not looked back at."""
    history.append(says("ana", "the gateway restarts at nine", at=datetime.now(UTC) - timedelta(days=2)))
    await joins("ana", "join_today")
    assert list(await store.own("lark:t:ana")) == []


async def test_what_was_found_is_told_in_the_cards_own_turn(composed: Fenshen, sent: list[Shown], store: Store) -> None:
    """Told at once it could be overtaken by the card that says the history is being read."""
    offer = await store.offer(Claim("lark", "o1"), "lark:t:ana", "lark:t:ops", "zh")
    assert offer is not None
    since, shown = datetime.now(UTC) - timedelta(days=90), Notice("1", "zh", "0" * 64)
    await store.join(
        Claim("lark", "j1"), offer.id, person=offer.person, name="Ana", audience="chat", since=since, notice=shown
    )
    await composed.learning.backfill(Backfill("lark", offer.person, offer.chat, "offer:1"))
    assert sent == []


async def test_a_quote_from_a_file_says_so_and_one_that_was_heard_does_not(
    sends: Sends, joins: Joins, asks: Callable[..., Awaitable[Shown]], receive: Receive, says: Says
) -> None:
    """An asker sees which words stand in the chat and which were brought there."""
    await joins("ana", platform="dingtalk")
    await sends(_line(1, "ana", "the rollback script lies in the gateway repository").encode())
    await receive(says("ana", "the rollback of the gateway needs a signature", platform="dingtalk"))
    _, card = await asks("bo", "ask Ana about the rollback of the gateway", platform="dingtalk")
    assert {quote.where for quote in card.quotes} == {"ops", "ops · from a file"}
