"""What the distribution requires, read from its metadata and held against what is installed.

Only the forms that our own `pyproject.toml` uses are understood (PEP 508 without markers other than
`extra`, PEP 440 comparisons of releases), which spares every trainer a dependency on `packaging`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

DISTRIBUTION = "veridical"

_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)\s*(\[[\w,. -]*\])?\s*\(?(?P<specifier>[^;()\[\]]*)\)?\s*"
    r"(;\s*extra\s*==\s*(?P<quote>['\"])(?P<extra>[\w.-]+)(?P=quote)\s*)?"
)
_CLAUSE = re.compile(r"(?P<sign>>=|<=|==|!=|<|>)\s*(?P<release>\d+(\.\d+)*)")
_NAME = re.compile(r"[\w.-]+")
_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")
_COMPARE: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that ours requires."""

    name: str
    """Its name."""
    specifier: str
    """The versions that fit, such as ">=6.33.5,<8"; empty if all do."""
    extra: str
    """The extra of ours that requires it; empty for the base."""

    def __str__(self) -> str:
        return f"{self.name}{self.specifier}"

    def installed(self) -> str | None:
        """Return the version that is installed, or None."""
        try:
            return metadata.version(self.name)
        except metadata.PackageNotFoundError:
            return None


def own_requirements() -> list[Requirement]:
    """Return what the distribution requires, its extras included; nothing if it is not installed.

    Raises:
        ValueError: A requirement has a form that is not understood here.
    """
    try:
        return [parse_requirement(text) for text in metadata.requires(DISTRIBUTION) or []]
    except metadata.PackageNotFoundError:
        return []


def required_by_others() -> set[str]:
    """Return the names, in lower case with hyphens, of what other installed distributions require."""
    return {
        re.sub(r"[-_.]+", "-", found.group()).lower()
        for other in metadata.distributions()
        if other.metadata["Name"] != DISTRIBUTION
        for text in other.requires or []
        if "extra ==" not in text and (found := _NAME.match(text))
    }


def own_python() -> str:
    """Return the versions of Python that fit, such as ">=3.11"; empty if it is not installed."""
    try:
        return metadata.metadata(DISTRIBUTION)["Requires-Python"] or ""
    except metadata.PackageNotFoundError:
        return ""


def parse_requirement(text: str) -> Requirement:
    """Read one requirement, such as `sympy<1.15,>=1.14; extra == 'services'`.

    Raises:
        ValueError: It has a form that is not understood here.
    """
    found = _REQUIREMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"requirement {text!r} is not understood")
    specifier = ",".join(_clauses(found["specifier"]))
    return Requirement(found["name"], specifier, found["extra"] or "")


def fits(version: str, specifier: str) -> bool:
    """Return whether a version fits; only its release counts, so 7.0rc1 is taken for 7.0.

    Raises:
        ValueError: One of them has a form that is not understood here.
    """
    release = _release(version)
    return all(
        _COMPARE[found["sign"]](release, _release(found["release"]))
        for clause in _clauses(specifier)
        if (found := _CLAUSE.fullmatch(clause))
    )


def _clauses(specifier: str) -> list[str]:
    clauses = [clause.strip() for clause in specifier.split(",") if clause.strip()]
    for clause in clauses:
        if not _CLAUSE.fullmatch(clause):
            raise ValueError(f"version specifier {clause!r} is not understood")
    return sorted(clauses, reverse=True)


def _release(version: str) -> tuple[int, ...]:
    """Return the release's numbers without zeros at the end: 1.76.0 and 1.76 are the same."""
    found = _RELEASE.match(version)
    if found is None:
        raise ValueError(f"version {version!r} is not understood")
    numbers = [int(part) for part in found[1].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
