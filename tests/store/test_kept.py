"""What its owner kept on purpose is there to be asked for: it is found sooner, and by its heading, too."""

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from skills.database import sqlalchemy_url
from skills.meaning import Meaning
from skills.words import Said
from tests.store.shop import Senses

if TYPE_CHECKING:
    from tests.store.shop import Shop

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS = "lark:t:oc_ops"
HEADED = "how to rollback\nask at lunch about the release"


class Subtle:
    """A model to which a question of eight things is a little like each of them."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Eight things, each by a word of its own in what is said and another in what is asked."""
        said, asked = "seal ship wifi dock mail desk lamp tree".split(), "ox hen cow bee owl ant fox pig".split()
        return [0.01, *(float(any(word in text.split() for word in pair)) for pair in zip(said, asked, strict=True))]


@pytest.mark.parametrize(
    ("source", "found"), [("live", 0), ("history", 0), ("file", 0), ("note", 1), ("kept", 1), ("interview", 1)]
)
async def test_what_its_owner_kept_on_purpose_is_quoted_sooner(shop: "Shop", source: str, found: int) -> None:
    """The same words, said in passing, are not near enough to a question in other words."""
    store, company = await shop.use("subtle", Subtle), shop.company
    await company.join(ANA)
    said = Said(ANA, OPS, "om_1", company.now, "the seal", None, source)  # type: ignore[arg-type]
    await store.keep(company.claim(), said)
    await store.embed(ANA)
    assert len(await company.find(ANA, BO, "ox hen cow bee owl ant fox pig")) == found


async def _near(shop: "Shop", source: str, question: str) -> float:
    """How near what Ana said comes to a question."""
    company = shop.company
    await company.join(ANA)
    await company.store.keep(company.claim(), Said(ANA, OPS, "om_1", company.now, HEADED, None, source))  # type: ignore[arg-type]
    await company.store.embed(ANA)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    cosine = (await company.store.search(grant, question)).evidence.cosine
    assert cosine is not None
    return cosine


@pytest.mark.parametrize("source", ["note", "kept", "interview"])
async def test_what_is_kept_under_a_heading_is_as_near_as_its_heading_and_its_words(shop: "Shop", source: str) -> None:
    """The middle of the heading, of what stands under it, and of both."""
    model = Meaning("senses", Senses)
    await model.warm()
    (middle,) = await model.of_passages([(HEADED, *HEADED.split("\n"))])
    asked = await model.of_question("how do we revert?")
    assert asked is not None
    await shop.use()
    assert await _near(shop, source, "how do we revert?") == pytest.approx(float(asked[0] @ middle), abs=0.01)


async def test_the_middle_of_several_texts_is_nearer_to_one_of_them_than_all_of_them_together(shop: "Shop") -> None:
    """A heading that was asked for in other words is found though much stands under it."""
    await shop.use()
    headed = await _near(shop, "kept", "how do we revert?")
    await shop.company.store.drop(shop.company.claim(), ANA, OPS, "om_1")
    assert headed > await _near(shop, "live", "how do we revert?") + 0.05


async def test_a_question_that_comes_near_to_anything_has_to_come_nearer(shop: "Shop") -> None:
    """It is measured by notes of nobody: they tell of lunch, and not of rolling back."""
    store, company = await shop.use(), shop.company
    await company.join(ANA)
    said = Said(ANA, OPS, "om_1", company.now, "undo and canteen", None, "kept")
    await store.keep(company.claim(), said)
    await store.embed(ANA)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    rare, common = [(await store.search(grant, text)).evidence for text in ("revert", "lunch")]
    assert rare.cosine == pytest.approx(common.cosine, abs=0.01)
    assert 1.5 * (1 - rare.probability) < 1 - common.probability


async def test_only_what_is_kept_on_purpose_gets_its_vectors_anew(shop: "Shop") -> None:
    """An older database has them of the whole alone; what was said in passing needs no other."""
    store, company = await shop.use(), shop.company
    await company.join(ANA)
    await company.say(ANA, "we release on Tuesday")
    await store.keep(company.claim(), Said(ANA, OPS, "om_1", company.now, HEADED, None, "kept"))
    assert await store.embed(ANA) == 2
    engine = create_engine(sqlalchemy_url(company.migrate_url), poolclass=NullPool)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        import_module("migrations.versions.0190_headed").upgrade()
    engine.dispose()
    assert await store.embed(ANA) == 1
