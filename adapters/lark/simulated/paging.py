"""Lists as Lark pages them."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.lark.simulated.tenant import Problem


def page(items: Sequence[Any], query: Mapping[str, str], *, most: int) -> dict[str, Any]:
    """The page that the query asks for. Raises Problem when it asks for too large a page."""
    size, at = int(query.get("page_size") or 20), int(query.get("page_token") or 0)
    if not 1 <= size <= most:
        raise Problem(230001, "page_size")
    more = at + size < len(items)
    return {"items": list(items[at : at + size]), "has_more": more, "page_token": str(at + size) if more else ""}
