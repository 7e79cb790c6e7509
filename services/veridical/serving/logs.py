"""One JSON object a line on standard error."""

from __future__ import annotations

import io
import json
import logging
import sys
import time

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes time, level, server, message and whatever was given as `extra`."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = server

    def format(self, record: logging.LogRecord) -> str:
        """Gives the line for a record."""
        fields: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "server": self._server,
            "message": record.getMessage(),
        }
        extra = vars(record).items()
        fields.update((key, value) for key, value in extra if key not in _STANDARD)
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=str)


def configure_logs(server: str, level: str) -> None:
    """Sends this process's log to standard error as JSON lines; what finds no room there is dropped."""
    # A full disk is no reason to write a traceback, to the same disk, for each line.
    logging.raiseExceptions = False
    # Without a buffer, whose rest could not be written at the end either: that is an exit status of 120.
    stream = io.TextIOWrapper(
        io.FileIO(sys.stderr.fileno(), "w", closefd=False), encoding="utf-8", write_through=True
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(server))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
