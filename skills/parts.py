"""What every room behind the store's door works with."""

from collections.abc import Callable
from datetime import datetime

from skills.database import Database
from skills.keyring import Keyring, renew
from skills.meaning import Meaning
from skills.queue import Queue
from skills.vault import Vault


class Parts:
    """The database, the keys, the queue, the clock, and the model of meaning."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        keyring: Keyring,
        queue: Queue,
        clock: Callable[[], datetime],
        *,
        migrate_url: str | None = None,
        meaning: Meaning | None = None,
        patient: bool = False,
    ) -> None:
        """`migrate_url`: the login that owns the tables and so may vacuum them; without it that step is left out.

        `meaning`: the model by which passages are found too; without one they are found by their words alone.
        `patient`: drafts that come up at night or on a weekend wait for the next working hours.
        """
        self._database, self._vault, self._keyring = database, vault, keyring
        self._queue, self._clock, self._migrate_url = queue, clock, migrate_url
        self._meaning, self._patient = meaning, patient
        self._generation = -1

    def now(self) -> datetime:
        """The moment it is, by the one clock that everything of this house goes by."""
        return self._clock()

    async def _keys_changed(self) -> None:
        """Sign the keyring's generation into the data, if it has changed since this process last did."""
        generation = await self._keyring.generation()
        if generation != self._generation:
            await renew(self._database, self._keyring)
            self._generation = generation
