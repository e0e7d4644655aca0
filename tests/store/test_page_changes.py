"""Promises of what owners do to their pages: nobody else does, each change is a version, and going back is exact."""

from dataclasses import replace

import pytest

from skills.pages import Change
from skills.words import Said
from tests.store.conftest import Company
from tests.store.paged import ANA, BO, DEV, ROLLBACK, TALK, VENDOR, change, distilled, opened, shown, tell, texts, used


@pytest.mark.parametrize("why", ["used", "withheld", "dropped", "back", "merged", "titled"])
async def test_nobody_changes_a_page_of_somebody_elses(company: Company, why: str) -> None:
    """They are told what is said of a page that never was."""
    rollback, vendor = await distilled(company, ANA)
    await company.join(BO)
    if why == "titled":
        said = Said(BO, company.ops, "om_t", company.now, "mine now")
        assert await company.store.title_page(company.claim(), said, rollback.id) is False
    else:
        mine = Change(why, vendor.id, 1)  # type: ignore[arg-type]
        assert await company.store.change_page(company.claim(), BO, rollback.id, mine) is False
    assert await company.store.page(BO, rollback.id) is None
    assert await company.store.page_history(BO, rollback.id) == []
    assert (await shown(company, rollback)).listed == rollback


async def test_a_change_is_made_once_however_often_it_is_delivered(company: Company) -> None:
    """And told once."""
    rollback, _ = await distilled(company, ANA)
    claim = company.claim()
    assert await company.store.change_page(claim, ANA, rollback.id, Change("used")) is True
    assert await company.store.change_page(claim, ANA, rollback.id, Change("withheld")) is None
    assert (await shown(company, rollback)).listed.state == "active"


async def test_a_withheld_page_keeps_its_words_from_everybody_else(company: Company) -> None:
    """Its owner alone is still answered with them; shared again by the page or by the list, they are back."""
    rollback, _ = await used(company, ANA)
    assert await company.find(ANA, BO, "payctl rollback ledger")
    await change(company, rollback, "withheld")
    assert await company.find(ANA, BO, "payctl rollback ledger") == []
    assert await opened(company, rollback.title) == []
    assert await company.find(ANA, ANA, "payctl rollback ledger", "lark:t:oc_alone", direct=True)
    assert [one.kind for one in await company.store.withheld(ANA)] == ["page"]
    await company.store.allow(company.claim(), ANA, rollback.id)
    assert (await shown(company, rollback)).listed.state == "active"
    assert await company.find(ANA, BO, "payctl rollback ledger")


async def test_a_line_taken_off_a_withheld_page_stays_kept_back(company: Company) -> None:
    """Taking off is no sharing."""
    rollback, _ = await used(company, ANA)
    await change(company, rollback, "withheld")
    await change(company, rollback, "dropped", number=1)
    assert await company.find(ANA, BO, "payctl rollback ledger") == []


async def test_a_title_of_ones_own_opens_the_page_and_is_never_quoted(company: Company) -> None:
    """It is recorded like other words, masked, and kept back by a topic that it names."""
    rollback, _ = await used(company, ANA)
    said = Said(ANA, company.ops, "om_t", company.now, "  Undoing   payments ")
    assert await company.store.title_page(company.claim(), said, rollback.id) is True
    assert (await shown(company, rollback)).listed.title == "Undoing payments"
    assert len(await opened(company, "undoing payments")) == 3
    assert "Undoing payments" not in await company.find(ANA, BO, "undoing payments")
    assert "Undoing payments" not in [p.text for p in await company.store.own(ANA)]
    await company.store.withhold(company.claim(), ANA, ["undoing"])
    assert await opened(company, "undoing payments") == []


async def test_a_title_about_somebody_who_objects_is_not_taken(company: Company) -> None:
    """Nor an empty one, nor for a page that is put away."""
    rollback, vendor = await used(company, ANA)
    await company.store.object(company.claim(), BO, company.ops)
    about = Said(ANA, company.ops, "om_t", company.now, "Bo's way", about=(BO,))
    assert await company.store.title_page(company.claim(), about, rollback.id) is False
    assert await company.store.title_page(company.claim(), replace(about, text=" ", about=()), rollback.id) is False
    await change(company, rollback, "merged", other=vendor.id)
    assert await company.store.title_page(company.claim(), replace(about, about=()), vendor.id) is False
    assert (await shown(company, rollback)).listed.title == rollback.title


async def test_titles_that_no_page_has_any_more_are_deleted(company: Company) -> None:
    """With their page, as words of their owner's that nobody needs."""
    rollback, _ = await used(company, ANA)
    said = Said(ANA, company.ops, "om_t", company.now, "Undoing payments")
    await company.store.title_page(company.claim(), said, rollback.id)
    for line in (await shown(company, rollback)).lines:
        await company.store.forget(company.claim(), company.ops, line.message)
    assert await company.rows("SELECT 1 FROM message WHERE source = 'title'", ANA) == []


async def test_taking_the_titles_own_line_off_takes_the_title_too(company: Company) -> None:
    """It would go on showing what its owner removed."""
    rollback, _ = await used(company, ANA)
    lines = texts(await shown(company, rollback))
    number = lines.index(ROLLBACK[1]) + 1  # the title is a clause of it
    await change(company, rollback, "dropped", number=number)
    there = await shown(company, rollback)
    assert lines[number - 1] not in texts(there)
    assert texts(there)[0].startswith(there.listed.title.rstrip("…"))
    assert await change(company, rollback, "dropped", number=9) is False


async def test_what_was_meant_of_an_earlier_version_is_not_done_to_a_later_one(company: Company) -> None:
    """Or another line would go than the one that was looked at."""
    rollback, _ = await used(company, ANA)
    seen = (await shown(company, rollback)).version
    assert await change(company, rollback, "dropped", number=1, seen=seen) is True
    assert await change(company, rollback, "dropped", number=1, seen=seen) is False
    assert len(texts(await shown(company, rollback))) == 2


async def test_what_is_put_right_stands_first_on_its_page(company: Company) -> None:
    """In place of what it corrects."""
    rollback, _ = await used(company, ANA)
    *_, oldest = (await shown(company, rollback)).lines
    company.later(minutes=1)
    right = Said(
        ANA, company.ops, "om_right", company.now, "freeze the ledger after the rollback, not before", source="note"
    )
    assert await company.store.correct(company.claim(), ANA, oldest.message, right)
    lines = texts(await shown(company, rollback))
    assert (lines[0], len(lines)) == (right.text, 3)
    assert oldest.text not in lines
    company.later(days=1)
    await tell(company, ANA, ("payments rollback: freeze the ledger, then payctl rollback, said again", *TALK * 4))
    await company.store.distil(ANA)
    assert texts(await shown(company, rollback))[0] == right.text


async def test_going_back_is_a_version_and_is_exact_and_so_is_going_back_from_there(company: Company) -> None:
    """Title, lines and state as they were."""
    rollback, _ = await used(company, ANA)
    one = await shown(company, rollback)
    said = Said(ANA, company.ops, "om_t", company.now, "Undoing payments")
    await company.store.title_page(company.claim(), said, rollback.id)
    await change(company, rollback, "withheld")
    await change(company, rollback, "dropped", number=2)
    two = await shown(company, rollback)
    assert await change(company, rollback, "back", number=2)
    assert replace(await shown(company, rollback), version=one.version) == one
    assert await company.find(ANA, BO, "payctl rollback ledger")
    assert await change(company, rollback, "back", number=two.version)
    assert replace(await shown(company, rollback), version=two.version) == two
    assert await company.find(ANA, BO, "payctl rollback ledger") == []
    assert await change(company, rollback, "back", number=99) is False


async def test_a_merge_that_is_gone_back_on_leaves_both_pages_as_they_were(company: Company) -> None:
    """And forth again, one."""
    rollback, vendor = await used(company, ANA)
    one, two = await shown(company, rollback), await shown(company, vendor)
    assert await change(company, rollback, "merged", other=vendor.id) is True
    merged = await shown(company, rollback)
    assert sorted(texts(merged)) == sorted((*ROLLBACK, *VENDOR))
    assert [page.id for page in await company.store.pages(ANA)] == [rollback.id]
    assert await change(company, vendor, "withheld") is False
    await change(company, rollback, "back", number=one.version)
    for page, before in ((rollback, one), (vendor, two)):
        assert replace(await shown(company, page), version=before.version) == before
    await change(company, rollback, "back", number=merged.version)
    assert texts(await shown(company, rollback)) == texts(merged)
    assert [page.id for page in await company.store.pages(ANA)] == [rollback.id]


async def test_pages_of_two_chats_are_not_merged(company: Company) -> None:
    """Nor one with itself, nor what is kept back with what is not."""
    rollback, vendor = await used(company, ANA)
    await company.join(ANA, DEV, back=30)
    await tell(company, ANA, (*ROLLBACK, *VENDOR, *TALK), DEV)
    await company.store.distil(ANA)
    there = next(page for page in await company.store.pages(ANA) if page.chat == DEV)
    assert await change(company, rollback, "merged", other=there.id) is False
    assert await change(company, rollback, "merged", other=rollback.id) is False
    await change(company, vendor, "withheld")
    assert await change(company, rollback, "merged", other=vendor.id) is False
    assert await company.find(ANA, BO, "vendor contract Osaka") == []
