"""Pure rules: what is made of bytes that never change, kept while there is room (D-0028).

Whoever asks names everything the answer depends on, above all the digest of the bytes; nothing that
depends on a person, a right or a day may lie here.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable


class Kept:
    """Texts by what they depend on; of more characters than `most` the longest unused go first."""

    def __init__(self, most: int) -> None:
        """Nothing is kept yet."""
        self._most = most
        self._size = 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    @property
    def size(self) -> int:
        """How many characters are kept."""
        return self._size

    def made(self, key: Hashable, make: Callable[[], str]) -> str:
        """The text of this key: the one that is kept, else the one that `make` gives now."""
        with self._lock:
            found = self._texts.get(key)
            if found is not None:
                self._texts.move_to_end(key)
                return found
        text = make()  # outside the lock: who asks for another text need not wait
        with self._lock:
            self._size += len(text) - len(self._texts.pop(key, ""))
            self._texts[key] = text
            while self._size > self._most:
                _, gone = self._texts.popitem(last=False)
                self._size -= len(gone)
        return text
