"""Promises of review: its asker cannot tell, its owner decides, and what she lets out comes once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from adapters.base import Address, Card, Click, Message, Recalled, Receive
from bot.app import Fenshen
from bot.commands import Command, parse_command
from bot.sentences import say
from skills.drafting import slot_of
from skills.scopes import Ceiling
from skills.store import Store
from skills.words import Tell
from tests.bot.conftest import Company
from tests.bot.reviewed import ANA, BO, DEV, NAME, OPS, QUESTION, ROLLBACK, SCOPE, Desk

Shown = tuple[Address, Card]


@pytest.fixture
async def desk(
    receive: Receive,
    settled: Callable[[], Awaitable[None]],
    says: Callable[..., Message],
    taps: Callable[..., Click],
    store: Store,
    company: Company,
) -> Desk:
    """Ana, who looks first."""
    company.members[DEV] = dict(company.members[OPS])
    desk = Desk(receive, settled, says, taps, store, company.sent, company.standing)
    await desk.joins()
    return desk


async def test_the_asker_sees_the_one_sentence_whether_or_not_there_is_a_draft(desk: Desk) -> None:
    """The same card for what waits for Ana's look, for what she never said, and for whoever has no double."""
    with_draft = await desk.asked()
    assert len(desk.hers()) == 1
    without = await desk.asked("ask Ana what colour the moon lander is")
    assert desk.hers() == []
    nobody = await desk.asked("ask Cy about the payment rollback")
    plain = [replace(card, buttons=()) for card in (with_draft, without)]
    assert plain[0] == plain[1]
    assert [b.action for b in with_draft.buttons] == [b.action for b in without.buttons] == ["ask_person"]
    assert [b.action for b in nobody.buttons] == ["ask_person"]
    assert with_draft.text == say("en", "nothing_named", name="Ana")
    assert ROLLBACK not in str(desk.stands())


async def test_her_card_has_who_asks_where_what_and_out_of_what(desk: Desk, readable: dict[str, Message]) -> None:
    """Alone with her, with a button for each thing she may do and its twin in words; the label says it is a draft."""
    await desk.asked()
    ((to, card),) = [shown for shown in desk.sent if shown[0].person == ANA]
    assert (to.chat, to.person) == (None, ANA)
    assert "Bo" in card.text
    assert "dev" in card.text
    assert "the payment rollback" in card.text
    assert [q.text for q in card.quotes] == [ROLLBACK]
    actions = [button.action for button in card.buttons]
    assert actions == ["draft_send", "draft_own", "draft_put", "draft_no", "draft_withhold"]
    assert all(b.command or b.action == "draft_own" for b in card.buttons)
    assert "草稿" in card.label or "draft" in card.label
    assert card.answer is None


async def test_what_she_sends_takes_the_place_of_the_one_sentence(desk: Desk) -> None:
    """One message to Bo, with label, id, source and why; the label says that she looked."""
    await desk.asked()
    (card,) = desk.hers()
    await desk.taps_on(card, "draft_send")
    (stands,) = desk.stands()
    assert [q.text for q in stands.quotes] == [ROLLBACK]
    assert stands.answer
    assert stands.label == say("en", "reviewed_label", name="Ana", answer=stands.answer)
    assert {"why", "ask_person"} <= {button.action for button in stands.buttons}
    assert desk.standing[list(desk.standing)[-1]]
    hers = [shown for to, shown in desk.standing.values() if to.person == ANA][-1]
    assert stands.answer in hers.text


async def test_where_cards_cannot_be_replaced_the_answer_comes_as_a_reply(desk: Desk, fixed: set[str]) -> None:
    """In the thread where she was asked, and once."""
    await desk.asked()
    (card,) = desk.hers()
    fixed.add("lark")
    await desk.taps_on(card, "draft_send")
    _, answer = desk.stands()
    assert [q.text for q in answer.quotes] == [ROLLBACK]
    ((to, _),) = [shown for shown in desk.sent if shown[1].answer]
    assert (to.chat, bool(to.reply_to)) == (DEV, True)


async def test_of_two_taps_one_sends(desk: Desk) -> None:
    """The second is told that there is nothing left to send."""
    await desk.asked()
    (card,) = desk.hers()
    value = desk.at(card)
    for _ in range(2):
        await desk.receive(desk.taps("ana", "draft_send", value))
    await desk.settled()
    assert len([one for one in desk.stands() if one.answer]) == 1
    assert await desk.store.credit(ANA) == 1
    told = [card.text for to, card in desk.standing.values() if to.person == ANA]
    assert say("zh", "draft_gone") in told or say("en", "draft_gone") in told


async def test_nobody_else_sends_or_sees_her_draft(desk: Desk) -> None:
    """Whatever Bo taps or types, he learns that there is no such draft, as he would of any code."""
    await desk.asked()
    (card,) = desk.hers()
    value = desk.at(card)
    for action in ("draft_send", "draft_show", "draft_put", "draft_no", "draft_withhold"):
        await desk.receive(desk.taps("bo", action, value))
    for words in ("", " send", " myself", " no", " withhold"):
        await desk.says_alone(f"/review {value['draft']}{words}", "bo")
    assert all(not card.quotes and not card.answer for card in desk.stands())
    assert len(await desk.store.drafts(ANA)) == 1


async def test_her_own_words_go_in_place_of_the_draft(desk: Desk) -> None:
    """As what she wrote just now, by her, and not as AI; an empty line sends nothing."""
    await desk.asked()
    (card,) = desk.hers()
    reaction = await desk.taps_on(card, "draft_own")
    assert reaction is not None
    assert len(await desk.store.drafts(ANA)) == 1
    await desk.taps_on(card, "draft_own", own="Ask Di: since May the flag is hers")
    (stands,) = desk.stands()
    assert [(q.text, q.who) for q in stands.quotes] == [("Ask Di: since May the flag is hers", "Ana")]
    assert stands.label == say("en", "reviewed_own_label", name="Ana", answer=stands.answer)
    assert ROLLBACK not in str(stands)


async def test_her_own_words_by_typing(desk: Desk) -> None:
    """`/review CODE send` and her words."""
    await desk.asked()
    code = desk.at(desk.hers()[0])["draft"]
    await desk.says_alone(f"/review {code} send Ask Di about the flag, please")
    (stands,) = desk.stands()
    assert [q.text for q in stands.quotes] == ["Ask Di about the flag, please"]


async def test_she_answers_by_herself(desk: Desk) -> None:
    """By the way that a question put to her is answered: her reply comes to Bo, and it is not AI's."""
    await desk.asked()
    (card,) = desk.hers()
    await desk.taps_on(card, "draft_put")
    form = desk.hers()[-1] if len(desk.hers()) > 1 else [c for to, c in desk.standing.values() if to.person == ANA][-1]
    code = desk.button(form, "answer_send").value["put"]
    await desk.says_alone(f"/answer {code} I do it with you at four")
    assert "I do it with you at four" in str(desk.stands()[-1].quotes)
    assert await desk.store.drafts(ANA) == []


async def test_what_she_declines_nobody_hears_of(desk: Desk) -> None:
    """Bo's card stays as it was."""
    before = await desk.asked()
    (card,) = desk.hers()
    await desk.taps_on(card, "draft_no")
    assert desk.stands() == [before]
    assert await desk.store.drafts(ANA) == []


async def test_what_she_keeps_back_is_drafted_no_more(desk: Desk) -> None:
    """The list of what she keeps back comes in place of the draft."""
    await desk.asked()
    await desk.taps_on(desk.hers()[0], "draft_withhold")
    assert len(await desk.store.withheld(ANA)) == 1
    await desk.asked()
    assert desk.hers() == []


async def test_a_draft_that_may_not_be_sent_any_more_is_not_and_she_is_told(desk: Desk) -> None:
    """She paused meanwhile."""
    before = await desk.asked()
    (card,) = desk.hers()
    await desk.store.pause(desk.claim(), ANA, None)
    await desk.taps_on(card, "draft_send")
    assert desk.stands() == [before]
    texts = [shown.text for to, shown in desk.standing.values() if to.person == ANA]
    assert say("zh", "draft_gone") in texts or say("en", "draft_gone") in texts


async def test_an_answer_whose_consent_ends_on_the_way_is_not_brought(desk: Desk) -> None:
    """She pauses in the moment between her tap and the card, as a queue that waits lets her: Bo's card stays."""
    before = await desk.asked()
    (draft,) = await desk.store.drafts(ANA)
    assert await desk.store.send_draft(desk.claim(), ANA, draft.id) == "sent"
    await desk.store.pause(desk.claim(), ANA, None)
    ids, slot = {"owner": ANA, "draft": draft.id}, slot_of(ANA, draft.id)
    await desk.store.defer(Tell("reviewed", "lark", chat=DEV, reply_to=draft.asked, slot=slot, ids=ids))
    await desk.settled()
    assert desk.stands() == [before]


async def test_an_answer_that_was_brought_is_not_brought_again(desk: Desk, fixed: set[str]) -> None:
    """A job that is done twice, as after a crash, has the effect of once."""
    await desk.asked()
    fixed.add("lark")
    await desk.taps_on(desk.hers()[0], "draft_send")
    (draft_id,) = {b.value["draft"] for card in desk.hers() for b in card.buttons if "draft" in b.value}
    ids, slot = {"owner": ANA, "draft": draft_id}, slot_of(ANA, draft_id)
    await desk.store.defer(Tell("reviewed", "lark", chat=DEV, reply_to="another", slot=slot, ids=ids))
    await desk.settled()
    assert len([one for one in desk.stands() if one.answer]) == 1


async def test_from_now_on_such_ones_are_answered_at_once(desk: Desk) -> None:
    """Where the admin leaves it to her: a consent of her own to the words on the card, and back by one word."""
    await desk.store.put_scope(NAME, replace(SCOPE, ceiling=Ceiling(mode="auto")), "ada")
    await desk.asked()
    (card,) = desk.hers()
    button = desk.button(card, "draft_on")
    assert say("zh", "draft_onward", scope=NAME) in card.note or say("en", "draft_onward", scope=NAME) in card.note
    await desk.receive(desk.taps("ana", "draft_on", {**button.value, "shown": "00000000"}))
    await desk.settled()
    assert [one.mode for one in await desk.store.joined_scopes(ANA)] == ["review"]
    await desk.taps_on(card, "draft_on")
    assert [q.text for q in desk.stands()[0].quotes] == [ROLLBACK]
    again = await desk.asked(direct=True)
    assert [q.text for q in again.quotes] == [ROLLBACK]
    assert desk.hers() == []
    await desk.says_alone(f"/narrow {NAME} mode review")
    assert (await desk.asked(direct=True)).quotes == ()


async def test_the_card_that_asks_says_that_she_looks_first(desk: Desk) -> None:
    """Also where the admin wrote nothing of it; and the scope's own card leads back to it from auto."""
    await desk.store.put_scope("wide", replace(SCOPE, ceiling=Ceiling()), "ada")
    desk.sent.clear()
    await desk.says_alone("/join wide")
    assert say("zh", "scope_review") in desk.hers()[0].text
    await desk.store.put_scope("wide", replace(SCOPE, ceiling=Ceiling(mode="auto")), "ada")
    desk.sent.clear()
    await desk.says_alone("/join wide")
    assert say("zh", "scope_review") not in desk.hers()[0].text
    await desk.receive(desk.taps("ana", "join_today", desk.button(desk.hers()[0], "join_today").value))
    await desk.settled()
    joined = [card for to, card in desk.standing.values() if to.person == ANA][-1]
    (back,) = [button for button in joined.buttons if button.value.get("mode")]
    await desk.receive(desk.taps("ana", "narrow", back.value))
    await desk.settled()
    assert {one.scope: one.mode for one in await desk.store.joined_scopes(ANA)}["wide"] == "review"


async def test_what_is_answered_at_once_pings_nobody(desk: Desk) -> None:
    """In the chat where it was said, Ana's other consent answers."""
    await desk.says_alone("/review")
    await desk.receive(desk.says("ana", "/optin", to_bot=True))
    await desk.settled()
    offer = await desk.store.latest_offer(ANA)
    assert offer is not None
    await desk.receive(desk.taps("ana", "join_today", {"offer": offer.id}))
    await desk.receive(desk.says("ana", ROLLBACK))
    await desk.settled()
    card = await desk.asked(chat="ops")
    assert [q.text for q in card.quotes] == [ROLLBACK]
    assert desk.hers() == []


async def test_a_question_of_the_floor_is_never_drafted(desk: Desk) -> None:
    """Whatever she said of it."""
    await desk.receive(desk.says("ana", "My salary is 30000 since the payment rollback"))
    await desk.asked("ask Ana what her salary is")
    assert desk.hers() == []


async def test_the_asker_takes_it_back(desk: Desk) -> None:
    """With his message the draft goes; with his word for all his questions too."""
    question = desk.says("bo", QUESTION, chat="dev", to_bot=True)
    await desk.receive(question)
    await desk.settled()
    assert len(await desk.store.drafts(ANA)) == 1
    await desk.receive(Recalled("lark", "r1", DEV, question.id))
    assert await desk.store.drafts(ANA) == []
    await desk.asked()
    assert len(await desk.store.drafts(ANA)) == 1
    await desk.says_alone("/unask", "bo")
    assert await desk.store.drafts(ANA) == []


async def test_my_double_says_how_many_wait_and_leads_to_them(desk: Desk) -> None:
    """And the list leads to each."""
    await desk.asked()
    desk.sent.clear()
    await desk.says_alone("我的分身")
    (card,) = desk.hers()
    assert say("zh", "drafts_line", n=1) in card.text
    await desk.receive(desk.taps("ana", "drafts", desk.button(card, "drafts").value))
    await desk.settled()
    listed = desk.hers()[-1]
    assert "Bo" in listed.text
    await desk.receive(desk.taps("ana", "draft_show", desk.button(listed, "draft_show").value))
    await desk.settled()
    assert [q.text for q in desk.hers()[-1].quotes] == [ROLLBACK]


async def test_a_restart_loses_no_draft(desk: Desk, composed: Fenshen) -> None:
    """What was asked is forgotten with the memory; the draft, its sources and its asker are rows."""
    await desk.asked()
    (card,) = desk.hers()
    await composed.answering.aclose()
    (draft,) = await desk.store.drafts(ANA)
    assert (draft.asker, draft.venue.chat) == (BO, DEV)
    await desk.taps_on(card, "draft_send")
    assert [q.text for q in desk.stands()[0].quotes] == [ROLLBACK]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("审阅", Command("review")),
        ("review", Command("review")),
        ("/review k7q2x", Command("review", ("k7q2x",))),
        ("审阅 K7Q2X 发送", Command("review", ("K7Q2X", "发送"))),
        ("/review K7Q2X send two words", Command("review", ("K7Q2X", "send", "two words"))),
        ("review K7Q2X always 0a1b2c3d", Command("review", ("K7Q2X", "always", "0a1b2c3d"))),
        ("review K7Q2X please", None),
        ("review the pull request", None),
    ],
)
def test_a_draft_is_named_in_words(text: str, command: Command | None) -> None:
    """By its code and what to do about it; anything else is a question."""
    assert parse_command(text) == command


async def test_her_data_counts_drafts_and_his_does_not(desk: Desk) -> None:
    """What waits is told to her alone."""
    await desk.asked()
    desk.sent.clear()
    for person in ("ana", "bo"):
        await desk.says_alone("/mydata", person)
    told = {str(to.person): card.text for to, card in desk.sent}
    assert say("zh", "mydata_drafts", drafts=1) in told[ANA]
    assert told[BO] == say("zh", "mydata_none")
