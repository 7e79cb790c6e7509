"""`Client.local()` where only the client is installed."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
from veridical.client import Client, ServicesMissingError
try:
    Client.local()
except ServicesMissingError as error:
    print(error)
"""


def run_with_path(folder: Path, libraries: tuple[str, ...], portions: tuple[str, ...]) -> str:
    """Runs the program with nothing on its path but some libraries and portions of the project."""
    for name in libraries:
        spec = find_spec(name)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        (folder / name).symlink_to(next(iter(spec.submodule_search_locations)))
    extension = "import typing_extensions; print(typing_extensions.__file__)"
    module = subprocess.check_output([sys.executable, "-c", extension], text=True).strip()
    (folder / "typing_extensions.py").symlink_to(module)
    path = [str(folder), *(str(ROOT / portion) for portion in portions)]
    start = f"import sys; sys.path[:0] = {path!r}\n"
    run = subprocess.run(
        # -S: no site-packages; -I: nothing from the environment either.
        [sys.executable, "-S", "-I", "-c", start + PROGRAM],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run.stdout


@pytest.mark.parametrize(
    ("portions", "named"),
    [
        (("clients", "protos/gen"), "veridical.suite"),
        # As a wheel installs it: the services' code without the libraries it needs.
        (("clients", "protos/gen", "services", "sandbox"), "math_verify"),
    ],
)
def test_the_error_names_the_command_that_mends_it(
    portions: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    message = run_with_path(tmp_path, ("grpc", "google"), portions)
    assert f"{named}" in message
    assert "    pip install '.[services]'" in message
    assert "pip install veridical" not in message
