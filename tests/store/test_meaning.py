"""Found by meaning: only what may be read, rotated under the owner's key, and gone with the words."""

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from skills.meaning import Embeddings, Meaning, language, parts
from skills.rotation import rotate, unrotate
from skills.words import Said
from tests.store.shop import Senses, Shop
from tests.store.test_membership import join as join_scope
from tests.store.test_membership import scope

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO, CHEN = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_chen"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
SAID = ("to rollback, stop the gateway first", "we release on Tuesday", "the canteen has fish today")


class Silent(Senses):
    """A model that is reached and then fails."""

    def embed_query(self, text: str) -> list[float]:
        """It fails at what matters."""
        if "rollback" in text:
            raise ConnectionError
        return super().embed_query(text)


async def _speak(company: "Company", person: str = ANA, chat: str = OPS) -> None:
    await company.join(person, chat)
    for words in SAID:
        company.later(minutes=10)
        await company.say(person, words, chat)


async def test_what_shares_no_word_with_the_question_is_found(shop: Shop) -> None:
    """In its own language and across."""
    store = await shop.use()
    await _speak(shop.company)
    assert await shop.company.find(ANA, BO, "怎么回滚") == []
    assert await store.embed(ANA) == len(SAID)
    for question in ("how do we revert?", "怎么回滚"):
        assert (await shop.company.find(ANA, BO, question))[0] == SAID[0]


async def test_until_the_model_is_loaded_words_alone_are_searched(shop: Shop) -> None:
    """A first answer does not wait."""
    await shop.use()
    await _speak(shop.company)
    await shop.company.store.embed(ANA)
    shop.company.store = shop.open(Meaning("senses", Senses))
    assert await shop.company.find(ANA, BO, "how do we revert?") == []
    assert (await shop.company.find(ANA, BO, "rollback"))[0] == SAID[0]


async def test_a_model_that_fails_leaves_the_search_by_words(shop: Shop) -> None:
    """The question is answered; the vectors are tried again, for the job raises."""
    store = await shop.use(load=Silent)
    await _speak(shop.company)
    assert (await shop.company.find(ANA, BO, "rollback?"))[0] == SAID[0]
    with pytest.raises(ConnectionError):
        await store.embed(ANA)


async def test_a_model_that_cannot_be_loaded_leaves_the_search_by_words(shop: Shop) -> None:
    """Nothing is enqueued for it, and nothing raises."""

    def load() -> Embeddings:
        raise ImportError

    shop.company.store = shop.open(Meaning("missing", load))
    await _speak(shop.company)
    assert await shop.company.store.catch_up() == 0
    assert (await shop.company.find(ANA, BO, "rollback"))[0] == SAID[0]


async def test_others_rows_change_nobodys_nearness(shop: Shop) -> None:
    """Neither another owner's, nor another chat's, nor what was withdrawn: not a score, not the evidence."""
    store, company = await shop.use(), shop.company
    await _speak(company)
    await store.embed(ANA)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    before = await store.search(grant, "how do we revert a release?")
    await _speak(company, CHEN)
    await _speak(company, ANA, DEV)
    await store.embed(ANA)
    await store.embed(CHEN)
    again = await company.grant(ANA, BO)
    assert again is not None
    assert await store.search(again, "how do we revert a release?") == before
    await company.leave(ANA, DEV)
    after = await company.grant(ANA, BO)
    assert after is not None
    assert await store.search(after, "how do we revert a release?") == before
    assert (await store.search(grant, "how do we revert a release?")).passages == []


async def test_vectors_are_erased_with_the_words_and_the_probe_looks_for_them(shop: Shop) -> None:
    """Leaving, and a message taken back."""
    store, company = await shop.use(), shop.company
    await _speak(company)
    await store.embed(ANA)
    taken_back = await company.rows("SELECT message FROM message ORDER BY at", ANA)
    await store.forget(company.claim(), OPS, taken_back[0].message)
    assert len(await company.rows("SELECT 1 FROM meaning", ANA)) == len(SAID) - 1
    gone = await company.leave(ANA)
    assert gone is not None
    await store.destroy_keys(gone)
    await store.delete_words(gone)
    (row,) = await company.rows("SELECT probe FROM erasure")
    assert len(row.probe["vectors"]) == len(SAID) - 1
    assert row.probe["found"] == row.probe["sampled"]
    done = await store.erase(gone.id)
    assert await company.rows("SELECT 1 FROM meaning", ANA) == []
    assert (done.counts["vectors"], done.residue) == (len(SAID) - 1, 0)


async def test_resealed_vectors_are_still_found(shop: Shop) -> None:
    """Leaving one chat turns what stays into the new key's frame; nothing is left in the old one's."""
    store, company = await shop.use(), shop.company
    await _speak(company, ANA, OPS)
    await _speak(company, ANA, DEV)
    await store.embed(ANA)
    gone = await company.leave(ANA, OPS)
    assert gone is not None
    assert (await company.find(ANA, BO, "how do we revert?", DEV))[0] == SAID[0]
    await store.erase(gone.id)
    assert (await company.find(ANA, BO, "how do we revert?", DEV))[0] == SAID[0]
    live = await company.rows("SELECT key_id FROM owner")
    assert {row.key_id for row in await company.rows("SELECT key_id FROM meaning", ANA)} == {live[0].key_id}
    assert await store.embed(ANA) == 0


async def test_another_model_embeds_anew_while_search_goes_on(shop: Shop) -> None:
    """Vectors of two models are never compared, and the old ones go when the new ones are there."""
    await (await shop.use("first")).embed(ANA)
    await _speak(shop.company)
    await shop.company.store.embed(ANA)
    store = await shop.use("second")
    assert (await shop.company.find(ANA, BO, "rollback"))[0] == SAID[0]
    assert await shop.company.find(ANA, BO, "how do we revert?") == []
    assert await store.catch_up() == 1
    assert {"owner": ANA} in await shop.company.jobs("embed")
    assert await store.embedded() == (0, len(SAID))
    assert await store.embed(ANA) == len(SAID)
    assert await store.embedded() == (len(SAID), len(SAID))
    assert await store.catch_up() == 0
    assert (await shop.company.find(ANA, BO, "how do we revert?"))[0] == SAID[0]
    models = {(row.model, row.dimension) for row in await shop.company.rows("SELECT * FROM meaning", ANA)}
    assert models == {("second#1", 4)}


class Wider(Senses):
    """The same model, pulled anew as another one."""

    def embed_query(self, text: str) -> list[float]:
        """With a number more."""
        return [*super().embed_query(text), 0.05]


async def test_another_model_under_the_same_name_embeds_anew(shop: Shop) -> None:
    """Vectors of another length do not compare: no question must fail by them."""
    await (await shop.use("pulled")).catch_up()
    await _speak(shop.company)
    await shop.company.store.embed(ANA)
    store = await shop.use("pulled", Wider)
    assert (await shop.company.find(ANA, BO, "rollback"))[0] == SAID[0]
    assert await store.catch_up() == 1
    assert await store.embed(ANA) == len(SAID)
    assert (await shop.company.find(ANA, BO, "how do we revert?"))[0] == SAID[0]
    assert {row.dimension for row in await shop.company.rows("SELECT * FROM meaning", ANA)} == {5}


async def test_what_is_recorded_asks_for_its_vector_once(shop: Shop) -> None:
    """By the owner's id alone; where no model is, nothing is asked for."""
    await _speak(shop.company)
    assert await shop.company.jobs("embed") == []
    await shop.use()
    await shop.company.say(ANA, "one more thing")
    await shop.company.say(ANA, "and another")
    await shop.company.say(BO, "not an owner's")
    assert await shop.company.jobs("embed") == [{"owner": ANA}]


async def test_no_vector_is_made_of_what_no_live_consent_holds(shop: Shop) -> None:
    """Whoever has left is left alone, also while their words wait for the erasure."""
    store = await shop.use()
    await _speak(shop.company)
    await shop.company.leave(ANA)
    assert await store.embed(ANA) == 0
    assert await shop.company.rows("SELECT 1 FROM meaning", ANA) == []


async def test_of_what_was_left_since_it_was_found_no_word_goes_to_the_model(shop: Shop) -> None:
    """Each batch is decided anew, however many were found at once."""
    store = await shop.use()
    await _speak(shop.company)
    found = await store._lacking(ANA, len(SAID))
    assert len(found) == len(SAID)
    await shop.company.leave(ANA)
    assert await store._embed_batch(ANA, found) == 0
    assert await shop.company.rows("SELECT 1 FROM meaning", ANA) == []


async def test_the_same_words_have_other_vectors_under_another_key(shop: Shop) -> None:
    """A stored vector says nothing without its owner's key."""
    store = await shop.use()
    for person in (ANA, CHEN):
        await _speak(shop.company, person)
        await store.embed(person)
    stored = [
        {row.vector for row in await shop.company.rows("SELECT vector::text FROM meaning", p)} for p in (ANA, CHEN)
    ]
    assert not stored[0] & stored[1]
    assert await shop.company.rows("SELECT 1 FROM meaning") == []


async def test_what_was_said_twice_is_shown_once(shop: Shop) -> None:
    """The latest of them."""
    await shop.use()
    await _speak(shop.company)
    shop.company.later(days=1)
    last = await shop.company.say(ANA, SAID[0].upper())
    found = await shop.company.ask(ANA, BO, "rollback the gateway")
    assert [passage.message for passage in found if "gateway" in passage.text.lower()] == [last]


async def test_what_a_scope_leaves_out_stands_between_nobodys_words(shop: Shop) -> None:
    """Neither the scores nor what is shown in one go tell whether anything was said in between."""
    company, store = shop.company, await shop.use()
    await company.join(ANA)
    await join_scope(company, scope(words=("rollback",)))
    begin = company.now
    await company.say(ANA, "rollback: stop the gateway,", at=begin)
    await company.say(ANA, "then undo by rollback", at=begin + timedelta(minutes=2))

    async def told() -> tuple[dict[str, float], list[str]]:
        await store.embed(ANA)
        grant = await company.grant(ANA, BO, DEV)
        assert grant is not None
        found = await store.recall(grant, "rollback gateway")
        together = await store.joined(grant, [found[0].id])
        return {p.text: p.score for p in found}, [p.text for p in together[found[0].id]]

    before = await told()
    assert len(before[0]) == len(before[1]) == 2
    for seconds in range(30, 90, 10):
        await company.say(ANA, "lunch is at noon", at=begin + timedelta(seconds=seconds))
    assert await told() == before


async def test_what_is_said_in_another_thread_parts_no_neighbours(shop: Shop) -> None:
    """What stood right before, stood so in its own thread; what stood alone comes after it, however new."""
    company, store = shop.company, await shop.use()
    await company.join(ANA)
    for n, words in enumerate(("rollback is at nine", "please be there, Bo")):
        at = company.now + timedelta(seconds=60 * n)
        await company.store.record(company.claim(), Said(ANA, OPS, f"om_thread{n}", at, words, "omt_1"))
    await company.say(ANA, "the canteen has fish", at=company.now + timedelta(seconds=30))
    await company.say(ANA, "well, nobody knows", at=company.now + timedelta(hours=1))
    await store.embed(ANA)
    found = await company.find(ANA, BO, "rollback")
    assert found.index("please be there, Bo") < found.index("well, nobody knows")


async def test_progress_is_told_of_what_can_be_found(shop: Shop) -> None:
    """What was left is neither done nor waited for."""
    company, store = shop.company, await shop.use()
    await _speak(company)
    await _speak(company, chat=DEV)
    await store.embed(ANA)
    await company.leave(ANA, DEV)
    await company.say(ANA, "one more thing")
    assert await store.embedded() == (len(SAID), len(SAID) + 1)


def test_a_rotation_keeps_distances_and_can_be_undone() -> None:
    """Inner products stay; the numbers themselves do not; another key gives others."""
    vectors = np.random.default_rng(7).normal(size=(5, 384)).astype(np.float32)
    turned = rotate(b"k" * 32, vectors)
    assert np.allclose(turned @ turned.T, vectors @ vectors.T, atol=1e-2)
    assert np.allclose(unrotate(b"k" * 32, turned), vectors, atol=1e-4)
    for other in (vectors, rotate(b"j" * 32, vectors)):
        assert abs(np.corrcoef(turned.ravel(), other.ravel())[0, 1]) < 0.2


@pytest.mark.parametrize(
    ("text", "of"), [("回滚 pay-gateway", "zh"), ("roll back the payments gateway: 付", "en"), ("v2", "en"), ("", "en")]
)
def test_a_text_lies_around_one_languages_centre(text: str, of: str) -> None:
    """Whichever it has more of."""
    assert language(text) == of


def test_a_long_question_is_looked_for_in_parts() -> None:
    """Whole sentences, at most four pieces, nothing lost; a short one only as a whole."""
    assert parts("怎么回滚？谢谢") == []
    long = "".join(f"第{n}句话说的是另外一件事情，和前面的没有关系。" for n in range(9))
    pieces = parts(long)
    assert "".join(pieces) == long
    assert len(pieces) == 4
    assert all(piece.endswith("。") for piece in pieces)


async def test_an_answer_of_an_interview_gets_its_vector(shop: Shop) -> None:
    """The job waits for it like for everything else that is said."""
    store, company = await shop.use(), shop.company
    await company.join(ANA)
    await store.begin_interview(company.claim(), ANA, OPS, "en", ["where", "wrong"])
    going = await store.interview(ANA)
    assert going is not None
    await store.asked_in_interview(going)
    said = Said(ANA, OPS, "note:om_1", company.now, SAID[0], source="interview")
    assert await store.answer_interview(company.claim(), said) == "kept"
    assert await company.jobs("embed") == [{"owner": ANA}]
