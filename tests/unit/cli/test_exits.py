"""How errors are told."""

from __future__ import annotations

import pytest
import typer

from veridical.cli.exits import CommandError, ExitCode, expected_errors
from veridical.client import VeridicalError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("line 3: \x1b[2Jid\r\a is 'a\u202eb'\nmend it"), ExitCode.USAGE),
        (VeridicalError("line 3: \x1b[2Jid\r\a is 'a\u202eb'\nmend it"), ExitCode.SERVICES),
    ],
)
def test_what_an_error_quotes_does_not_steer_the_terminal(
    error: Exception, code: ExitCode, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, expected_errors():
        raise error
    assert ended.value.exit_code == code
    assert capsys.readouterr().err == "veridical: line 3:  [2Jid   is 'a b'\nmend it\n"
