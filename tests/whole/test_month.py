"""A month of a simulated company can be lived in seconds, by a program that anybody can run."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "month.py"


async def test_a_small_company_lives_a_few_days_and_the_manners_hold() -> None:
    """One message a question, nothing unprompted, no wrong owner, one tap to join, few calls, none when idle."""
    small = ("--people", "30", "--days", "5", "--embeddings", "none", "--idle", "1", "--json")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(BENCHMARK), *small, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    figures = json.loads(told.decode().splitlines()[-1])
    assert figures["questions"] > 0
    assert figures["messages_per_question"] == 1.0
    assert figures["taps_to_join"] == 1.0
    assert figures["wrong_owner_answers"] == figures["unprompted_group_messages"] == 0
    assert max(figures["calls_per_answer_lark"] or 0, figures["calls_per_answer_dingtalk"] or 0) <= 3
    assert figures["idle_calls_per_hour"] == 0
