from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from veridical.cli.checks import installation
from veridical.cli.checks.finding import State
from veridical.cli.checks.installation import extra_findings, extras
from veridical.cli.checks.requirements import (
    Requirement,
    fits,
    own_requirements,
    parse_requirement,
)


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("rich>=14", Requirement("rich", ">=14", "")),
        ("protobuf<8,>=6.33.5", Requirement("protobuf", ">=6.33.5,<8", "")),
        (
            "sympy<1.15,>=1.14; extra == 'services'",
            Requirement("sympy", ">=1.14,<1.15", "services"),
        ),
        ('a-b.c ; extra == "x-y"', Requirement("a-b.c", "", "x-y")),
        ("math-verify[antlr4-13-2]<0.10,>=0.9", Requirement("math-verify", ">=0.9,<0.10", "")),
        ("a (>=1)", Requirement("a", ">=1", "")),
    ],
)
def test_requirements_are_read(text: str, requirement: Requirement) -> None:
    assert parse_requirement(text) == requirement


@pytest.mark.parametrize(
    "text", ["a~=1.2", "a; python_version < '3'", "a @ file:///x", "a==1.*", "a>=1; extra == 'x"]
)
def test_forms_that_are_not_understood_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not understood"):
        parse_requirement(text)


def test_every_requirement_of_ours_is_understood() -> None:
    found = own_requirements()
    assert {"grpcio", "protobuf"} <= {each.name for each in found if not each.extra}
    assert {"sympy", "math-verify"} <= {each.name for each in found if each.extra == "services"}
    for each in found:
        fits("1.0", each.specifier)  # does not raise: it is of a form that is read
        if each.extra not in (None, "", "services"):
            continue  # not installed here
        version = each.installed()
        assert version is not None
        assert fits(version, each.specifier), each


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [
        ("6.33.5", ">=6.33.5,<8", True),
        ("6.33.4", ">=6.33.5,<8", False),
        ("8.0.0", ">=6.33.5,<8", False),
        ("7.36.2", ">=6.33.5,<8", True),
        ("1.76", ">=1.76.0", True),
        ("1.100", ">=1.76", True),
        ("1.9", ">=1.76", False),
        ("1.14.1", "<1.15", True),
        ("2.13.0+cu121", "==2.13.0", True),
        ("1.0", "!=1", False),
        ("1.0.1", ">1,<=1.0.1", True),
        ("anything 1", "", None),
    ],
)
def test_versions_are_compared_by_number(
    version: str, specifier: str, expected: bool | None
) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="is not understood"):
            fits(version, specifier)
    else:
        assert fits(version, specifier) is expected


def test_an_extra_is_whole_absent_or_in_part() -> None:
    here, absent = Requirement("rich", ">=14", "x"), Requirement("no-such-thing", ">=1", "x")
    [whole] = extra_findings("x", [here])
    [none] = extra_findings("x", [absent])
    [part] = extra_findings("x", [here, absent])
    assert (whole.state, none.state, part.state) == (State.OK, State.OK, State.WARNING)
    assert whole.text.startswith("rich 1")
    assert none.text == "not installed"
    assert part.mend == "pip install 'no-such-thing>=1'"


def _install(folder: Path, name: str, *requires: str) -> None:
    """Makes a distribution of that name look installed."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    (info / "METADATA").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("also", "told"),
    [
        ((), "not installed"),
        (("alone",), "without absent-thing>=1"),
        (("alone", "absent-thing"), "alone 1.0, shared 1.0, brought-along 1.0, absent-thing 1.0"),
    ],
)
def test_an_extra_is_wanted_where_something_is_there_for_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, also: tuple[str, ...], told: str
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    _install(tmp_path, "other", "Brought_Along>=1", 'alone; extra == "more"')
    for name in {"shared", "brought-along", *also}:
        _install(tmp_path, name)
    names = ("alone", "shared", "brought-along", "absent-thing")
    wanted = ">=1" if "alone" in also else ">=2"
    found = [Requirement("shared", "", "services"), *(Requirement(n, wanted, "x") for n in names)]
    monkeypatch.setattr(installation, "own_requirements", lambda: found)
    [_, finding] = extras()
    assert (finding.name, finding.text) == ("extra x", told)


def test_a_version_in_an_extra_that_does_not_fit_is_a_problem() -> None:
    _, misfit = extra_findings("x", [Requirement("rich", "<2", "x")])
    assert misfit.state is State.PROBLEM
    assert misfit.name == "rich"
    assert misfit.mend == "pip install 'rich<2'"


def test_no_check_imports_the_client_ahead_of_time() -> None:
    """An old library breaks the client's import: the doctor must come up all the same."""
    code = "import sys, veridical.cli.doctor; print([m for m in sys.modules if m == 'grpc'])"
    told = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        cwd=Path("/"),
        check=True,
    )
    assert told.stdout == "[]\n"
