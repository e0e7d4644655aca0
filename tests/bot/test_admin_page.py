"""Promises of the admins' page: what it says to type in a shell works as it stands, by openssl and curl alone."""

import asyncio
import base64
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from bot.__main__ import main
from bot.signatures import name_of, secrets_of
from skills.store import Store
from tests.bot.signing import NEW

PAGE = Path(__file__).parents[2] / "docs" / "admin.md"
NEEDED = ("sh", "openssl", "curl", "od")


@pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"needs {', '.join(NEEDED)}")
async def test_every_command_of_the_page_works_in_the_order_in_which_it_stands(
    anybody: httpx.AsyncClient, store: Store
) -> None:
    """Signed in the shell, sent over HTTP, and each answered as done."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    script = "set -eu\n" + "\n".join(f"{block}\necho" for block in blocks)
    token = await store.create_token("alice")
    secret = "whsec_" + base64.b64encode(NEW).decode()
    told = {"SECRET": secret, "TOKEN": token, "URL": str(anybody.base_url).rstrip("/"), "PATH": os.environ["PATH"]}
    command = ["sh", "-c", script]
    done = await asyncio.to_thread(
        subprocess.run, command, env=told, capture_output=True, text=True, timeout=60, check=True
    )
    answers = [line for line in done.stdout.splitlines() if line]
    sent = sum(block.count("send '") for block in blocks)
    assert [answer.startswith('{"type":') for answer in answers].count(True) == sent
    assert "detail" not in done.stdout
    assert [scope.name for scope in await store.scopes()] == ["default"]


def test_a_secret_that_the_command_prints_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    """It goes to the output alone, and what the records will call it to the screen."""
    assert main(["secret", "create"]) == 0
    said = capsys.readouterr()
    (known,) = secrets_of(said.out)
    assert name_of(known) in said.err
    assert said.out.strip() not in said.err


def test_a_new_secret_is_another_one_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    """Two that were made in a row sign differently."""
    main(["secret", "create"])
    main(["secret", "create"])
    first, second = capsys.readouterr().out.split()
    assert secrets_of(first) != secrets_of(second)
