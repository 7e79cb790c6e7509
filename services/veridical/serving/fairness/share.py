"""Places for items, shared between callers."""

from __future__ import annotations

from dataclasses import dataclass

_KEPT_PART = 8
_WANTED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Wish:
    items: int
    until: float


class FairShare:
    """Who has how many places, and who may have more.

    A caller may take what is free. Only one that has its share already, an equal part of all
    places for each caller and one more, must leave an eighth free, or as much as another below
    its share was refused in the last two seconds. So a newcomer finds room at once, and one with
    large batches gets it as places come back.

    Args:
        places: Items there may be at once.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._held: dict[str, int] = {}
        self._wishes: dict[str, _Wish] = {}
        self.total = 0

    def has_room(self, caller: str, items: int, now: float) -> bool:
        """Whether the items may come in now; a caller below its share that may not is remembered.

        Args:
            caller: Whose they are.
            items: How many.
            now: The time of any clock, in seconds.
        """
        modest = self._is_modest(caller, items)
        kept = 0 if modest else self._kept_from(caller, now)
        fits = not self.total or self.total + items + kept <= self._places
        self._wishes.pop(caller, None)
        if modest and not fits:
            self._wishes[caller] = _Wish(items, now + _WANTED_SECONDS)
        return fits

    def take(self, caller: str, items: int) -> None:
        """Items came in."""
        self.total += items
        self._held[caller] = self._held.get(caller, 0) + items

    def give_back(self, caller: str, items: int) -> None:
        """Items have left."""
        self.total -= items
        left = self._held.get(caller, 0) - items
        if left > 0:
            self._held[caller] = left
        else:
            self._held.pop(caller, None)

    def _is_modest(self, caller: str, items: int) -> bool:
        held = self._held.get(caller, 0)
        others = len(self._held) - (held > 0)
        share = self._places // (others + 2)
        return (held == 0 and others > 0) or held + items <= share

    def _kept_from(self, caller: str, now: float) -> int:
        self._wishes = {name: wish for name, wish in self._wishes.items() if wish.until > now}
        wanted = [wish.items for name, wish in self._wishes.items() if name != caller]
        return max([self._places // _KEPT_PART, *wanted])
