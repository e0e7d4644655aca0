"""What an admin still has to set up for DingTalk, each with where to do it; nothing is sent to anybody."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.base import Card, Finding, PlatformError, Refused
from adapters.dingtalk.delivery import instance
from adapters.dingtalk.growing import STREAM
from adapters.dingtalk.rest import Denied, QuotaSpent, Rest
from adapters.dingtalk.settings import Settings

CONSOLE = "open-dev.dingtalk.com → 应用开发 → your app"
_EMPTY = '{"title":"","text":""}'


class Doctor:
    """Asks the platform questions that only a well configured app gets an answer to."""

    def __init__(self, settings: Settings, rest: Rest) -> None:
        self._settings = settings
        self._rest = rest

    async def diagnose(self, connected: bool, opening: Any) -> Sequence[Finding]:
        """Every finding, the credentials' first: without them there is nothing else to ask."""
        try:
            await self._rest.renew()
        except PlatformError as error:
            cure = f"DingTalk said {error}. Copy Client ID and Client Secret from {CONSOLE} → 凭证与基础信息"
            return [Finding("DingTalk: credentials", False, cure)]
        return [
            Finding("DingTalk: credentials", True),
            await self._connection(connected, opening),
            Finding(
                "DingTalk: robot", True, f"Once, by eye: {CONSOLE} → 机器人 → 消息接收模式 = Stream 模式, published"
            ),
            *[await self._permission(*probe) for probe in self._probes()],
            *([await self._growing()] if self._settings.growing else []),
            await self._template(),
            *await self._departments(),
        ]

    async def _connection(self, connected: bool, opening: Any) -> Finding:
        what = "DingTalk: Stream connection"
        if connected:
            return Finding(what, True)
        try:
            await opening()
        except PlatformError as error:
            return Finding(what, False, f"DingTalk said {error}. Allow this server's address: {CONSOLE} → 安全设置")
        return Finding(what, True)

    def _probes(self) -> Sequence[tuple[str, str, Mapping[str, Any]]]:
        """Requests that lack what they are about: who may make them is told so, who may not is told that."""
        robot = self._settings.robot
        message = {"robotCode": robot, "msgKey": "sampleMarkdown", "msgParam": _EMPTY}
        return [
            ("direct messages", "/v1.0/robot/oToMessages/batchSend", {**message, "userIds": []}),
            ("group messages", "/v1.0/robot/groupMessages/send", {**message, "openConversationId": ""}),
            ("files", "/v1.0/robot/messageFiles/download", {"robotCode": robot, "downloadCode": ""}),
        ]

    async def _growing(self) -> Finding:
        return await self._permission("cards that grow", STREAM, {"outTrackId": "", "guid": "doctor"}, "PUT")

    async def _permission(self, what: str, path: str, body: Mapping[str, Any], method: str = "POST") -> Finding:
        what = f"DingTalk: {what}"
        try:
            await self._rest.call(method, path, body)
        except Denied as denied:
            return Finding(what, False, _grant(denied))
        except QuotaSpent:
            return Finding(what, False, "The organisation's API quota of this month is used up: 钉钉管理后台 → 用量")
        except Refused:
            return Finding(what, True)  # it objects to the empty request, not to us
        except PlatformError as error:
            return Finding(what, False, f"DingTalk did not answer ({error}); ask again later")
        return Finding(what, True)

    async def _departments(self) -> Sequence[Finding]:
        """Well without the permission, for most scopes name no department; where one does, it covers nobody."""
        try:
            await self._rest.legacy("/topapi/v2/department/get", {"dept_id": 1})
        except Denied as denied:
            cure = f"Only for scopes that name departments, which cover nobody without it. {_grant(denied)}"
            return [Finding("DingTalk: departments", True, cure)]
        except PlatformError:
            return []
        return [Finding("DingTalk: departments", True)]

    async def _template(self) -> Finding:
        what = "DingTalk: buttons card"
        template = self._settings.card_template
        if not template:
            return Finding(what, True, "No card template is set: cards are sent as text, with commands for buttons")
        body = instance(Card("Fenshen", "doctor"), "fs-doctor", template)
        try:
            await self._rest.call("POST", "/v1.0/card/instances", body)  # created, delivered to nobody
        except Denied as denied:
            return Finding(what, False, _grant(denied))
        except PlatformError as error:
            cure = f"DingTalk said {error}. Until a template of your own is set, cards are sent as text"
            return Finding(what, False, f"{cure}: open-dev.dingtalk.com/fe/card → 新建模板")
        return Finding(what, True)


def _grant(denied: Denied) -> str:
    return f"Grant {', '.join(denied.scopes) or 'the permission'}: {CONSOLE} → 权限管理"
