"""Promises of handovers in chat: drawn up from words, signed by their owner's own tap, taken back by another."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.base import Address, Card, Click, Departed, Mention, Message, Receive
from bot.commands import Command, parse_command
from bot.handover_cards import last_day
from bot.notice import handover_notice
from bot.receipts import controller_of, missing, receipt_of
from bot.sentences import say
from bot.settings import Settings
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.store import Store
from skills.words import Claim, Language
from tests.bot.signing import Signer

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Asks = Callable[..., Awaitable[Shown]]
Joins = Callable[..., Awaitable[None]]
QUESTION = "ask Ana when the gateway restarts"
NAMED: dict[Language, str] = {"zh": "Bo、Cy", "en": "Bo, Cy"}


@pytest.fixture
async def ana(joins: Joins, receive: Receive, says: Says, platform: str) -> None:
    """Ana's double answers in ops."""
    await joins("ana", "join_today", platform=platform)
    await receive(says("ana", "the gateway restarts at nine", platform=platform))


@pytest.fixture(params=["lark", "dingtalk"])
def platform(request: pytest.FixtureRequest) -> str:
    """Each of the two."""
    return str(request.param)


@pytest.fixture
def day(store: Store) -> str:
    """A day to come."""
    return f"{store.now() + timedelta(days=60):%Y-%m-%d}"


@pytest.fixture
async def offered(
    ana: None, receive: Receive, says: Says, settled: Settled, sent: list[Shown], platform: str, day: str
) -> Shown:
    """What Ana sees, who named Bo and Cy in the group."""
    sent.clear()
    named = tuple(Mention(f"{platform}:t:{who}", who.title()) for who in ("bo", "cy"))
    text = f"/handover @Bo @Cy {day}"
    await receive(says("ana", text, to_bot=True, platform=platform, mentions=named))
    await settled()
    (shown,) = sent
    return shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("交接", ()),
        ("handover", ()),
        ("/handover off", ("off",)),
        ("handover off", ("off",)),
        ("交接 收回", ("收回",)),
        ("/交接 @小王 2027-03-31", ("@小王", "2027-03-31")),
        ("交接 小王、小李 到 2027年3月31日", ("小王、小李", "到", "2027年3月31日")),
        ("handover: Ben and Cleo until 2027-03-31", ("Ben", "and", "Cleo", "until", "2027-03-31")),
    ],
)
def test_a_word_people_and_a_day_hand_over(text: str, words: tuple[str, ...]) -> None:
    """In both languages, with a slash and without."""
    assert parse_command(text) == Command("handover", words)


@pytest.mark.parametrize(
    "text",
    [
        "handover of the pager: who?",
        "交接文档放在哪",
        "值班交接要写哪些内容",
        "handover notes from 2026-03-31?",
        "handover off the record",
    ],
)
def test_a_question_about_a_handover_stays_a_question(text: str) -> None:
    """It does not end in a day."""
    assert parse_command(text) is None


async def test_the_card_says_all_of_it_to_its_owner_alone(offered: Shown, platform: str, day: str) -> None:
    """To whom by name, of which chats, until which day, what becomes of the rest, and each way out."""
    to, card = offered
    assert (to.person, to.chat) == (f"{platform}:t:ana", None)
    assert all(part in card.text for part in ("Bo", "Cy", "ops", day, "30", "/handover off"))
    assert [button.action for button in card.buttons] == ["handover_sign", "decline", "handover_notice", "language"]
    assert card.buttons[0].command == f"/handover sign {card.buttons[0].value['offer']}"


async def test_nobody_else_signs_it_or_declines_it(
    offered: Shown,
    receive: Receive,
    says: Says,
    taps: Taps,
    settled: Settled,
    store: Store,
    sent: list[Shown],
    platform: str,
) -> None:
    """Whoever learns its code signs nothing by a tap or a word; nor does its owner by another card's button or code."""
    owner, value = f"{platform}:t:ana", offered[1].buttons[0].value
    direct = {"direct": True, "platform": platform}
    for who, action in (("bo", "handover_sign"), ("bo", "decline"), ("ana", "join_here")):
        await receive(taps(who, action, value, platform=platform))
    for verb in ("sign", "no"):
        await receive(says("bo", f"/handover {verb} {value['offer']}", **direct))
    await settled()
    assert await store.handover(owner) is None
    assert [card.text for to, card in sent[-2:] if to.person == f"{platform}:t:bo"] == [
        say("zh", "handover_forbidden")
    ] * 2
    other = await store.offer(Claim(platform, "o1"), owner, f"{platform}:t:dev", "en")
    assert other is not None
    await receive(says("ana", f"/handover no {other.id}", **direct))
    await settled()
    assert await store.find_offer(other.id) == other
    await receive(says("ana", f"/handover sign {value['offer']}", **direct))
    await settled()
    assert await store.handover(owner) is not None


async def test_its_owners_tap_signs_it(
    offered: Shown,
    receive: Receive,
    says: Says,
    taps: Taps,
    settled: Settled,
    asks: Asks,
    store: Store,
    settings: Settings,
    standing: dict[str, Shown],
    orders: Signer,
    platform: str,
    day: str,
) -> None:
    """From the tap to the receipt, the first answer after leaving with its label, and an admin's order that ends it."""
    owner, value = f"{platform}:t:ana", offered[1].buttons[0].value
    offer = await store.find_offer(value["offer"])
    assert offer is not None
    await receive(taps("ana", "handover_sign", {**value, "language": "en"}, platform=platform))
    await settled()
    signed = await store.handover(owner)
    assert signed is not None
    card = next(card for _, card in standing.values() if card.title == say("en", "handover_signed_title"))
    assert all(part in card.text for part in ("Bo", "Cy", "ops", day, say("en", "handover_signed")))
    document = await receipt_of(store, owner, signed.receipt, controller_of(settings))
    assert document is not None
    assert missing(document) == []
    assert document["notice"]["sha256"] == handover_notice("en", offer).sha256
    assert document["processing"]["recipients"][:2] == [f"{platform}:t:bo", f"{platform}:t:cy"]
    assert signed.until.isoformat() in document["processing"]["retention_period"]
    assert (document["event"]["event_state"], document["event"]["entity_id"]) == ("dpv:ConsentGiven", owner)
    direct = {"direct": True, "platform": platform}
    assert not (await asks("bo", QUESTION, **direct))[1].quotes
    await receive(Departed(platform, "d1", owner))
    told = (await asks("bo", QUESTION, **direct))[1]
    assert [quote.text for quote in told.quotes] == ["the gateway restarts at nine"]
    assert say("en", "handed_name", name="Ana", day=last_day(signed.until)) in told.label
    assert told.note == say("en", "handed_note", name="Ana")
    assert not {"ask_person", "useful"} & {button.action for button in told.buttons}
    for who, where in (("dan", direct), ("bo", {"platform": platform})):
        assert not (await asks(who, QUESTION, **where))[1].quotes
    await orders("handover.end", {"person": owner})
    assert not (await asks("bo", QUESTION, **direct))[1].quotes


async def test_my_double_shows_it_and_a_tap_takes_back_a_reader_or_all_of_it(
    offered: Shown,
    receive: Receive,
    says: Says,
    taps: Taps,
    settled: Settled,
    store: Store,
    sent: list[Shown],
    standing: dict[str, Shown],
    platform: str,
    day: str,
) -> None:
    """From the first card by one tap; narrowed it names one less, ended there is none."""
    owner, alone = f"{platform}:t:ana", {"direct": True, "platform": platform}
    await receive(says("ana", f"/handover sign {offered[1].buttons[0].value['offer']}", **alone))
    await receive(says("ana", "/scopes", **alone))
    await settled()
    mine = [card for _, card in sent if card.title == say("zh", "scopes_title")][-1]
    assert say("zh", "handover_line", people="Bo、Cy", day=day) in mine.text
    shown = next(button for button in mine.buttons if button.action == "handover")
    await receive(taps("ana", shown.action, shown.value, platform=platform))
    await settled()
    card = sent[-1][1]
    assert [button.action for button in card.buttons] == ["handover_less", "handover_less", "handover_off"]
    await receive(taps("ana", "handover_less", card.buttons[0].value, platform=platform))
    await settled()
    less = await store.handover(owner)
    assert less is not None
    assert less.people == (f"{platform}:t:cy",)
    await receive(says("ana", "/handover off", **alone))
    await settled()
    assert await store.handover(owner) is None
    assert sent[-1][1].text == say("zh", "handover_ended")
    await receive(taps("ana", "handover_off", {"language": "zh"}, platform=platform))
    await settled()
    assert list(standing.values())[-1][1].text == say("zh", "handover_none")


async def test_my_data_and_the_rules_tell_its_owner_of_it_alone(
    offered: Shown,
    receive: Receive,
    says: Says,
    settled: Settled,
    sent: list[Shown],
    platform: str,
    day: str,
) -> None:
    """To whom, until when, and that it sleeps; in a group, and to others, the rules say what holds for everybody's."""
    on, alone = {"platform": platform}, {"direct": True, "platform": platform}
    told = {
        language: say(language, "handover_told", people=people, day=day, state=say(language, "handover_signed"))
        for language, people in NAMED.items()
    }

    async def texts(*messages: Message) -> list[str]:
        sent.clear()
        for message in messages:
            await receive(message)
            await settled()
        return [card.text for _, card in sent]

    before = await texts(says("ana", "/mydata", **alone), says("ana", "/rules", **alone))
    assert not any(told["zh"] in text for text in before)
    await texts(says("ana", f"/handover sign {offered[1].buttons[0].value['offer']}", **alone))
    own = [says("ana", word, **alone) for word in ("/mydata", "/rules", "my data", "rules")]
    mine = await texts(*own)
    assert all(told["zh"] in text for text in mine[:2])
    assert all(told["en"] in text for text in mine[2:])
    group = await texts(says("ana", "rules", to_bot=True, **on), says("bo", "rules", **alone))
    assert all(say("en", "rules_handover") in text and told["en"] not in text for text in group)


async def test_what_is_not_clear_is_asked_for_and_names_and_a_day_on_its_form_draw_it_up(
    ana: None,
    receive: Receive,
    says: Says,
    taps: Taps,
    settled: Settled,
    sent: list[Shown],
    platform: str,
    day: str,
) -> None:
    """Nobody, somebody whom nobody knows, no day, one that is over, or nobody but oneself: nothing is guessed."""
    for text, card in {
        "/handover": "handover_how",
        "/handover Bo 1.5": "handover_unclear",
        f"/handover {day}": "handover_unclear",
        f"/handover Bo Nobody {day}": "handover_unclear",
        f"/handover Ana {day}": "handover_nothing",
        "/handover Bo 2020-01-01": "handover_nothing",
    }.items():
        sent.clear()
        await receive(says("ana", text, direct=True, platform=platform))
        await settled()
        assert [shown.text for _, shown in sent] == [say("zh", card)]
    more = taps("ana", "handover_draw", {"language": "en"}, platform=platform)
    await receive(replace(more, form={"people": "Bo, Cy", "until": day}))
    await settled()
    assert all(part in sent[-1][1].text for part in ("Bo", "Cy", day))


async def test_whoever_tries_to_hand_over_what_they_joined_by_name_is_told_that_it_is_not(
    joins: Joins,
    receive: Receive,
    says: Says,
    taps: Taps,
    settled: Settled,
    sent: list[Shown],
    store: Store,
    day: str,
    platform: str,
) -> None:
    """By its name, or where there is nothing else; and the card that asks for a signature says that it is not part."""
    ops, dev = f"{platform}:t:ops", f"{platform}:t:dev"
    await store.put_scope("ops-to-dev", ScopeDocument(Sources((ops,)), Readers((dev,)), Ceiling(mode="auto")), "ada")
    await receive(says("ana", "/join ops-to-dev", direct=True, platform=platform))
    offer = await store.latest_offer(f"{platform}:t:ana")
    assert offer is not None
    await receive(taps("ana", "join_today", {"offer": offer.id}, platform=platform))
    await settled()

    async def told(text: str) -> str:
        sent.clear()
        await receive(says("ana", text, direct=True, platform=platform))
        await settled()
        ((to, card),) = sent
        assert to.person == f"{platform}:t:ana"
        return card.text

    cannot = say("zh", "handover_scopes", scopes="ops-to-dev")
    assert await told(f"/handover ops-to-dev Bo {day}") == cannot
    assert await told(f"/handover Bo {day}") == cannot
    await joins("ana", "join_today", platform=platform)
    assert await told(f"/handover ops-to-dev {day}") == cannot
    assert say("zh", "handover_without_scopes", scopes="ops-to-dev") in await told(f"/handover Bo {day}")
