"""How a card reaches a chat or a person: as a buttons card, by session webhook, or as a robot's message."""

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from adapters.base import Address, Card, Refused, Sent, Turns, Unavailable, Unreachable
from adapters.carried import Carried
from adapters.dingtalk import cards, wire
from adapters.dingtalk.cards import Text
from adapters.dingtalk.growing import Growing
from adapters.dingtalk.recent import Recent
from adapters.dingtalk.rest import Rest, SessionOver
from adapters.dingtalk.settings import Settings

log = logging.getLogger("fenshen.dingtalk")
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where a card goes, in the platform's own ids: a conversation, or one person."""

    corp: str
    conversation: str
    staff: str | None

    @classmethod
    def of(cls, to: Address) -> "Target":
        """Read an address. Raises Unreachable when it names neither chat nor person."""
        if not (to.chat or to.person):
            raise Unreachable("an address without chat and person")
        given = to.chat or to.person or ""
        own = wire.bare(given)
        staff = own.removeprefix("@") if own.startswith("@") or not to.chat else None
        return cls(wire.corp_of(given), "" if staff else own, staff)

    @property
    def chat(self) -> str:
        """The chat's id outside the adapter."""
        return wire.chat_id(self.corp, f"@{self.staff}" if self.staff else self.conversation)


@dataclass(slots=True)
class _Progress:
    """How much of one key's text has been sent, so that a retry does not repeat it."""

    pieces: int
    at: float
    one: asyncio.Lock


class Delivery:
    """One app's outgoing cards. Session webhooks are kept in memory only, and only while they live."""

    def __init__(
        self, settings: Settings, rest: Rest, turns: Turns | None = None, carried: Carried | None = None
    ) -> None:
        self.scarce = False  # whether metered calls are to be spared
        self._turns, self._everywhere = turns, carried
        self._settings = settings
        self._rest = rest
        self._sessions: Recent[str, wire.Session] = Recent()
        self._progress: Recent[str, _Progress] = Recent()
        self._carried: Recent[str, tuple[str, str]] = Recent()  # the platform's key → chat, and the card's own id
        self._growing = Growing(rest, wanted=settings.growing, pause=settings.timings.growing)

    @property
    def grows(self) -> bool:
        """Whether cards can grow: wanted, with a template, as far as is known allowed, and calls are not scarce."""
        return self._growing.granted and bool(self._settings.card_template) and not self.scarce

    def remember(self, chat: str, session: wire.Session) -> None:
        """Answer this chat through this session webhook while it lives."""
        self._sessions.put(chat, session)

    async def sent_as(self, chat: str, carrier: str) -> str | None:
        """The id of what was sent into this chat under the platform's key; None where no such is known."""
        known, track = self._carried.get(carrier) or ("", "")
        if known or not carrier or self._everywhere is None:
            return track if known == chat else None
        return await self._everywhere.carried(chat, carrier)

    async def send(self, to: Address, card: Card, key: str) -> Sent:
        """Send a card, as buttons where there are any and the template is accepted, else as text."""
        target = Target.of(to)
        if self._turns:
            await self._turns.turn(target.chat)
        track = _track(target, key)
        spared = self.scarce and self._live(target.chat) is not None
        grows = card.growing and self.grows
        card = replace(card, growing=grows)
        if (card.buttons or grows) and self._settings.card_template and not spared:
            try:
                await self._send_buttons(target, card, track)
                if grows:
                    self._growing.begun(track, card)
                return Sent(wire.NAME, target.chat, track, editable=True)
            except Refused as error:
                log.warning("card %s is sent as text: %s", track, error)
        await self._send_text(target, card, track)
        return Sent(wire.NAME, target.chat, track, editable=False)

    async def update(self, sent: Sent, card: Card) -> None:
        """Replace a buttons card. Raises Refused for text, which DingTalk cannot change."""
        if not sent.editable:
            raise Refused("DingTalk cannot change a message that is no card")
        if card.growing:
            await self._growing.grow(sent.message, card)
            return
        await self._growing.finalise(sent.message, card)
        body = {"outTrackId": sent.message, **shown(card)}
        await self._rest.call("PUT", "/v1.0/card/instances", body)

    async def recover(self, to: Address, card: Card, key: str) -> None:
        """Replace the card that was sent to grow by this key, perhaps before a restart; where there is none, send."""
        target = Target.of(to)
        track = _track(target, key)
        try:
            await self._growing.finalise(track, card, began_here=False)
            await self.update(Sent(wire.NAME, target.chat, track, editable=True), card)
        except Refused:
            await self.send(to, card, key)

    async def _send_buttons(self, target: Target, card: Card, track: str) -> None:
        robot = self._settings.robot
        called = {wire.bare(m.person): m.name for m in card.at if m.person}
        deliver: dict[str, Any] = {
            "openSpaceId": f"dtv1.card//IM_GROUP.{target.conversation}",
            "imGroupOpenDeliverModel": {"robotCode": robot, "atUserIds": called, "recipients": []},
        }
        if target.staff:
            deliver = {
                "openSpaceId": f"dtv1.card//IM_ROBOT.{target.staff}",
                "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": robot},
            }
        body = {**instance(card, track, self._settings.card_template or ""), **deliver, "userIdType": 1}
        answer = await self._rest.call("POST", "/v1.0/card/instances/createAndDeliver", body)
        result = answer.get("result")
        results = result.get("deliverResults") if isinstance(result, dict) else None
        # HTTP 200 says that the card exists, not that anybody got it.
        if not results or not all(isinstance(one, dict) and one.get("success") for one in results):
            raise Refused("the card was created but not delivered")
        await self._carry(results[0].get("carrierId"), target, track)

    async def _carry(self, carrier: object, target: Target, track: str) -> None:
        """Remember what a quote of this message will be told by: it never carries the id that was given here.

        Alone with a person the last answer is meant anyway: of such a chat, which names them, nothing is kept.
        """
        if not (isinstance(carrier, str) and carrier):
            return
        self._carried.put(carrier, (target.chat, track))
        if self._everywhere is not None and not target.staff:
            try:
                await self._everywhere.carry(target.chat, carrier, track)
            except Exception as error:  # it stands there: to send it again would be worse
                log.warning("a key in %s is known to this process alone: %s", target.chat, type(error).__name__)

    async def _send_text(self, target: Target, card: Card, track: str) -> None:
        progress = self._progress_of(track)
        async with progress.one:
            while True:
                session = self._live(target.chat)
                pieces = cards.texts(card, wire.bare if session else None)
                if progress.pieces >= len(pieces):
                    return
                try:
                    carrier = await self._send_piece(target, pieces[progress.pieces], session)
                    await self._carry(carrier, target, track)
                except SessionOver as over:
                    log.info("a session webhook of %s is over: %s", target.chat, over)
                    self._sessions.drop(target.chat)
                    continue
                progress.pieces += 1

    def _progress_of(self, track: str) -> _Progress:
        known = self._progress.get(track)
        if known is None or time.monotonic() - known.at > HOUR:
            known = _Progress(0, time.monotonic(), asyncio.Lock())
            self._progress.put(track, known)
        return known

    def _live(self, chat: str) -> wire.Session | None:
        session = self._sessions.get(chat)
        return session if session and session.until > datetime.now(UTC) else None

    async def _send_piece(self, target: Target, piece: Text, session: wire.Session | None) -> object:
        """Send it; returns the platform's key of it, which a session webhook does not tell."""
        if session is None:
            return await self._send_robot(target, piece)
        shown = {"title": piece.title, "text": piece.body}
        body = {"msgtype": "markdown", "markdown": shown, "at": {"atUserIds": list(piece.at)}}
        await self._rest.answer_session(session.url, body)
        return None

    async def _send_robot(self, target: Target, piece: Text) -> object:
        parameter = json.dumps({"title": piece.title, "text": piece.body}, ensure_ascii=False)
        body = {"robotCode": self._settings.robot, "msgKey": "sampleMarkdown", "msgParam": parameter}
        if target.staff:
            answer = await self._rest.call(
                "POST", "/v1.0/robot/oToMessages/batchSend", {**body, "userIds": [target.staff]}
            )
            if answer.get("invalidStaffIdList"):
                raise Unreachable("DingTalk knows no such person")
            if answer.get("flowControlledStaffIdList"):
                raise Unavailable("DingTalk holds back messages to this person for now")
            return answer.get("processQueryKey")
        try:
            into = {**body, "openConversationId": target.conversation}
            answer = await self._rest.call("POST", "/v1.0/robot/groupMessages/send", into)
        except Refused as error:
            if "conversation" not in str(error).lower():
                raise
            raise Unreachable(str(error)) from None  # the group is gone, or the robot was put out of it
        return answer.get("processQueryKey")


def _track(target: Target, key: str) -> str:
    """A card's id: the same key is the same card."""
    return (wire.DIRECT if target.staff else wire.GROUP) + hashlib.sha256(key.encode()).hexdigest()[:40]


def shown(card: Card) -> Mapping[str, Any]:
    """The part of a request, and of a callback's acknowledgement, that makes a card show this one."""
    return {"cardUpdateOptions": {"updateCardDataByKey": True}, "cardData": {"cardParamMap": cards.params(card)}}


def instance(card: Card, track: str, template: str) -> Mapping[str, Any]:
    """The part of a request that creates a card whose buttons call back over the Stream connection."""
    return {
        "cardTemplateId": template,
        "outTrackId": track,
        "callbackType": "STREAM",
        "cardData": {"cardParamMap": cards.params(card)},
        "imGroupOpenSpaceModel": {"supportForward": False},
        "imRobotOpenSpaceModel": {"supportForward": False},
    }
