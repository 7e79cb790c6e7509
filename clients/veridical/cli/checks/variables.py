"""The VERIDICAL_... variables that are set: who reads them, and which nobody does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from veridical.cli.checks.finding import Finding, State

PREFIX = "VERIDICAL_"

_HELP_SECONDS = 30.0
_OWN = {
    "VERIDICAL_ADDRESS": "where clients and this command connect",
    "VERIDICAL_CONFIG": "the services' settings file",
    "VERIDICAL_TOKEN": "the token that clients and this command show",
    "VERIDICAL_TOKEN_FILE": "the file of that token",
    "VERIDICAL_TLS_CA": "whose servers clients and this command trust, with TLS",
    "VERIDICAL_CLIENT_CERT": "the certificate that they show",
    "VERIDICAL_CLIENT_KEY": "its key",
}
_DIE_WITH_PARENT = "VERIDICAL_DIE_WITH_PARENT"
_SECRET = re.compile(r"TOKEN|KEY|SECRET|PASSWORD")
_FLAG = re.compile(r"^  --([a-z][a-z0-9-]*[a-z0-9])", re.MULTILINE)

Readers = dict[str, list[str]]
"""The services that read a variable, by the variable's name."""


def own_variables(topic: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each variable with our prefix, or one that says that there is none."""
    names = sorted(name for name in environ if name.startswith(PREFIX))
    if not names:
        yield Finding(topic, f"{PREFIX}...", State.OK, "none is set: everything has its defaults")
    readers = {} if set(names) <= {*_OWN, _DIE_WITH_PARENT} else service_variables()
    for name in names:
        yield _examined(topic, name, environ[name], readers)


def _examined(topic: str, name: str, value: str, readers: Readers) -> Finding:
    shown = "(not shown)" if _SECRET.search(name) else f"= {value}"
    if name == _DIE_WITH_PARENT:
        text = f"{shown}: a service started from here ends at once, or with that process"
        return Finding(topic, name, State.WARNING, text, f"unset {name}: it is the supervisor's")
    if name in _OWN:
        return Finding(topic, name, State.OK, f"{shown}: {_OWN[name]}")
    if name in readers:
        return Finding(topic, name, State.OK, f"{shown}: a setting of {', '.join(readers[name])}")
    if not readers:
        text = f"{shown}: read by services, if at all, and none is installed here"
        return Finding(topic, name, State.NOTE, text, f"unset {name}, or set it where they run")
    close = get_close_matches(name, [*_OWN, *readers], n=1)
    mend = f"rename it to {close[0]}, or unset it" if close else f"unset {name}"
    return Finding(topic, name, State.WARNING, f"{shown}: nothing reads it; a typo?", mend)


def service_variables() -> Readers:
    """Ask the installed services which settings they have: `--help` lists a flag for each."""
    from veridical.cli.serve import service_names

    readers: Readers = {}
    for service in service_names():
        command = [sys.executable, "-P", "-m", f"veridical.{service}", "--help"]
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=_HELP_SECONDS, check=False
        )
        for flag in _FLAG.findall(told.stdout):
            variable = PREFIX + flag.replace("-", "_").upper()
            readers.setdefault(variable, []).append(service)
    return readers
