"""Is what is installed complete, and do the versions fit?"""

from __future__ import annotations

import importlib
import json
import platform
import sys
from collections.abc import Collection, Iterable, Iterator
from importlib import metadata

from veridical.cli.checks.finding import Check, Finding, State, first_line
from veridical.cli.checks.requirements import (
    DISTRIBUTION,
    Requirement,
    fits,
    own_python,
    own_requirements,
    required_by_others,
)

TOPIC = "installation"

_STUBS = "veridical.api.v1.verifier_pb2_grpc"


def python() -> Iterator[Finding]:
    """Check the interpreter against `requires-python`."""
    wanted, version = own_python(), platform.python_version()
    if fits(version, wanted):
        yield Finding(TOPIC, "Python", State.OK, f"{version}, {sys.executable}")
    else:
        mend = f"make a new environment with Python {wanted}"
        yield Finding(TOPIC, "Python", State.PROBLEM, f"{version} is not {wanted}", mend)


def own_distribution() -> Iterator[Finding]:
    """Check that the distribution itself is installed, and say from where."""
    try:
        found = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        mend = "pip install . in a checkout of veridical, or of a wheel file"
        text = "importable, but not installed: its version and requirements are unknown"
        yield Finding(TOPIC, DISTRIBUTION, State.PROBLEM, text, mend)
        return
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    editable = origin.get("dir_info", {}).get("editable", False)
    where = f"editable, {origin['url']}" if editable else str(found.locate_file(""))
    yield Finding(TOPIC, DISTRIBUTION, State.OK, f"{found.version}, {where}")


def base_requirements() -> Iterator[Finding]:
    """Check every distribution that client and command need."""
    for requirement in own_requirements():
        if not requirement.extra:
            yield _examined(requirement)


def extras() -> Iterator[Finding]:
    """Say of every extra whether it is installed, and name what in it does not fit."""
    by_extra: dict[str, list[Requirement]] = {}
    for requirement in own_requirements():
        by_extra.setdefault(requirement.extra, []).append(requirement)
    foreign = required_by_others()
    for extra, requirements in by_extra.items():
        if extra:
            ours = {each.name for key, some in by_extra.items() if key != extra for each in some}
            yield from extra_findings(extra, requirements, ours | foreign)


def extra_findings(
    extra: str, requirements: Iterable[Requirement], others: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield what is to say of one extra: one finding, and one for each version that does not fit.

    Args:
        extra: Its name.
        requirements: What it requires.
        others: Names of what is there for other reasons, and so does not tell that the extra is wanted.
    """
    name = f"extra {extra}"
    versions = {each: each.installed() for each in requirements}
    present = [f"{each.name} {version}" for each, version in versions.items() if version]
    missing = [str(each) for each, version in versions.items() if version is None]
    if not missing:
        yield Finding(TOPIC, name, State.OK, ", ".join(present))
    elif not any(version and each.name not in others for each, version in versions.items()):
        yield Finding(TOPIC, name, State.OK, "not installed")
        return
    else:
        mend = f"pip install {_quoted(missing)}"
        yield Finding(TOPIC, name, State.WARNING, f"without {', '.join(missing)}", mend)
    for each, version in versions.items():
        if version and not fits(version, each.specifier):
            yield _examined(each)


def _examined(requirement: Requirement) -> Finding:
    name, version = requirement.name, requirement.installed()
    if version and fits(version, requirement.specifier):
        return Finding(TOPIC, name, State.OK, f"{version} (needs {requirement.specifier})")
    text = f"{version or 'nothing'} is installed, needs {requirement.specifier or 'any version'}"
    return Finding(TOPIC, name, State.PROBLEM, text, f"pip install {_quoted([str(requirement)])}")


def _quoted(names: Iterable[str]) -> str:
    return " ".join(f"'{name}'" for name in names)


def stubs() -> Iterator[Finding]:
    """Load the stubs, which refuse libraries that are older than they are."""
    try:
        importlib.import_module(_STUBS)
    except ModuleNotFoundError as error:
        mend = "make install, in the checkout; or install a wheel file, which has them"
        yield Finding(TOPIC, "stubs", State.PROBLEM, first_line(error), mend)
    except Exception as error:
        mend = "install the versions of grpcio and protobuf that are asked for above"
        yield Finding(TOPIC, "stubs", State.PROBLEM, first_line(error), mend)
    else:
        yield Finding(TOPIC, "stubs", State.OK, "load with these versions of grpcio and protobuf")


def protobuf_runtime() -> Iterator[Finding]:
    """Check that protobuf runs its compiled implementation."""
    kind = importlib.import_module("google.protobuf.internal.api_implementation").Type()
    if kind != "python":
        yield Finding(TOPIC, "protobuf runtime", State.OK, f"{kind} (compiled)")
        return
    mend = "unset PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION, or install protobuf from a binary wheel"
    text = "pure Python, many times slower than the compiled one"
    yield Finding(TOPIC, "protobuf runtime", State.WARNING, text, mend)


CHECKS: tuple[Check, ...] = (
    python,
    own_distribution,
    base_requirements,
    extras,
    stubs,
    protobuf_runtime,
)
"""The checks of this topic."""
