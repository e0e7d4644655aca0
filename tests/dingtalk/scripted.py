"""The stand-in for DingTalk's command-line client, in a test's own hands."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.dingtalk.dws import Dws, Patience

STAND_IN = Path(__file__).with_name("stand_in.py")
QUICK = Patience(link=10, settling=0.2, order=10, logout=10, pause=0.02, tries=3, page=4)
WEI = {"staff": "staff_wei", "corp": "demo", "name": "王伟", "open": "open_wei"}


class StandIn:
    """Its script, what it was asked, and somebody's yes or no."""

    def __init__(self, here: Path) -> None:
        """`here`: an empty directory, in which the client is then found."""
        self.here, self.path, self.under = here, here / "dws", here / "logins"
        self.path.write_text(f"#!{sys.executable} -IS\n{STAND_IN.read_text('utf-8')}", "utf-8")
        self.path.chmod(0o700)
        self.script: dict[str, Any] = {"me": WEI, "bots": ["分身"], "said": [], "chats": []}
        self.write()

    def write(self, **more: Any) -> None:
        """Change the script."""
        self.script |= more
        (self.here / "script.json").write_text(json.dumps(self.script, ensure_ascii=False), "utf-8")

    def say(self, chat: str, who: str, at: str, text: str | None, **more: Any) -> None:
        """One more message in a group; `at` in China."""
        one: dict[str, Any] = {
            "openMessageId": f"msg{len(self.script['said'])}==",
            "openConversationId": chat,
            "createTime": at,
        }
        one |= {"sender": who, "senderOpenDingTalkId": f"open_{who}", "content": text, **more}
        self.write(said=[*self.script["said"], one])

    def answer(self, what: str) -> None:
        """What somebody says on the page."""
        said = self.here / "saying"
        said.write_text(what, "utf-8")
        said.rename(self.here / "answer")  # or it could be read before it is written

    def unanswered(self) -> None:
        """Nobody has said anything on the next page."""
        (self.here / "answer").unlink()

    @property
    def asked(self) -> Sequence[dict[str, Any]]:
        """Every order so far: its words, its environment, its process."""
        log = self.here / "asked.jsonl"
        return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []

    def dws(self, patience: Patience = QUICK) -> Dws:
        """The client as an operator names it."""
        return Dws(str(self.path), self.under, patience)

    @property
    def left(self) -> Sequence[Path]:
        """What stands where logins live."""
        return sorted(self.under.rglob("*")) if self.under.exists() else []
