"""`fenshen token create`: a token for the admins' API, printed once and kept only as a hash."""

import sys

from bot.serve import ground_of
from bot.settings import Settings


async def create_token(settings: Settings, name: str) -> int:
    """Print a new token; whoever holds it may narrow scopes, and can opt nobody in."""
    async with ground_of(settings) as ground:
        token = await ground.store.create_token(name)
    print(token)
    print("Keep it: it is stored as a hash only and cannot be shown again.", file=sys.stderr)
    return 0
