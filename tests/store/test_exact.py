"""Scores of random lives are those of plain BM25 worked out one by one, whatever cuts through what may be read."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from skills.terms import asked
from skills.windows import Window
from tests.store.conftest import Company
from tests.store.test_recall import bm25

ANA, BO, CHEN = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_chen"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
WORDS = [f"kappa{n}" for n in range(90)]
KEPT_BACK = WORDS[4]


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said, where and when."""

    person: str
    chat: str
    at: datetime
    text: str


async def _live(company: Company, dice: random.Random) -> list[Line]:
    """Two owners who talk in two chats for eight days."""
    for person in (ANA, CHEN):
        for chat in (OPS, DEV):
            await company.join(person, chat)
    lines = list[Line]()
    for n in range(90):
        at = company.now + timedelta(minutes=dice.randrange(8 * 24 * 60))
        said = dice.choices(WORDS, weights=[1 / (n + 3) for n in range(len(WORDS))], k=dice.randint(1, 14))
        line = Line(dice.choice((ANA, ANA, ANA, CHEN)), dice.choice((OPS, OPS, DEV)), at, f"{' '.join(said)} nr{n}")
        await company.say(line.person, line.text, line.chat, at=line.at)
        lines.append(line)
    return lines


def _weight(said: Sequence[str], terms: Sequence[str]) -> float:
    """The weight of terms together, by how many of these texts say each."""
    often = [sum(term in text.split() for text in said) for term in terms]
    return sum(math.log(1 + (len(said) - df + 0.5) / (df + 0.5)) for df in often)


async def _holds(company: Company, may: Sequence[str], question: str) -> None:
    """The search finds exactly these texts, by exactly these scores, best first, and weighs what they say of it."""
    grant = await company.grant(ANA, BO)
    assert grant is not None
    found = await company.store.search(grant, question, 200)
    expected = {text: score for text, score in bm25(may, question).items() if score}
    assert {p.text: p.score for p in found.passages} == pytest.approx(expected, abs=1e-8)
    assert [p.score for p in found.passages] == sorted((p.score for p in found.passages), reverse=True)
    terms = asked(question)
    at_most = min(_weight(may, terms), 3 * _weight(may, ["never said"]))
    covered = max(_weight(may, [term for term in terms if term in text.split()]) for text in may)
    assert found.evidence.best == pytest.approx(min(1.0, covered / at_most), abs=1e-8)


@pytest.mark.parametrize("seed", range(3))
async def test_scores_of_random_lives_are_exact(company: Company, seed: int) -> None:
    """Neither another chat, another owner, a topic kept back nor days being erased weigh; long questions count too."""
    dice = random.Random(seed)  # the seed is the test's name
    begin, lines = company.now, await _live(company, dice)
    questions = [" ".join(dice.sample(WORDS[:30], 3)), " ".join(WORDS[:5]), " ".join(dice.sample(WORDS, 80))]
    company.later(days=9)
    gone = Window(begin + timedelta(days=2, hours=5), begin + timedelta(days=4, hours=1))
    may = [line for line in lines if line.person == ANA and line.chat == OPS]
    for question in questions:
        await _holds(company, [line.text for line in may], question)
    assert await company.store.withhold(company.claim(), ANA, [KEPT_BACK])
    may = [line for line in may if KEPT_BACK not in line.text.split()]
    for question in questions:
        await _holds(company, [line.text for line in may], question)
    begun = await company.store.erase_window(company.claim(), ANA, gone)
    assert begun is not None
    may = [line for line in may if not gone.since <= line.at < gone.until]
    for question in questions:
        await _holds(company, [line.text for line in may], question)
    await company.store.erase(begun.id)
    for question in questions:
        await _holds(company, [line.text for line in may], question)
