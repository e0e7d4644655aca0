"""A scripted stand-in for DingTalk's command-line client: it does what `script.json` beside it says, and no network.

A test copies it to where it is to be started from. What it was asked stands in `asked.jsonl` beside it.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SCRIPT: dict[str, Any] = json.loads((HERE / "script.json").read_text("utf-8"))
PAGE = "https://login.dingtalk.com/oauth2/device/verify.htm"
BOX = """▶ Step 1: Requesting device authorization code...
  ┌────────────────────────────────────────────────────────┐
  │    link: \x1b[1m{page}\x1b[0m   │
  │    authorization code: \x1b[1;33m{code}\x1b[0m         │
  │  Or open the following link:                           │
  │    \x1b[36m{page}?user_code={code}\x1b[0m              │
  │  Authorization code will expire in 900 seconds.        │
  └────────────────────────────────────────────────────────┘
"""
NEWER = """● Step 1: 请求设备授权码...
  授权码: {code}
  授权码将在 900 秒后过期。
  授权链接（已填入授权码）：
{page}?caller=dws&user_code={code}
  手动输入授权码的链接：
{page}
"""
PLAIN = "链接: {page}\n授权码: \x1b[1;33m{code}\x1b[0m\n"
NOT_ALLOWED = "该组织尚未开启 CLI 数据访问权限，请联系管理员开启"
NOES = {
    "no": "用户拒绝了授权请求",
    "late no": "▶ Step 4: 检查组织 CLI 授权状态...\n换取 token 失败",
    "closed": f"▶ Step 4: 检查组织 CLI 授权状态...\n{NOT_ALLOWED}",
    "closed in English": "Error: CLI data access is not enabled for this organization",
    "closed to her": "您不在该组织的 CLI 授权人员范围内，请联系组织管理员",
    "unsure": "▶ Step 4: 检查组织 CLI 授权状态...\n检查 CLI 授权状态失败: context deadline exceeded",
}


def main(words: list[str]) -> int:
    """Do as one order says; the exit code."""
    with (HERE / "asked.jsonl").open("a") as asked:
        asked.write(json.dumps({"words": words, "env": dict(os.environ), "pid": os.getpid()}) + "\n")
    orders = {
        "version": lambda: told(SCRIPT.get("version", "dws version 1.0.62 (linux/amd64)")),
        "auth login": login,
        "auth logout": logout,
        "contact user": contact,
        "chat group": lambda: answered({"result": {"bots": [{"robotName": one} for one in SCRIPT["bots"]]}}),
        "chat message": listed,
    }
    order = words[0] if words[0] in orders else " ".join(words[:2])
    if order not in ("version", "auth login") and not token().exists():
        return failed("AUTH_TOKEN_EXPIRED: not logged in")
    return orders[order]()


def login() -> int:
    """Show a page, wait for what stands in `answer`, and keep a token where the environment says."""
    how = SCRIPT.get("login")
    if how == "dies":
        return failed("service unavailable")
    if how == "silent":
        time.sleep(600)
    layout = {"box": BOX, "newer": NEWER, "plain": PLAIN}[SCRIPT.get("layout", "box")]
    page = SCRIPT.get("page", PAGE)
    sys.stderr.write(layout.format(page=page, code="VQNJ-DFND"))
    sys.stderr.flush()
    while not (HERE / "answer").exists():
        if not SCRIPT.get("quiet"):
            sys.stderr.write("  [1] 轮询中...\n")
            sys.stderr.flush()
        time.sleep(0.02)
    answer = (HERE / "answer").read_text("utf-8")
    if answer != "yes":
        return failed(NOES[answer])
    token().parent.mkdir(parents=True)
    token().write_text("a-token-of-hers")
    return 0


def logout() -> int:
    """Forget the token."""
    token().unlink()
    return told("logged out")


def contact() -> int:
    """Who is logged in, and what messages call whom."""
    me = SCRIPT["me"]
    sort = sys.argv[3]
    if sort == "get-self":
        model = {"userId": me["staff"], "corpId": me["corp"], "orgUserName": me["name"]}
        return answered({"result": [{"isAdmin": False, "orgEmployeeModel": model}], "success": True})
    if sort == "get":
        models = [{"orgUserId": me["staff"], "openDingTalkId": one} for one in me.get("told", ())]
        return answered({"result": [{"orgEmployeeModel": model} for model in models], "success": True})
    namesakes = [{"name": me["name"], "userId": f"other{n}", "openDingTalkId": f"open_other{n}"} for n in range(3)]
    found = [{"name": me["name"], "userId": me["staff"], "openDingTalkId": me["open"]}]
    return answered({"result": namesakes + (found if me["open"] else []), "success": True})


def listed() -> int:
    """A page of a group, as this version of the client gives it; or what goes wrong at this one."""
    words = dict(zip(sys.argv[4::2], sys.argv[5::2], strict=False))
    if "--direction" in words and SCRIPT.get("old"):
        return failed("Error: unknown flag: --direction")
    nth = sum("message" in json.loads(line)["words"] for line in (HERE / "asked.jsonl").read_text().splitlines())
    time.sleep(SCRIPT.get("slow", 0))
    match SCRIPT.get("wrong", {}).get(str(nth)):
        case "hangs":
            time.sleep(600)
        case "dies":
            os.kill(os.getpid(), 9)
        case "garbage":
            return told("<html>502 Bad Gateway</html>")
        case "huge":
            return told('{"result": "' + "x" * SCRIPT["huge"] + '"}')
        case "too fast":
            return failed('{"success": false, "code": "QpsLimit", "message": "调用过于频繁"}')
        case "over":
            return failed("AUTH_TOKEN_EXPIRED: 她说的密码 hunter2")
        case "closed":
            return failed('{"success": false, "message": "openCid or cid is required"}')
    return page_of(words)


def page_of(words: dict[str, str]) -> int:
    """The oldest of a group's messages from a time on."""
    said = [one for one in SCRIPT["said"] if one["openConversationId"] == words["--group"]]
    if not said and words["--group"] not in SCRIPT["chats"]:
        return failed("openCid or cid is required")
    later = [one for one in said if one["createTime"] >= words["--time"]]
    if not SCRIPT.get("inclusive", True):
        later = [one for one in said if one["createTime"] > words["--time"]]
    most = int(words["--limit"])
    page, more = [*later[:most], *SCRIPT.get("stray", ())], len(later) > most or bool(SCRIPT.get("endless"))
    if SCRIPT.get("newest_first"):
        page.reverse()
    return answered({"success": True, "result": {SCRIPT.get("under", "messages"): page, "hasMore": more}})


def token() -> Path:
    """Where the pass lies."""
    return Path(os.environ["DWS_CONFIG_DIR"]) / "token"


def answered(answer: Any) -> int:
    """JSON on standard output."""
    return told(json.dumps(answer, ensure_ascii=False))


def told(text: str) -> int:
    """Text on standard output."""
    sys.stdout.write(text)
    return 0


def failed(text: str) -> int:
    """Text on standard error, and an exit code for it."""
    sys.stderr.write(text)
    return 5


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
