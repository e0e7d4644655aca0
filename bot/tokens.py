"""`fenshen token create` and `fenshen secret create`: what admins read by, and what they sign by, printed once."""

import sys
from collections.abc import Sequence

from bot.serve import ground_of
from bot.settings import Settings
from bot.signatures import name_of, new_secret, secrets_of
from skills.admins import May


async def create_token(settings: Settings, name: str, may: Sequence[May], days: int) -> int:
    """Print a new token; whoever holds it may read this for so long, and can change nothing."""
    async with ground_of(settings) as ground:
        token = await ground.store.create_token(name, may, days=days)
    print(token)
    print("Keep it: it is stored as a hash only and cannot be shown again.", file=sys.stderr)
    return 0


def create_secret() -> int:
    """Print a new secret, which is stored nowhere; whoever holds it may narrow scopes, and can opt nobody in."""
    secret = new_secret()
    print(secret)
    (known,) = secrets_of(secret)
    print(f"Keep it, and set FENSHEN_ADMIN_SECRETS to it. The records know it as {name_of(known)}.", file=sys.stderr)
    return 0
