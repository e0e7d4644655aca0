"""Promises of pages: made of what consent holds, used for nobody before their owner says so, gone with the words."""

from skills.distilling import _batches, _Work
from skills.words import Said
from tests.store.conftest import Company
from tests.store.paged import ANA, BO, DEV, ROLLBACK, TALK, VENDOR, change, distilled, opened, shown, tell, texts, used

WRITTEN = ("page_written", "page_cite", "page_told", "page_read", "page_spent")  # by a model
PLACES = {"owner", "id", "page", "chat", "kind", "why", "state"}


async def test_without_consent_nothing_comes_to_a_page(company: Company) -> None:
    """Nor after leaving, though the job was waiting."""
    await tell(company, ANA, (*ROLLBACK, *VENDOR, *TALK))
    assert await company.store.distil(ANA) == 0
    await company.join(ANA, back=30)
    await tell(company, ANA, (*ROLLBACK, *VENDOR, *TALK))
    await company.leave(ANA)
    assert await company.store.distil(ANA) == 0
    assert await company.store.pages(ANA) == []


async def test_nothing_is_written_for_whoever_pauses_or_has_said_little(company: Company) -> None:
    """What came before is looked at after the pause."""
    await company.join(ANA, back=30)
    await tell(company, ANA, ROLLBACK)
    assert await company.store.distil(ANA) == 0
    await tell(company, ANA, (*VENDOR, *TALK))
    await company.store.pause(company.claim(), ANA, None)
    assert await company.store.distil(ANA) == 0
    await company.store.resume(company.claim(), ANA, None)
    assert await company.store.distil(ANA) == 2


async def test_what_is_kept_back_comes_to_no_page(company: Company) -> None:
    """A topic that is not shared is on none, until it is."""
    await company.join(ANA, back=30)
    await company.store.withhold(company.claim(), ANA, ["vendor contract"])
    await tell(company, ANA, (*ROLLBACK, *VENDOR, *TALK * 3))
    assert await company.store.distil(ANA) == 1
    (topic,) = await company.store.withheld(ANA)
    await company.store.allow(company.claim(), ANA, topic.id)
    await tell(company, ANA, TALK * 3)
    assert await company.store.distil(ANA) == 1


async def test_a_page_is_used_for_nobody_before_its_owner_says_so(company: Company) -> None:
    """Then its title opens it, for whoever a grant covers."""
    rollback, _ = await distilled(company, ANA)
    assert await opened(company, rollback.title) == []
    assert await change(company, rollback, "used") is True
    assert await opened(company, rollback.title) == list(ROLLBACK[::-1])
    assert await opened(company, rollback.title, chat=DEV) == []
    assert await opened(company, "the and of") == []


async def test_a_page_of_words_for_the_owner_alone_opens_for_nobody_else(company: Company) -> None:
    """Consent is asked line by line, in SQL."""
    await company.join(ANA, audience="me", back=30)
    await tell(company, ANA, (*ROLLBACK, *VENDOR, *TALK))
    await company.store.distil(ANA)
    for page in await company.store.pages(ANA):
        await change(company, page, "used")
    rollback = min(await company.store.pages(ANA), key=lambda page: page.title)
    assert await opened(company, rollback.title) == []
    assert len(await opened(company, rollback.title, ANA, "lark:t:oc_alone", direct=True)) == 3


async def test_a_title_that_may_not_be_read_neither_opens_nor_shows(company: Company) -> None:
    """The page is then called as its first readable line begins."""
    rollback, _ = await used(company, ANA)
    lines = (await shown(company, rollback)).lines
    kept_back = next(line for line in lines if line.text == ROLLBACK[1])  # the title is a clause of it
    await company.store.withhold_message(company.claim(), ANA, kept_back.message)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    found = await company.store.open_page(grant, "payments")
    assert found is not None
    assert kept_back.text not in [line.text for line in found.lines]
    assert any(line.text.startswith(found.title.rstrip("…")) for line in found.lines)


async def test_outline_opens_no_page(company: Company) -> None:
    """Where only where and when may be said, a title says too much."""
    rollback, _ = await used(company, ANA)
    await company.ceiling("default", level="outline")
    assert await opened(company, rollback.title) == []


async def test_a_stale_grant_opens_nothing(company: Company) -> None:
    """Whatever changed since."""
    rollback, vendor = await used(company, ANA)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await change(company, vendor, "pinned")
    assert await company.store.open_page(grant, rollback.title) is None


async def test_done_again_the_job_makes_nothing_new(company: Company) -> None:
    """And what was looked at comes again only with what is new."""
    before = await distilled(company, ANA)
    assert await company.store.distil(ANA) == 0
    await tell(company, ANA, TALK * 4)
    assert await company.store.distil(ANA) == 0
    assert sorted(await company.store.pages(ANA), key=lambda page: page.title) == before


async def test_what_is_said_later_joins_its_page(company: Company) -> None:
    """As a version of its own; what is pinned stays as it is, and what was taken off does not come back."""
    rollback, vendor = await used(company, ANA)
    await change(company, vendor, "pinned")
    await change(company, rollback, "dropped", number=3)
    later = "payments rollback: always freeze the ledger first and run payctl rollback twice"
    company.later(days=1)
    await tell(company, ANA, (later, "the Osaka warehouse vendor contract is in the legal drive", *TALK * 4))
    assert await company.store.distil(ANA) == 0
    assert texts(await shown(company, rollback)) == [later, *ROLLBACK[:0:-1]]
    assert len(texts(await shown(company, vendor))) == 3
    assert [one.why for one in await company.store.page_history(ANA, rollback.id)][:2] == ["grown", "dropped"]


async def begun(company: Company) -> _Work | None:
    """What the next batch has read, and nothing written of it yet."""
    (source, batch), *_ = _batches(await company.store._not_looked_at(ANA))
    return await company.store._to_distil(ANA, source, batch, None)


async def test_what_grows_by_itself_while_its_owner_changes_something_waits(company: Company) -> None:
    """The job finds the epoch changed and looks again, so that nothing is written over."""
    rollback, _ = await used(company, ANA)
    await tell(company, ANA, ("payments rollback: freeze the ledger, run payctl rollback, go home", *TALK * 4))
    work = await begun(company)
    assert work is not None
    await change(company, rollback, "withheld")
    assert await company.store._distilled(ANA, work) == 0
    assert len(texts(await shown(company, rollback))) == 3
    assert await begun(company) is not None  # it is still to be looked at


async def test_what_was_kept_back_since_it_was_found_comes_to_no_page(company: Company) -> None:
    """Each batch is decided anew, however many were found at once."""
    await company.join(ANA, back=30)
    await tell(company, ANA, (*ROLLBACK, *VENDOR, *TALK))
    (source, batch), *_ = _batches(await company.store._not_looked_at(ANA))
    await company.store.withhold(company.claim(), ANA, ["vendor contract"])
    work = await company.store._to_distil(ANA, source, batch, None)
    assert work is not None
    assert len(work.batch) == len(batch) - len(VENDOR)


async def test_with_a_batch_goes_what_those_before_it_left_over(company: Company) -> None:
    """The same whether it is remembered from them or looked for, and nothing that was kept back since."""
    await company.join(ANA, back=30)
    await tell(company, ANA, (*ROLLBACK, *VENDOR[:2], *TALK, *TALK))
    first = await begun(company)
    assert first is not None
    assert await company.store._distilled(ANA, first) == 1
    await tell(company, ANA, (*VENDOR[2:], *TALK * 4))
    (source, batch), *_ = _batches(await company.store._not_looked_at(ANA))
    for topic, left_over in ((None, 2), ("draft", 1)):
        if topic is not None:
            await company.store.withhold(company.claim(), ANA, [topic])
        found = await company.store._to_distil(ANA, source, batch, None)
        remembered = await company.store._to_distil(ANA, source, batch, first.batch)
        assert found is not None
        assert remembered is not None
        assert found.earlier == remembered.earlier
        assert sum("vendor contract" in piece.text and piece.id in found.earlier for piece in found.pieces) == left_over


async def test_what_was_being_made_when_its_owner_left_is_not_written(company: Company) -> None:
    """The batch was read before; nothing of it is there after."""
    await company.join(ANA, back=30)
    await tell(company, ANA, (*ROLLBACK, *VENDOR, *TALK))
    work = await begun(company)
    assert work is not None
    await company.leave(ANA)
    assert await company.store._distilled(ANA, work) == 0
    assert await company.rows("SELECT 1 FROM page", ANA) == []


async def test_an_erased_passage_takes_its_line_from_every_version_at_once(company: Company) -> None:
    """In the transaction that takes it back; a page without evidence is no page."""
    rollback, _ = await used(company, ANA)
    await change(company, rollback, "pinned")
    first, *rest = (await shown(company, rollback)).lines
    await company.store.forget(company.claim(), company.ops, first.message)
    assert texts(await shown(company, rollback)) == [line.text for line in rest]
    history = await company.store.page_history(ANA, rollback.id)
    assert first.text not in str(history)
    for line in rest:
        await company.store.forget(company.claim(), company.ops, line.message)
    assert await company.store.page(ANA, rollback.id) is None
    assert await company.rows(f"SELECT 1 FROM page_version WHERE page = '{rollback.id}'", ANA) == []


async def test_after_leaving_no_row_of_a_page_is_left(company: Company) -> None:
    """Not even its name."""
    rollback, _ = await used(company, ANA)
    said = Said(ANA, company.ops, "om_t", company.now, "How we roll back")
    assert await company.store.title_page(company.claim(), said, rollback.id)
    erasure = await company.leave(ANA)
    assert erasure is not None
    assert await opened(company, "roll back") == []
    assert await company.store.pages(ANA) == []  # at once, though the erasure is to come
    assert await company.store.page(ANA, rollback.id) is None
    done = await company.store.erase(erasure.id)
    assert done.residue == 0
    for table in ("page", "page_version", "page_line", "page_seen"):
        assert await company.rows(f"SELECT 1 FROM {table}", ANA) == []


async def test_leaving_one_chat_leaves_the_pages_of_the_other(company: Company) -> None:
    """Readable under the new key."""
    await used(company, ANA)
    await company.join(ANA, DEV, back=30)
    await tell(company, ANA, (*ROLLBACK, *VENDOR, *TALK), DEV)
    await company.store.distil(ANA)
    assert len(await company.store.pages(ANA)) == 4
    erasure = await company.leave(ANA, company.ops)
    assert erasure is not None
    await company.store.erase(erasure.id)
    left = await company.store.pages(ANA)
    assert {page.chat for page in left} == {DEV}
    assert sorted(texts(await shown(company, left[0]))) in (sorted(ROLLBACK), sorted(VENDOR))


async def test_a_page_is_of_one_chat(company: Company) -> None:
    """Though the same is said in two, whose readers differ."""
    await company.join(ANA, back=30)
    await company.join(ANA, DEV, back=30, audience="me")
    await tell(company, ANA, (*ROLLBACK[:2], *VENDOR, *TALK))
    await tell(company, ANA, (*ROLLBACK[2:], *TALK * 4), DEV)
    await company.store.distil(ANA)
    for page in await company.store.pages(ANA):
        assert {line.chat for line in (await shown(company, page)).lines} == {page.chat}


async def test_words_too_old_to_be_kept_leave_their_pages(company: Company) -> None:
    """Like everything that was made of them."""
    rollback, _ = await used(company, ANA)
    company.alter("INSERT INTO rule (name, value, at, by) VALUES ('retention_days', 1, now(), 'ada')")
    company.later(days=3)
    assert await company.store.outlive() > 0
    assert await company.store.page(ANA, rollback.id) is None


async def test_new_pages_are_told_once_by_ids_alone(company: Company) -> None:
    """One card waits, however many batches there were, and no word of anybody's is in it."""
    await distilled(company, ANA)
    told = [job for job in await company.jobs("tell") if job["card"] == "pages_new"]
    assert [(job["person"], job["slot"]) for job in told] == [(ANA, f"pages:{ANA}")]
    assert "payctl" not in str(told)


async def test_a_page_holds_no_word(company: Company) -> None:
    """What was gathered is ids and places, so there is nothing to seal a second time; what a model wrote is sealed."""
    await distilled(company, ANA)
    columns = await company.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name LIKE 'page%' "
        "AND data_type IN ('text', 'bytea', 'jsonb')"
    )
    by_a_model = {row.column_name for row in columns if row.table_name in WRITTEN}
    assert {row.column_name for row in columns if row.table_name not in WRITTEN} <= PLACES
    assert by_a_model <= PLACES | {"part", "provider", "key_id", "sealed"}
