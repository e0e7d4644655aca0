"""Where the readers of a reply belong: asked of the platform's directory at each question, and only if a scope does."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from adapters.base import Platform, PlatformError
from adapters.directory import Departments
from bot.questions import Question
from skills.belonging import told
from skills.store import Store
from skills.words import UNTOLD, Venue, Within

log = logging.getLogger("fenshen.belonging")

LONGEST = 2.0  # seconds for which an answer waits for a directory


class Belonging:
    """Whether it asks depends on what admins wrote and on nobody's consent, so that its time tells nothing."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], longest: float = LONGEST) -> None:
        self._store = store
        self._platforms = platforms
        self._longest = longest

    async def of(self, asker: str | None, platform: str, venue: Venue) -> Within:
        """Of each who will read a reply there the departments that scopes name; nothing where it is not told."""
        named = {one for one in await self._store.named_departments() if one.startswith(f"{platform}:")}
        of = self._platforms[platform]
        if not named or asker is None or not isinstance(of, Departments):
            return UNTOLD
        try:
            async with asyncio.timeout(self._longest):
                listed = {} if venue.direct else await of.members(venue.chat)
                readers = None if listed is None else {asker, *listed}
                found = {} if readers is None else await of.departments(readers)
        except (TimeoutError, PlatformError) as error:
            log.warning("where readers belong was not told: %s", type(error).__name__)
            return UNTOLD
        return UNTOLD if readers is None else told([found.get(one, frozenset()) for one in readers], named)

    async def placed(self, question: Question) -> Question:
        """The question, and what is asked of others with it, with where the readers of the reply belong."""
        within = await self.of(question.asker, question.message.platform, question.venue)
        also = tuple(replace(each, within=within) for each in question.also)
        return replace(question, within=within, also=also)
