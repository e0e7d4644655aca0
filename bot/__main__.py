"""The command line: serve, work, demo, doctor, status, keys, assessment, verify, import, export, tokens, secrets."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.settings import BadSettings, read_settings
from skills.admins import DAYS, MAYS, MOST_DAYS

COMMANDS_HELP = """\
Settings are read from the environment; docs/settings.md explains each.
  FENSHEN_DATA  where data and keys lie        FENSHEN_PORT  the port served (default 8321)
  LARK_APP_ID, LARK_APP_SECRET                 DINGTALK_CLIENT_ID, DINGTALK_CLIENT_SECRET
"""


def parser() -> argparse.ArgumentParser:
    """The commands and their arguments."""
    top = argparse.ArgumentParser(
        prog="fenshen",
        description="The AI double that a colleague would opt in to, for Lark/Feishu and DingTalk.",
        epilog=COMMANDS_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="run the bot on the platforms whose credentials are set")
    commands.add_parser("work", help="do background work only, beside a `serve` on the same database")
    demo = commands.add_parser("demo", help="run the bot in a simulated company, with a page to try it in")
    demo.add_argument("--company", type=Path, metavar="DIR", help="a folder with a messages.jsonl, instead of ours")
    commands.add_parser("doctor", help="check settings, database, clock, credentials and permissions")
    commands.add_parser("status", help="tell how far the background work has come")
    files = commands.add_parser("import", help="import an owner's file of messages; they get a one-time code")
    files.add_argument("file", type=Path)
    files.add_argument("--person", required=True, help="the owner, e.g. dingtalk:ding1:staff42")
    files.add_argument("--chat", help="the chat in which it was said, where the file names none")
    taken = commands.add_parser("export", help="write all that is an owner's to a file; they get a one-time code")
    taken.add_argument("--person", required=True, help="the owner, e.g. dingtalk:ding1:staff42")
    taken.add_argument("--to", metavar="KEY", help="the owner's public key of age (age1…): they alone open the file")
    taken.add_argument("--out", type=Path, metavar="FILE", help="where to; else fenshen-export-ID.zip here")
    assess = commands.add_parser("assessment", help="print the impact assessment of this installation")
    assess.add_argument("--language", choices=("zh", "en"), help="else as FENSHEN_LANGUAGE")
    commands.add_parser("keys", help="print the public key by which receipts are verified")
    verify = commands.add_parser("verify", help="check receipts, exports and the ledger")
    what = verify.add_subparsers(dest="what", required=True, metavar="WHAT")
    receipt = what.add_parser("receipt", help="check a receipt offline")
    receipt.add_argument("file", type=Path)
    receipt.add_argument("--key", help="the public key; else what fenshen.pub beside the receipt says")
    export = what.add_parser("export", help="check an export offline: its files, receipts and ledger")
    export.add_argument("file", type=Path)
    export.add_argument("--key", help="the public key; else what fenshen.pub beside the export says")
    chains = what.add_parser("ledger", help="check every entry of every ledger, and the signed heads over them")
    chains.add_argument("--head", type=Path, metavar="FILE", help="what GET /ledger/head said once, to be there still")
    _admins(commands)
    return top


def _admins(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What admins change by, and what they read by."""
    secret = commands.add_parser("secret", help="secrets by which admins sign events")
    secret.add_subparsers(dest="action", required=True, metavar="ACTION").add_parser(
        "create", help="print a new secret, for FENSHEN_ADMIN_SECRETS"
    )
    token = commands.add_parser("token", help="tokens by which admins read")
    create = token.add_subparsers(dest="action", required=True, metavar="ACTION").add_parser(
        "create", help="print a new token, once"
    )
    create.add_argument("name", nargs="?", default="admin", help="whose it is, for the records")
    create.add_argument("--may", nargs="+", choices=MAYS, default=MAYS, help="what it may read; else all there is")
    create.add_argument("--days", type=_days, default=DAYS, help=f"how long it is good, up to {MOST_DAYS}; else {DAYS}")


def _days(said: str) -> int:
    if not 1 <= (days := int(said)) <= MOST_DAYS:
        raise ValueError(said)
    return days


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 when it could not, 2 for a wrong command line."""
    chosen = parser().parse_args(arguments)
    _log()
    if chosen.command == "secret":
        from bot.tokens import create_secret

        return create_secret()
    if chosen.command == "verify" and chosen.what != "ledger":
        return _verify_offline(chosen)
    try:
        return _assessed(chosen) if chosen.command == "assessment" else asyncio.run(_run(chosen))
    except KeyboardInterrupt:
        return 130
    except BadSettings as error:
        print(error, file=sys.stderr)
        return 1


def _assessed(chosen: argparse.Namespace) -> int:
    from bot.assessment import assessment

    settings = read_settings()
    print(assessment(settings, chosen.language or settings.language), end="")
    return 0


def _log() -> None:
    """Our own log says what happens; of libraries only warnings: at INFO some write whole URLs, tickets included."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("fenshen").setLevel(logging.INFO)
    logging.getLogger("procrastinate.worker").addFilter(names_no_arguments)


def names_no_arguments(record: logging.LogRecord) -> bool:
    """The queue's last word on a job that failed repeats its arguments: whom a card is for. Ours names the job."""
    return getattr(record, "action", None) != "job_error"


async def _run(chosen: argparse.Namespace) -> int:
    settings = read_settings()
    # each command loads only what it runs on
    match chosen.command:
        case "serve":
            from bot.serve import serve

            return await serve(settings)
        case "work":
            from bot.serve import work

            return await work(settings)
        case "demo":
            from bot.demo.stage import demo

            return await demo(settings, chosen.company)
        case "doctor":
            from bot.doctor import doctor

            return await doctor(settings)
        case "keys":
            from bot.verifying import show_keys

            return await show_keys(settings)
        case "verify":
            from bot.verifying import verify_ledger

            return await verify_ledger(settings, chosen.head)
        case "status":
            from bot.status import status

            return await status(settings)
        case "import":
            from bot.importing import import_file

            return await import_file(settings, chosen.file, chosen.person, chosen.chat)
        case "export":
            from bot.exporting import export_file

            return await export_file(settings, chosen.person, chosen.out, chosen.to)
        case _:
            from bot.tokens import create_token

            return await create_token(settings, chosen.name, chosen.may, chosen.days)


def _verify_offline(chosen: argparse.Namespace) -> int:
    """Whoever checks a file has no server, and need not have settings, or right ones."""
    from bot.verifying import verify_export, verify_receipt

    try:
        language = read_settings().language
    except BadSettings:
        language = "zh"
    check = verify_export if chosen.what == "export" else verify_receipt
    return check(chosen.file, chosen.key, language)


if __name__ == "__main__":
    sys.exit(main())
