"""Promises of interviews: kept under consent alone, one question after another, nothing lost, nothing twice."""

from datetime import timedelta

import pytest

from skills.interviews import PATIENCE
from skills.words import Claim, Interview, Said
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
QUESTIONS = ("where", "wrong", "decides")
WORDS = "the rollback script lies in the gateway repository"


async def begin(company: Company, chat: str = Company.ops) -> bool | None:
    """Ana begins, or goes on."""
    return await company.store.begin_interview(company.claim(), ANA, chat, "en", QUESTIONS)


async def standing(company: Company, chat: str | None = None) -> Interview:
    """Her interview as it stands."""
    found = await company.store.interview(ANA, chat)
    assert found is not None
    return found


async def shown(company: Company) -> None:
    """The question that is up comes before her eyes, and she thinks."""
    await company.store.asked_in_interview(await standing(company))
    company.later(seconds=20)


def said(company: Company, words: str = WORDS, n: int = 1, chat: str = Company.ops) -> Said:
    """What she writes now."""
    return Said(ANA, chat, f"note:om_{n}", company.now, words, source="interview")


async def answer(company: Company, words: str = WORDS, n: int = 1, *, claim: Claim | None = None) -> str | None:
    """She answers the question that is up."""
    return await company.store.answer_interview(claim or company.claim(f"om_{n}"), said(company, words, n))


async def test_without_a_consent_for_the_chat_no_interview_is_opened(company: Company) -> None:
    """Nor for a chat other than the one that was switched on."""
    assert await begin(company) is False
    await company.join(ANA)
    assert await begin(company, "lark:t:oc_dev") is False
    assert await company.store.interview(ANA) is None


@pytest.mark.parametrize("way", ["expired", "forbidden", "left", "elsewhere"])
async def test_an_answer_that_no_consent_covers_is_not_kept(company: Company, way: str) -> None:
    """Over, forbidden by an admin, left, or for another chat: no word of it stays, and its interview stands still."""
    await company.join(ANA, days=1)
    await begin(company)
    if way == "expired":
        company.later(hours=23, minutes=50)
    await shown(company)
    match way:
        case "expired":
            company.later(minutes=15)
        case "forbidden":
            await company.ceiling("default", level="withheld")
        case "left":
            await company.leave(ANA)
    chat = "lark:t:oc_dev" if way == "elsewhere" else company.ops
    done = await company.store.answer_interview(company.claim(), said(company, chat=chat))
    assert done == ("closed" if way in ("left", "elsewhere") else "refused")
    assert "note:om_1" not in company.everything()
    if way in ("expired", "forbidden"):
        assert (await standing(company)).ahead == QUESTIONS


async def test_words_that_name_an_objector_are_refused(company: Company) -> None:
    """As everywhere else in that chat."""
    await company.join(ANA)
    await begin(company)
    await shown(company)
    await company.store.object(company.claim(), BO, company.ops)
    about = Said(ANA, company.ops, "note:om_1", company.now, WORDS, source="interview", about=(BO,))
    assert await company.store.answer_interview(company.claim(), about) == "refused"
    assert "note:om_1" not in company.everything()


@pytest.mark.parametrize("since", [timedelta(seconds=-1), PATIENCE, timedelta(days=2)])
async def test_nothing_is_an_answer_before_its_question_nor_long_after(company: Company, since: timedelta) -> None:
    """What somebody writes days later is not swallowed; nothing is claimed, so that it can be a question."""
    await company.join(ANA)
    await begin(company)
    await company.store.asked_in_interview(await standing(company))
    company.later(seconds=since.total_seconds())
    claim = company.claim("om_1")
    assert await answer(company, claim=claim) == "closed"
    assert await company.store.claim(claim) is True
    assert (await standing(company)).given == ()


async def test_one_answer_follows_another_and_the_last_one_closes(company: Company) -> None:
    """Each is kept under its question; with none left the interview is through, and can be begun anew."""
    await company.join(ANA)
    await begin(company)
    for n, question in enumerate(QUESTIONS):
        assert (await standing(company)).ahead[0] == question
        await shown(company)
        assert await answer(company, f"{WORDS} {n}", n) == "kept"
    through = await standing(company, company.ops)
    assert (through.open, through.ahead) == (False, ())
    assert through.given == tuple((q, f"note:om_{n}") for n, q in enumerate(QUESTIONS))
    found = await company.ask(ANA, BO, "where is the rollback script")
    assert {passage.source for passage in found} == {"interview"}
    assert len(found) == 3
    assert await begin(company) is True
    assert ((await standing(company)).ahead, (await standing(company)).given) == (QUESTIONS, ())
    assert await company.store.verify(ANA) is None


async def test_a_redelivered_answer_is_kept_once_and_answers_nothing_else(company: Company) -> None:
    """However often it comes, and whatever has been asked meanwhile."""
    await company.join(ANA)
    await begin(company)
    await shown(company)
    claim = company.claim("om_1")
    assert await answer(company, claim=claim) == "kept"
    assert await answer(company, claim=claim) is None
    await shown(company)
    assert await answer(company, claim=claim) is None
    assert (await standing(company)).given == (("where", "note:om_1"),)
    assert (await standing(company)).ahead == QUESTIONS[1:]
    assert len(await company.ask(ANA, BO, "where is the rollback script")) == 1


async def test_what_is_written_before_the_next_question_is_shown_belongs_to_the_last(company: Company) -> None:
    """People answer in several messages; none of them answers what its author has not read."""
    await company.join(ANA)
    await begin(company)
    assert await answer(company) == "closed", "nothing was asked yet"
    await shown(company)
    assert await answer(company, n=1) == "kept"
    assert await answer(company, "and its key with the duty manager", n=2) == "added"
    assert (await standing(company)).ahead == QUESTIONS[1:]
    assert (await standing(company)).given == (("where", "note:om_1"), ("where", "note:om_2"))


async def test_what_comes_long_after_an_answer_belongs_to_none_though_no_question_was_shown(company: Company) -> None:
    """Where the next card could not be delivered, the interview does not wait for words for ever."""
    await company.join(ANA)
    await begin(company)
    await shown(company)
    await answer(company)
    company.later(seconds=PATIENCE.total_seconds())
    assert await answer(company, n=2) == "closed"
    assert (await standing(company)).given == (("where", "note:om_1"),)


async def test_of_two_interviews_one_is_open_and_each_goes_on_where_it_was(company: Company) -> None:
    """A week later as well."""
    await company.join(ANA)
    await company.join(ANA, "lark:t:oc_dev")
    await begin(company)
    assert await company.store.skip_in_interview(company.claim(), ANA, "where") is True
    await begin(company, "lark:t:oc_dev")
    assert (await standing(company)).chat == "lark:t:oc_dev"
    assert await company.store.stop_interview(company.claim(), ANA) is True
    assert await company.store.interview(ANA) is None
    assert await company.store.stop_interview(company.claim(), ANA) is False
    company.later(days=7)
    await begin(company)
    assert ((await standing(company)).chat, (await standing(company)).ahead) == (company.ops, QUESTIONS[1:])


async def test_a_question_that_is_not_up_any_more_cannot_be_skipped(company: Company) -> None:
    """Tapped twice, or on an old card, it takes nothing else away."""
    await company.join(ANA)
    assert await company.store.skip_in_interview(company.claim(), ANA, None) is False
    await begin(company)
    for skipped in (True, False):
        assert await company.store.skip_in_interview(company.claim(), ANA, "where") is skipped
    assert (await standing(company)).ahead == QUESTIONS[1:]
    claim = company.claim()
    assert await company.store.skip_in_interview(claim, ANA, None) is True
    assert await company.store.skip_in_interview(claim, ANA, None) is None
    assert await company.store.skip_in_interview(company.claim(), ANA, None) is True
    assert (await standing(company, company.ops)).open is False


async def test_an_answer_undone_is_erased_and_asked_again(company: Company) -> None:
    """With all its parts, once, and by nobody else."""
    await company.join(ANA)
    await begin(company)
    await shown(company)
    for n in (1, 2):
        await answer(company, n=n)
    assert await company.store.undo_answer(company.claim(), BO, company.ops, "note:om_1") is False
    assert await company.store.undo_answer(company.claim(), ANA, company.ops, "note:om_1") is True
    assert await company.find(ANA, BO, "where is the rollback script") == []
    assert ((await standing(company)).ahead, (await standing(company)).given) == (QUESTIONS, ())
    assert await company.store.undo_answer(company.claim(), ANA, company.ops, "note:om_1") is False


async def test_an_answer_forgotten_in_another_way_is_no_answer_any_more(company: Company) -> None:
    """Dropped by its owner's word, or its message taken back."""
    await company.join(ANA)
    await begin(company)
    await shown(company)
    await answer(company)
    await company.store.drop(company.claim(), ANA, None, "note:om_1")
    assert (await standing(company)).given == ()
    assert await company.store.undo_answer(company.claim(), ANA, company.ops, "note:om_1") is False


async def test_a_message_taken_back_before_it_comes_answers_nothing(company: Company) -> None:
    """Deliveries overtake each other."""
    await company.join(ANA)
    await begin(company)
    await shown(company)
    await company.store.forget(company.claim(), "lark:t:oc_direct", "om_1")
    assert await answer(company) is None
    assert (await standing(company)).given == ()


async def test_a_pause_closes_it_and_after_the_pause_it_goes_on(company: Company) -> None:
    """Nothing is recorded meanwhile, not even what undoes an answer opens it again."""
    await company.join(ANA)
    await begin(company)
    await shown(company)
    await answer(company)
    await company.store.pause(company.claim(), ANA, None)
    assert await company.store.interview(ANA) is None
    assert await answer(company, n=2) == "closed"
    assert await begin(company) is False
    assert await company.store.undo_answer(company.claim(), ANA, company.ops, "note:om_1") is True
    assert await company.store.interview(ANA) is None
    await company.store.resume(company.claim(), ANA, None)
    assert await company.store.interview(ANA) is None
    await begin(company)
    assert (await standing(company)).ahead == QUESTIONS


@pytest.mark.parametrize("way", ["chat", "all", "departed"])
async def test_leaving_lets_go_of_the_interview_at_once(company: Company, way: str) -> None:
    """The chat's own with the chat, every one with everything; what stays elsewhere stays."""
    await company.join(ANA)
    await company.join(ANA, "lark:t:oc_dev")
    for chat in ("lark:t:oc_dev", company.ops):
        await begin(company, chat)
        await shown(company)
        answered = said(company, n=len(chat), chat=chat)
        assert await company.store.answer_interview(company.claim(), answered) == "kept"
    if way == "departed":
        await company.store.depart(company.claim(), ANA)
    else:
        await company.leave(ANA, company.ops if way == "chat" else None)
    assert await company.store.interview(ANA) is None
    assert await company.store.interview(ANA, company.ops) is None
    assert (await company.store.interview(ANA, "lark:t:oc_dev") is not None) is (way == "chat")


async def test_the_state_of_an_interview_holds_no_word(company: Company) -> None:
    """Ids of questions and messages; what was said lies sealed, like everything else."""
    await company.join(ANA)
    await begin(company)
    await shown(company)
    await answer(company, "zyzzyva on the second shelf")
    assert "zyzzyva" not in company.everything()
    assert b"zyzzyva".hex() not in company.everything()
    assert "note:om_1" in company.everything()
    assert await company.rows("SELECT 1 FROM interview", owner=BO) == []
