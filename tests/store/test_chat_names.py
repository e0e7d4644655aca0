"""Promises of what an owner's chats are called: sealed beside the consents that name them, and gone with these."""

from skills.membership import Yes
from skills.scopes import Readers, ScopeDocument, Sources
from skills.words import Notice, Offer
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS, DEV, ELSE = Company.ops, "lark:t:oc_dev", "lark:t:oc_else"
TOLD = {OPS: "支付  运维", DEV: "发版", ELSE: "午饭"}
UNTOLD = dict.fromkeys(TOLD, "")


async def test_a_name_is_kept_with_a_consent_that_names_its_chat_and_with_no_other(company: Company) -> None:
    """What is told now is shown; where nothing is told any more, the last one that was; of nobody else's."""
    await company.join(ANA)
    assert await company.store.chat_names(ANA, TOLD) == {OPS: "支付 运维", DEV: "发版", ELSE: "午饭"}
    assert await company.store.chat_names(ANA, UNTOLD) == {**UNTOLD, OPS: "支付 运维"}
    assert await company.store.chat_names(BO, TOLD)
    assert await company.store.chat_names(BO, UNTOLD) == UNTOLD
    await company.store.chat_names(ANA, {OPS: "支付一组"})
    assert await company.store.chat_names(ANA, UNTOLD) == {**UNTOLD, OPS: "支付一组"}
    assert not any(name in company.everything() for name in ("支付", "一组", "午饭"))


async def test_it_goes_with_the_last_consent_that_names_its_chat(company: Company) -> None:
    """What stays is sealed anew, before the key that it was under is destroyed."""
    await company.join(ANA)
    await company.join(ANA, DEV)
    await company.store.chat_names(ANA, TOLD)
    gone = await company.leave(ANA, OPS)
    assert gone is not None
    await company.store.erase(gone.id)
    assert await company.store.chat_names(ANA, UNTOLD) == {**UNTOLD, DEV: "发版"}
    gone = await company.leave(ANA)
    assert gone is not None
    assert await company.rows("SELECT 1 FROM chat_name", ANA) == []


async def test_of_a_scope_the_chats_of_its_readers_have_names_too(company: Company) -> None:
    """They stand on the same cards."""
    await company.store.put_scope("out", ScopeDocument(Sources((OPS,)), Readers((DEV,))), "ada")
    offer = await company.store.offer_scope(company.claim(), ANA, "out", "zh")
    assert isinstance(offer, Offer)
    notice = Notice("1", "zh", "0" * 64)
    assert await company.store.join_scope(company.claim(), offer.id, ANA, Yes("Ana", company.now, 90, notice))
    await company.store.chat_names(ANA, TOLD)
    assert await company.store.chat_names(ANA, UNTOLD) == {**UNTOLD, OPS: "支付 运维", DEV: "发版"}
