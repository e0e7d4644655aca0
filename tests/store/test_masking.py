"""Personal identifiers are masked before anything is sealed or found by them; what only looks like one stays."""

import re
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

import pytest

from skills.masking import masked
from skills.words import Said

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"

IDENTIFIERS = [
    ("13812345678", "电话", "phone"),
    ("138-1234-5678", "电话", "phone"),
    ("138 1234 5678", "电话", "phone"),
    ("+86 13812345678", "电话", "phone"),
    ("008613812345678", "电话", "phone"),
    ("010-62781234", "电话", "phone"),
    ("0571-87654321", "电话", "phone"),
    ("+1 (415) 555-2671", "电话", "phone"),
    ("+442071838750", "电话", "phone"),
    ("+65 6123 4567", "电话", "phone"),
    ("11010519491231002X", "身份证号", "ID card"),
    ("11010519491231002x", "身份证号", "ID card"),
    ("440524198001010013", "身份证号", "ID card"),
    ("6222021234567890128", "银行卡号", "bank card"),
    ("6222 0212 3456 7890 128", "银行卡号", "bank card"),
    ("4111 1111 1111 1111", "银行卡号", "bank card"),
    ("5500-0000-0000-0004", "银行卡号", "bank card"),
    ("378282246310005", "银行卡号", "bank card"),
    ("ana.wu+ops@mail.example.com", "邮箱", "e-mail"),
    ("192.168.3.14", "IP", "IP"),
    ("8.8.4.4", "IP", "IP"),
    ("2001:db8::8a2e:370:7334", "IP", "IP"),
    ("fe80::1", "IP", "IP"),
    ("2001:0db8:0000:0000:0000:ff00:0042:8329", "IP", "IP"),
    ("91350100M000100Y43", "信用代码", "company number"),
]
LOOK_ALIKES = [
    "v2.3.1",
    "版本 1.2.3.4",
    "version: 10.0.0.1",
    "Chrome 120.0.6099.109",
    "订单 202603011234567890123",
    "订单号4210987654321098 5",
    "ORD-13812345678",
    "order_13812345678",
    "2026-03-01 12:30:45",
    "12:30",
    "12:30:45.123",
    "2026-03-01T12:30:45+08:00",
    "20260301",
    "1772344800",
    "1772344800123",
    "localhost:8321",
    "127.0.0.1:5432",
    "0.0.0.0",
    "255.255.255.0",
    "10.0.0.0/8",
    "3f1381234567a9c",
    "commit 8f14e45fceea167a5a36dedd4bea2543ef1a7b21",
    "11010519491231002Y",
    "110105194912310021",
    "110105194913310028",
    "6222021234567890123",
    "91350100M000100Y44",
    "@ana",
    "left-pad@1.3.0",
    "git@code.example.com:shop/pay.git",
    "std::string",
    "Add::Bad",
    "aa:bb:cc:dd:ee:ff",
    "E1042",
    "pay-gateway",
    "0.13812345678",
    "12 + 345",
    "+08:00",
    "x1.2.3.4y",
    "1.2.3.4.5",
    "http://[::1]:8080",
    "12345678901",
]


@pytest.mark.parametrize(("identifier", "zh", "en"), IDENTIFIERS)
def test_an_identifier_is_masked_wherever_it_stands(identifier: str, zh: str, en: str) -> None:
    """Alone, between words, glued to Chinese, and in the middle of punctuation."""
    assert masked(identifier) == f"[{en}]"
    assert masked(f"Write to {identifier}, please.") == f"Write to [{en}], please."
    assert masked(f"请找{identifier}谢谢") == f"请找[{zh}]谢谢"
    assert masked(f"见（{identifier}）、{identifier}。") == f"见（[{zh}]）、[{zh}]。"


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_like_an_identifier_stays(text: str) -> None:
    """A wrong check digit, a version, a date, a time, a port, a commit, an order: they are what colleagues look for."""
    assert masked(text) == text
    assert masked(f"看{text}就行") == f"看{text}就行"


def test_wide_digits_are_digits() -> None:
    """An input method's full-width digits hide nothing."""
    assert masked("电话：１３８１２３４５６７８") == "电话：[电话]"


def test_several_kinds_in_one_sentence_and_the_rest_untouched() -> None:
    """Only the identifiers change."""
    said = "李工13812345678，邮箱li@example.com，机器10.2.3.4:8080，先升到v2.3.1再重启"
    assert masked(said) == "李工[电话]，邮箱[邮箱]，机器[IP]:8080，先升到v2.3.1再重启"


def test_masking_twice_is_masking_once() -> None:
    """What was masked holds nothing more to be masked."""
    for identifier, _, _ in IDENTIFIERS:
        once = masked(f"请找{identifier}谢谢")
        assert masked(once) == once


def test_any_text_is_taken_and_nothing_but_digits_and_addresses_goes() -> None:
    """Random lines of what identifiers are made of: never an error, and Chinese words always stay."""
    dice = Random(20)
    for _ in range(3_000):
        text = "".join(dice.choice("0123456789.:@+-() aXf请问") for _ in range(dice.randrange(60)))
        kept = re.sub(r"\[[^\]]*\]", "", masked(text))
        assert [c for c in kept if c in "请问"] == [c for c in text if c in "请问"]


@pytest.mark.parametrize("letter", ["a", "1", ":", "1:", "+1 ", "1.", "a.", "a@", "-", "00"])
def test_the_longest_message_is_read_in_proportion_to_its_length(letter: str) -> None:
    """A message made to be slow is not: this would not end if a pattern went back and forth over it."""
    assert masked(letter * (100_000 // len(letter)))


async def test_what_is_recorded_is_masked_before_it_is_sealed_and_found(company: "Company") -> None:
    """As it comes in and as it is read back from history: the number is nowhere, the words around it are found."""
    await company.join(ANA, back=90)
    await company.say(ANA, "支付网关值班电话13812345678，版本v2.3.1")
    earlier = datetime(2026, 2, 1, tzinfo=UTC)
    told = Said(ANA, company.ops, "om_old", earlier, "支付网关备用邮箱ana@example.com")
    assert await company.store.backfill(ANA, company.ops, [told]) == 1
    found = await company.find(ANA, BO, "支付网关")
    assert sorted(found) == ["支付网关值班电话[电话]，版本v2.3.1", "支付网关备用邮箱[邮箱]"]
    assert await company.find(ANA, BO, "13812345678") == []
    assert await company.find(ANA, BO, "v2.3.1") == ["支付网关值班电话[电话]，版本v2.3.1"]
