"""Levels and switches of loggers, which the program and its tests set for each other."""

from __future__ import annotations

import logging
from typing import Any

from veridical.code.cell.values.plain import ViolationError

_ROOT = logging.root
_get, _set_level, _disable = (
    logging.getLogger,
    logging.Logger.setLevel,
    logging.disable,
)  # tests may patch them
_ALL = ""
"""Stands for all loggers: the level that `logging.disable` set."""
_BEGINS = [logging.NOTSET, False, True]
_MAX_CHANGES = 1000


def _settings() -> dict[str, list[Any]]:
    """Level, whether it is disabled and whether it propagates, of each logger that is not as it begins."""
    found = {_ALL: [_ROOT.manager.disable, False, True]}
    for name, logger in {_ROOT.name: _ROOT, **_ROOT.manager.loggerDict}.items():
        if isinstance(logger, logging.Logger):
            held = [logger.level, bool(logger.disabled), bool(logger.propagate)]
            if held != _BEGINS and type(logger.level) is int:
                found[name] = held
    return found


class Loggers:
    """Settings of loggers as the other side last had them."""

    def __init__(self) -> None:
        self._known = {_ALL: _BEGINS, _ROOT.name: [logging.WARNING, *_BEGINS[1:]]}

    def changes(self) -> dict[str, list[Any]]:
        """What was set here since the last time, or taken."""
        found = _settings()
        names = [
            name for name in {**self._known, **found} if found.get(name) != self._known.get(name)
        ]
        self._known = found
        return {name: found.get(name, _BEGINS) for name in names}

    def take(self, changes: dict[str, list[Any]]) -> None:
        """Sets what the other side set.

        Raises:
            ViolationError: These are no settings.
        """
        if type(changes) is not dict or len(changes) > _MAX_CHANGES:
            raise ViolationError("settings of loggers are named")
        for name, setting in changes.items():
            if type(setting) is not list or tuple(map(type, setting)) != (int, bool, bool):
                raise ViolationError("settings of a logger of the wrong shape")
            if name == _ALL:
                _disable(setting[0])
            else:
                logger = _get(name)
                _set_level(logger, setting[0])
                logger.disabled, logger.propagate = setting[1:]
            self._known[name] = setting
