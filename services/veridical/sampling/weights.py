"""Which folders callers may have weights loaded from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import grpc

from veridical.serving.errors import CallError, InvalidArgument


class WeightsRefused(CallError):
    """The operator opened no folder for weights."""

    code = grpc.StatusCode.FAILED_PRECONDITION


class WeightsFolders:
    """The folders within which checkpoints and adapters may stand.

    Args:
        folders: Those that the operator opened; none refuses all.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folder.resolve() for folder in folders)

    def checked(self, path: str) -> str:
        """The path of a folder within those, with every link followed.

        Raises:
            InvalidArgument: It stands elsewhere, or is no folder.
            WeightsRefused: There are none.
        """
        if not self._folders:
            raise WeightsRefused("this server takes no weights from callers: see --weights")
        resolved = Path(path).resolve() if path else None
        if resolved is None or not any(map(resolved.is_relative_to, self._folders)):
            raise InvalidArgument("path", "is not within the folders opened for weights")
        if not resolved.is_dir():
            raise InvalidArgument("path", "is no folder")
        return str(resolved)
