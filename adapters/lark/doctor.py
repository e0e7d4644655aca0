"""What an admin still has to set up for the Lark app, found out by asking; nothing is sent to anybody."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from adapters.base import Finding, PlatformError, Refused, Unavailable
from adapters.lark.growing import SCOPE
from adapters.lark.rest import Api, Ask, Rejected

NEEDED: Mapping[str, str] = {
    "im:message.group_at_msg:readonly": "hear what mentions the bot in groups",
    "im:message.p2p_msg:readonly": "hear direct messages",
    "im:message.group_msg": "hear opted-in owners and read a group's history (sensitive, an admin approves it)",
    "im:message:readonly": "read messages",
    "im:message:send_as_bot": "answer",
    "im:message:update": "replace a placeholder by the answer",
    "im:chat:read": "know a chat's name",
    "im:chat.members:read": "know who will read an answer",
    "im:resource": "take a file of earlier messages and send an export",
    "contact:user.base:readonly": "know names, and hear when somebody leaves the company",
}
GROWING: Mapping[str, str] = {SCOPE: "show answers while a model writes them (else they come when they are done)"}
FOR_DEPARTMENTS: Mapping[str, str] = {  # only for scopes that name departments
    "contact:user.department:readonly": "know to which department somebody belongs",
    "contact:department.organize:readonly": "know which department is under which",
    "contact:contact.base:readonly": "ask for a department",
    "contact:department.base:readonly": "call departments by their names",
}
_PROBES = {
    "im:chat:read": "/open-apis/im/v1/chats",
    "im:message:readonly": "/open-apis/im/v1/messages/om_doctor",
}
_GRANTED = 1
_BOT_ON = 2


async def diagnose(api: Api, *, websocket: bool, growing: bool = False) -> Sequence[Finding]:
    """Findings in the order in which to mend them: a later one may only be the consequence of an earlier."""
    try:
        bot = (await api.call(Ask("GET", "/open-apis/bot/v3/info"))).get("bot")
    except Unavailable:
        return [Finding("platform reachable", False, "Check the network and the domain setting of this machine.")]
    except PlatformError:
        cure = "Copy App ID and App Secret from the developer console, Credentials & Basic Info."
        return [Finding("credentials", False, cure)]
    found = [Finding("credentials", True), _bot(bot), *await _scopes(api, growing)]
    return [*found, *([await _connection(api)] if websocket else []), *_reminders(websocket)]


def _bot(bot: object) -> Finding:
    on = isinstance(bot, Mapping) and bool(bot.get("open_id")) and bot.get("activate_status", _BOT_ON) == _BOT_ON
    return Finding("bot", on, "" if on else "Developer console, Add Features: add Bot, then publish a version.")


async def _scopes(api: Api, growing: bool) -> Sequence[Finding]:
    try:
        data = (await api.call(Ask("GET", "/open-apis/application/v6/scopes"))).get("data")
    except PlatformError:
        return [await _probe(api, scope, path) for scope, path in _PROBES.items()]
    listed = data.get("scopes") if isinstance(data, Mapping) else None
    rows: list[Any] = listed if isinstance(listed, list) else []
    granted = {
        row.get("scope_name") for row in rows if isinstance(row, Mapping) and row.get("grant_status") == _GRANTED
    }
    wanted = (*NEEDED, *(GROWING if growing else ()))
    return [*(_scope(scope, scope in granted) for scope in wanted), *_for_departments(granted)]


def _for_departments(granted: Collection[object]) -> Sequence[Finding]:
    """Well without them, for most scopes name no department; where one does, it covers nobody."""
    missing = {scope: what for scope, what in FOR_DEPARTMENTS.items() if scope not in granted}
    where = "Permissions & Scopes. Without it a scope's departments cover nobody."
    return [
        Finding(f"scope {scope} (for departments)", True, f"Only to {what}: Developer console, {where}")
        for scope, what in missing.items()
    ]


async def _probe(api: Api, scope: str, path: str) -> Finding:
    """Where the list of scopes cannot be read: whether a harmless request is refused for want of one."""
    try:
        await api.call(Ask("GET", path))
    except Rejected as error:
        return _scope(scope, error.code not in (99991672, 230027))
    except (Refused, PlatformError):
        return _scope(scope, True)
    return _scope(scope, True)


def _scope(scope: str, granted: bool) -> Finding:
    where = "Developer console, Permissions & Scopes: add it, then create and publish a version."
    what = {**NEEDED, **GROWING}[scope]
    return Finding(f"scope {scope}", granted, "" if granted else f"Needed to {what}. {where}")


async def _connection(api: Api) -> Finding:
    try:
        data = (await api.call(Ask("GET", "/open-apis/event/v1/connection"))).get("data")
    except PlatformError:
        data = None
    count = data.get("online_instance_cnt") if isinstance(data, Mapping) else None
    online = isinstance(count, int) and count > 0
    cure = "Start the bot, then developer console, Events & Callbacks: choose the long connection and save."
    return Finding("long connection", online, "" if online else cure)


def _reminders(websocket: bool) -> Sequence[Finding]:
    """What Lark lets nobody ask: well as far as can be seen, with where to look."""
    how = "long connection" if websocket else "request URL"
    events = "im.message.receive_v1, im.message.recalled_v1 and contact.user.deleted_v3"
    return [
        Finding("events (to be looked at)", True, f"Events & Callbacks, Event configuration: {how}, add {events}."),
        Finding(
            "card callback (to be looked at)",
            True,
            f"Events & Callbacks, Callback configuration: {how}, add card.action.trigger.",
        ),
    ]
