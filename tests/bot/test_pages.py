"""Promises of pages in their owner's hands: one private card, evidence behind every line, each change one tap."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.base import Address, Button, Card, Click, File, Message, Receive
from bot.sentences import Language, say
from bot.support.differing import differ
from bot.support.vague import vague
from skills.store import Store
from tests.store.paged import ROLLBACK, TALK, VENDOR

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Talks = Callable[..., Awaitable[Card]]
Does = Callable[..., Awaitable[Card]]
ZH = (
    "回滚支付先冻结账本，然后执行 payctl rollback",
    "支付回滚的步骤：冻结账本，再执行 payctl rollback，最后看对账报表",
    "支付又要回滚，记得先冻结账本，不然对账报表是错的，payctl rollback 放在后面",
)


@pytest.fixture
def talks(joins: Joins, receive: Receive, says: Says, settled: Settled, sent: list[Shown]) -> Talks:
    """Ana switches her double on, talks, and gets the card about new pages."""

    async def talk(words: Sequence[str] = (*ROLLBACK, *VENDOR, *TALK), platform: str = "lark") -> Card:
        await joins("ana", "join_today", platform=platform)
        sent.clear()
        for n, text in enumerate(words):
            message = says("ana", text, platform=platform)
            await receive(replace(message, at=message.at + timedelta(hours=n)))
        await settled()
        told = [(to, card) for to, card in sent if any(button.action == "pages" for button in card.buttons)]
        ((to, card),) = told
        assert (to.person, to.chat) == (f"{platform}:t:ana", None)
        return card

    return talk


@pytest.fixture
def does(
    receive: Receive, settled: Settled, says: Says, taps: Taps, sent: list[Shown], standing: dict[str, Shown]
) -> Does:
    """Tap a button of Ana's, or write its command; the card that shows how things stand then."""

    async def do(
        button: Button, *, typed: bool = False, person: str = "ana", platform: str = "lark", **form: str
    ) -> Card:
        sent.clear()
        before = dict(standing)
        if typed:
            assert button.command
            await receive(says(person, button.command, platform=platform, direct=True, to_bot=True))
        else:
            click = replace(taps(person, button.action, button.value, platform=platform), form=form)
            await receive(click)
            await receive(click)
        await settled()
        changed = [card for message, (_, card) in standing.items() if before.get(message) != standing[message]]
        return changed[-1]

    return do


async def test_the_card_about_new_pages_comes_in_the_language_that_its_owner_last_spoke(
    joins: Joins, receive: Receive, says: Says, settled: Settled, sent: list[Shown], store: Store
) -> None:
    """Whatever the language of their consent; so does what is said of a file. Gone when they leave."""
    await joins("ana", "join_today")
    assert await store.language("lark:t:ana") is None
    for person, word in (("bo", "my double"), ("ana", "我的分身"), ("ana", "my double"), ("ana", "/scopes")):
        await receive(says(person, word, to_bot=True))
    assert await store.language("lark:t:bo") is None
    sent.clear()
    for n, text in enumerate((*ROLLBACK, *VENDOR, *TALK)):
        message = says("ana", text)
        await receive(replace(message, at=message.at + timedelta(hours=n)))
    await receive(says("ana", "", direct=True, file=File("a.txt", "none")))
    await settled()
    told = {card.title for to, card in sent if to.person == "lark:t:ana" or to.chat == "lark:t:direct-ana"}
    assert say("en", "pages_new_title", n=2) in told
    assert say("zh", "pages_new_title", n=2) not in told
    assert say("en", "import_too_large", limit=50) in {card.text for _, card in sent}
    await receive(says("ana", "leave", to_bot=True, direct=True))
    await settled()
    assert await store.language("lark:t:ana") is None


def button(card: Card, *words: str) -> Button:
    """The one button that says all this."""
    (found,) = [one for one in card.buttons if all(word in one.label for word in words)]
    return found


async def test_whoever_has_no_double_gets_no_card_and_has_no_page(
    receive: Receive, settled: Settled, says: Says, sent: list[Shown]
) -> None:
    """However much they say; asked for, it is said how pages come about."""
    for text in (*ROLLBACK, *VENDOR, *TALK):
        await receive(says("bo", text))
    await settled()
    assert sent == []
    await receive(says("bo", "页面", direct=True, to_bot=True))
    await settled()
    ((_, card),) = sent
    assert card.text == say("zh", "pages_none")


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_one_private_card_names_new_pages_and_leads_to_the_evidence(
    talks: Talks, does: Does, platform: str
) -> None:
    """Every line with its date and the way to the message; in no one else's hands."""
    card = await talks(platform=platform)
    assert card.title == say("zh", "pages_new_title", n=2)
    page = await does(button(card, "run payctl"), platform=platform)
    assert page.title == "run payctl rollback"
    assert [quote.text for quote in page.quotes] == list(ROLLBACK[::-1])
    assert all(quote.message and quote.who for quote in page.quotes)
    assert say("zh", "page_new") in page.text


@pytest.mark.parametrize("typed", [False, True])
async def test_a_page_opens_for_colleagues_by_its_title_once_it_is_used(
    talks: Talks, does: Does, asks: Asks, typed: bool
) -> None:
    """Labelled and cited like every answer; before, there is the one sentence or whatever else was said."""
    question = "ask Ana: page payctl rollback"
    page = await does(button(await talks(), "run payctl"))
    used = await does(button(page, say("zh", "page_use")), typed=typed)
    assert say("zh", "page_active") in used.text
    _, answer = await asks("bo", question)
    assert [quote.text for quote in answer.quotes] == list(ROLLBACK[::-1])
    assert answer.answer
    assert answer.label
    withheld = await does(button(used, say("zh", "page_withhold")), typed=typed)
    assert say("zh", "page_withheld_note") == withheld.note
    assert (await asks("cy", question))[1].quotes == ()
    shared = await does(button(withheld, say("zh", "page_share")), typed=typed)
    assert say("zh", "page_active") in shared.text
    assert (await asks("dee", question))[1].quotes


async def test_before_it_is_used_a_title_brings_no_page(talks: Talks, asks: Asks) -> None:
    """Asked so, it is a question like any other, answered by recall."""
    await talks()
    _, card = await asks("bo", "ask Ana: page of the moon calendar")
    assert card.answer is None


async def test_nobody_sees_or_changes_a_page_of_somebody_elses(
    talks: Talks, does: Does, joins: Joins, store: Store
) -> None:
    """Their card says that there is no such page."""
    page = await does(button(await talks(), "run payctl"))
    await joins("bo", "join_today")
    for mine in (*page.buttons[:3], Button("page", "", page.buttons[0].value)):
        card = await does(mine, person="bo")
        assert card.text == say("zh", "page_not")
    (_, one) = await store.pages("lark:t:ana")
    assert one.state == "new"


@pytest.mark.parametrize("typed", [False, True])
async def test_a_page_is_edited_and_every_change_is_gone_back_on(talks: Talks, does: Does, typed: bool) -> None:
    """A line off, another page in, and back by the list of versions."""
    page = await does(button(await talks(), "run payctl"))
    edit = await does(button(page, say("zh", "page_edit")), typed=typed)
    shorter = await does(button(edit, "2"), typed=typed)
    assert [quote.text for quote in shorter.quotes] == [ROLLBACK[2], ROLLBACK[0]]
    assert (await does(button(edit, "1"))).text == say("zh", "page_not")  # it is not what it was
    edit = await does(button(shorter, say("zh", "page_edit")), typed=typed)
    merged = await does(button(edit, "vendor"), typed=typed)
    assert {quote.text for quote in merged.quotes} == {*VENDOR, ROLLBACK[2], ROLLBACK[0]}
    history = await does(button(merged, say("zh", "page_history")), typed=typed)
    assert say("zh", "page_why_merged") in history.text
    assert say("zh", "page_removed", text=ROLLBACK[1][:20]) in history.text
    back = await does(button(history, "1"), typed=typed)
    assert [quote.text for quote in back.quotes] == list(ROLLBACK[::-1])


async def test_a_title_is_typed_on_the_card_or_after_a_word(
    talks: Talks, does: Does, asks: Asks, receive: Receive, says: Says, settled: Settled, sent: list[Shown]
) -> None:
    """And colleagues open the page by it."""
    page = await does(button(await talks(), "run payctl"))
    await does(button(page, say("zh", "page_use")))
    edit = await does(button(page, say("zh", "page_edit")))
    (field,) = edit.fields
    assert field.value == "run payctl rollback"
    named = await does(button(edit, say("zh", "page_retitle")), title="Undoing payments")
    assert named.title == "Undoing payments"
    assert (await asks("bo", "ask Ana page undoing payments"))[1].quotes
    id_ = page.buttons[0].value["page"]
    sent.clear()
    await receive(says("ana", f"/page {id_} 标题 回滚支付", direct=True, to_bot=True))
    await settled()
    ((_, card),) = sent
    assert card.title == "回滚支付"
    assert (await asks("cy", "Ana 页面 回滚支付"))[1].quotes


async def test_a_title_that_names_somebody_who_objects_is_not_taken(
    talks: Talks, does: Does, receive: Receive, says: Says, settled: Settled
) -> None:
    """As nothing is kept that names them."""
    page = await does(button(await talks(), "run payctl"))
    await receive(says("bo", "object", to_bot=True))
    await settled()
    edit = await does(button(page, say("zh", "page_edit")))
    assert (await does(button(edit, say("zh", "page_retitle")), title="How Bo does it")).text == say("zh", "page_not")


async def test_a_chinese_page_is_built_and_opened_in_chinese(talks: Talks, does: Does, asks: Asks) -> None:
    """The same by the same words."""
    card = await talks((*ZH, *TALK * 3))
    assert card.title == say("zh", "pages_new_one")
    page = await does(card.buttons[0])
    await does(button(page, say("zh", "page_use")))
    _, answer = await asks("bo", f"Ana 页面 {page.title}")
    assert [quote.text for quote in answer.quotes] == list(ZH[::-1])


async def test_pages_are_listed_by_word_and_from_my_double(
    talks: Talks, receive: Receive, says: Says, settled: Settled, sent: list[Shown], does: Does
) -> None:
    """Pinned ones first."""
    page = await does(button(await talks(), "vendor"))
    await does(button(page, say("zh", "page_pin")))
    listed = await does(Button("pages", "", {"language": "zh"}))
    first, second = listed.text.splitlines()
    assert say("zh", "pages_pin") in first
    assert "vendor contract" in first
    assert "payctl" in second
    assert listed.buttons[1].command


async def test_what_is_kept_back_by_a_page_is_listed_with_the_rest(talks: Talks, does: Does, store: Store) -> None:
    """And shared again from there."""
    page = await does(button(await talks(), "run payctl"))
    await does(button(page, say("zh", "page_withhold")))
    listed = await does(Button("withheld", "", {"language": "zh"}))
    id_ = page.buttons[0].value["page"]
    assert id_ in listed.text
    await does(listed.buttons[0])
    assert {page.state for page in await store.pages("lark:t:ana")} == {"new", "active"}


async def test_after_leaving_the_cards_find_no_page(
    talks: Talks, does: Does, receive: Receive, says: Says, settled: Settled
) -> None:
    """A tap on an old card says so."""
    page = await does(button(await talks(), "run payctl"))
    await receive(says("ana", "leave", direct=True, to_bot=True))
    await settled()
    for old in page.buttons[:3]:
        assert (await does(old)).text == say("zh", "page_not")


def test_lines_that_do_not_agree_are_told() -> None:
    """Other figures for the same, or one says not; what is about something else is no contradiction."""
    assert differ(["the release window is Tuesday at 10:00", "the release window is Tuesday at 14:00"])
    assert differ(["支付回滚要先冻结账本", "支付回滚不要先冻结账本"])
    assert not differ(["the release window is Tuesday at 10:00", "lunch is at 12:00"])
    assert not differ(["the release window is Tuesday at 10:00", "release window: Tuesday, 10:00"])
    assert not differ(["不用不好意思。支付回滚要先冻结账本", "支付回滚要先冻结账本"])
    assert differ(["支付回滚要先冻结账本", "支付回滚前别冻结账本"])
    assert differ(["the gateway restarts at nine on weekdays", "the gateway restarts at ten on weekdays"])
    assert not differ(["the gateway restarts at nine on weekdays", "the gateway restarts at eleven on Friday"])
    assert not differ([])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_way_of_a_page_is_said(language: Language) -> None:
    """In both languages."""
    for why in "built grown used withheld shared titled pinned unpinned dropped merged into back corrected".split():
        assert say(language, f"page_why_{why}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("回滚支付还是老样子，先冻结账本", "老样子"),
        ("那个东西要先冻结账本再回滚", "那个东西"),
        ("roll it back as usual, then check that thing", "as usual"),
        ("please freeze the same as last time before you go on", "the same as last time"),
        ("照旧，周三 15:00 冻结账本", None),
        ("as usual, run payctl.sh before the report", None),
        ("as usual on Thursday at 9", None),
        ("老样子，先跑payctl再看报表", None),
        ("freeze the ledger before the report", None),
        ("那个时候先冻结账本", None),
    ],
)
def test_what_points_at_something_and_names_nothing_is_vague(text: str, words: str | None) -> None:
    """A name, a figure or a day beside it tells what is meant."""
    assert vague(text) == words


async def test_a_vague_line_is_told_to_its_owner_alone(talks: Talks, does: Does, asks: Asks) -> None:
    """On the card of the page; whoever opens the page by its title is told nothing of it."""
    vaguely = "rolling back payments as usual, freeze the ledger and run payctl rollback like last time"
    card = await talks((*ROLLBACK, vaguely, *VENDOR[:2], *TALK))
    page = await does(card.buttons[0])
    assert say("zh", "page_vague", n=1, words="as usual") in page.text
    (use,) = [button for button in page.buttons if button.value.get("why") == "used"]
    used = await does(use)
    _, opened = await asks("bo", f"ask Ana: page {used.title}")
    assert vaguely in "".join(quote.text for quote in opened.quotes)
    assert "as usual”" not in opened.text + opened.note
