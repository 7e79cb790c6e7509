"""What can go wrong for a caller, as one tree.

    VeridicalError
    ├── ConfigurationError            an address or a setting that cannot work; or a closed client
    ├── ServicesMissingError          Client.local() without the services installed
    ├── ForkError                     a client that cannot work in a forked process
    ├── LocalStartError               Client.local() could not start the services
    ├── InvalidRequestError           the caller's items are at fault
    │   ├── MalformedLineError        a line that is no JSON object
    │   ├── UnknownFieldError         a line with a field that no item has
    │   └── BadValueError             a line with a value that its field cannot hold
    ├── AuthenticationError           the server does not accept the token, or asks for one
    ├── UnavailableError              no server answers
    ├── OverloadedError               the server has no room
    ├── DeadlineError                 no answer within the timeout
    ├── ServerError                   a fault of the server, with the id of its log entry
    ├── ProtocolError                 an answer that does not fit what was asked
    └── UndecidedError                rewards were asked for and some items have none

A wrong answer, or one that no verifier decided, is a verdict and never an error. Every error keeps its
constructor's arguments in `args`, so that it survives pickling on its way out of a worker process.
"""

from __future__ import annotations

from collections.abc import Sequence
from reprlib import Repr

from veridical.api.v1.verdict_pb2 import Verdict

_SHORT = Repr()
_SHORT.maxstring = 80


def quoted(text: str) -> str:
    """`text` in quotes for a message, its middle left out where it is long."""
    return _SHORT.repr(text)


class VeridicalError(Exception):
    """The root of all errors of this library."""


class ConfigurationError(VeridicalError):
    """An address or a setting that cannot work, or the use of a closed client."""


class ServicesMissingError(VeridicalError):
    """The services are not installed here; the text names the command that mends it."""


class ForkError(VeridicalError):
    """A client that cannot work in a forked process; the text names what mends it."""


class LocalStartError(VeridicalError):
    """The services of this machine could not be started; the text ends with what they said."""


class InvalidRequestError(VeridicalError):
    """The caller's items are at fault; the text names the item or the field."""


class MalformedLineError(InvalidRequestError):
    """A line that is no JSON object."""


class UnknownFieldError(InvalidRequestError):
    """A line with a field that its message does not have.

    Attributes:
        path: The field, such as `task.math.golf`.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"unknown field {self.path}"


class BadValueError(InvalidRequestError):
    """A line with a value that its field cannot hold.

    Attributes:
        path: The field, such as `task.math.gold`.
        problem: What is wrong with its value.
        item_id: The id in the line; empty if it has none.
    """

    def __init__(self, path: str, problem: str, item_id: str = "") -> None:
        super().__init__(path, problem, item_id)
        self.path = path
        self.problem = problem
        self.item_id = item_id

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


class AuthenticationError(VeridicalError):
    """The server asks for a token that counts there; it does not say what is wrong with this one."""


class UnavailableError(VeridicalError):
    """No server answered until the timeout. Trying again later is safe."""


class OverloadedError(VeridicalError):
    """The server has no room, or none within the timeout.

    Attributes:
        retry_after_seconds: How long the server asked to wait, in seconds; None if a retry would not
            help or it did not say.
    """

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message, retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        return str(self.args[0])


class DeadlineError(VeridicalError):
    """No answer came within the timeout."""


class ServerError(VeridicalError):
    """A fault of the server.

    Attributes:
        error_id: The id under which the server logged it; empty if it named none.
    """

    def __init__(self, message: str, error_id: str = "") -> None:
        super().__init__(message, error_id)
        self.error_id = error_id

    def __str__(self) -> str:
        return str(self.args[0])


class ProtocolError(VeridicalError):
    """An answer that does not fit what was asked: other ids, another count, an impossible reward."""


class UndecidedError(VeridicalError):
    """Rewards were asked for with `Undecided.RAISE`, and some items have none.

    Attributes:
        verdicts: The undecided verdicts, in the items' order.
    """

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        super().__init__(verdicts)
        self.verdicts = list(verdicts)

    def __str__(self) -> str:
        first = self.verdicts[0]
        count = len(self.verdicts)
        told = (
            "1 item is undecided:" if count == 1 else f"{count} items are undecided; the first is"
        )
        return f"{told} {quoted(first.id)}: {first.detail}"
