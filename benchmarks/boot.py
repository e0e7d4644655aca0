"""How much it costs to be ready: CPU and memory of the bot's own process until both platforms are connected.

The page must have answered; then once more after the first answer, when LangChain is loaded. The simulators run in
the same process and are counted; PostgreSQL's processes are not.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bot.demo.visitor import Visitor

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of one process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rss_mb(pid: int) -> float:
    """Resident memory of one process."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("VmRSS"))) / 1024


async def first_answer(page: Visitor) -> float:
    """Opt in as one, ask as another; returns the seconds from the question to its visible answer."""
    step = (await page.http.get("/demo/guide")).json()["steps"][0]
    await page.join(step["owner"], step["chat"])
    asked = time.monotonic()
    said = await page.say(step["asker"], step["chat"], step["question"]["zh"])
    path, reader = f"/demo/chats/{step['chat']}/messages", {"as": step["asker"]}
    while True:
        posts = (await page.http.get(path, params=reader)).json()["messages"]
        if replies := [m for m in posts if m["reply_to"] == said and m["sender"] == "bot"]:
            assert replies[0]["card"]["answer"], "the question was not answered"
            return time.monotonic() - asked
        await asyncio.sleep(0.01)


async def measure() -> dict[str, float]:
    """One cold start, in a new data directory."""
    with tempfile.TemporaryDirectory(prefix="boot", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        environment = {**os.environ, "FENSHEN_DATA": f"{data}/d", "FENSHEN_PORT": "0"}
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("fenshen")),
            "demo",
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            assert process.stdout is not None
            line = (await process.stdout.readline()).decode()
            base = line.split()[-1]
            async with httpx.AsyncClient(base_url=base, timeout=60) as page:
                await page.get("/demo/people")
                figures = {
                    "cpu_s": cpu_seconds(process.pid),
                    "rss_mb": rss_mb(process.pid),
                    "ready_s": time.monotonic() - started,
                }
                figures["first_answer_s"] = await first_answer(Visitor(page))
                figures["cpu_s_first_answer"] = cpu_seconds(process.pid)
                figures["rss_mb_first_answer"] = rss_mb(process.pid)
        finally:
            process.terminate()
            await process.wait()
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="one JSON object on the last line")
    chosen = arguments.parse_args()
    figures = asyncio.run(measure())
    print(json.dumps(figures) if chosen.json else "\n".join(f"{k:24}{v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
