"""Does the environment of this shell help or hinder?"""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from veridical.cli.checks.finding import Check, Finding, State
from veridical.cli.checks.proxies import proxy_for
from veridical.cli.checks.variables import own_variables

TOPIC = "environment"

_LOOPBACK = "127.0.0.1"
_FORK_SUPPORT = "GRPC_ENABLE_FORK_SUPPORT"


def proxies(environ: Mapping[str, str], addresses: Sequence[str]) -> Iterator[Finding]:
    """Check that no proxy stands between the client and its services.

    Args:
        environ: The environment.
        addresses: The addresses of the services; loopback is checked where there are none.
    """
    targets = [address for address in addresses if not address.startswith("unix")]
    hosts = {host_of(address) for address in targets} or {_LOOPBACK}
    caught = {host: proxy for host in sorted(hosts) if (proxy := proxy_for(host, environ))}
    for host, proxy in caught.items():
        mend = f"add {host} to {proxy.exceptions} (lower case: gRPC reads no other), or unset it"
        text = f"{proxy.variable} catches calls to {host}"
        yield Finding(TOPIC, "proxy", State.WARNING if targets else State.NOTE, text, mend)
    if not caught:
        yield Finding(TOPIC, "proxy", State.OK, f"none between here and {', '.join(sorted(hosts))}")


def host_of(address: str) -> str:
    """Return the host in `host:port`, `[host]:port` or `dns:///host:port`."""
    return address.rpartition("/")[2].removeprefix("dns:").rpartition(":")[0].strip("[]")


def fork_support(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Say whether gRPC stands a fork."""
    if environ.get(_FORK_SUPPORT, "").lower() in {"1", "true", "yes"}:
        text = f"{_FORK_SUPPORT} is set: a forked child may make a client of its own"
        yield Finding(TOPIC, "gRPC after a fork", State.OK, text)
        return
    mend = f"set {_FORK_SUPPORT}=1 before Python starts, if a program forks after it made a client"
    text = "calls in a forked child may hang"
    yield Finding(TOPIC, "gRPC after a fork", State.NOTE, text, mend)


def grpc_debugging(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Find settings of gRPC that were left from a search for a fault."""
    names = [name for name in ("GRPC_TRACE", "GRPC_VERBOSITY") if environ.get(name)]
    if environ.get("GRPC_VERBOSITY", "").lower() in {"error", "none"}:
        names.remove("GRPC_VERBOSITY")
    for name in names:
        text = f"= {environ[name]}: gRPC writes much to stderr, which slows calls"
        yield Finding(TOPIC, name, State.NOTE, text, f"unset {name} once it is no longer needed")


def encodings() -> Iterator[Finding]:
    """Check that files and the standard streams are in UTF-8."""
    found = {
        "files": locale.getpreferredencoding(do_setlocale=False),
        "file names": sys.getfilesystemencoding(),
        "standard input": getattr(sys.stdin, "encoding", None) or "utf-8",
        "standard output": getattr(sys.stdout, "encoding", None) or "utf-8",
    }
    other = [f"{what} in {name}" for what, name in found.items() if not _is_utf8(name)]
    if not other:
        yield Finding(TOPIC, "text encoding", State.OK, "UTF-8")
        return
    text = f"{', '.join(other)}: mathematics does not survive that"
    mend = "export PYTHONUTF8=1 (and unset PYTHONIOENCODING), or a locale such as C.UTF-8"
    yield Finding(TOPIC, "text encoding", State.WARNING, text, mend)


def _is_utf8(name: str) -> bool:
    return name.lower().replace("-", "").replace("_", "") == "utf8"


def checks(addresses: Sequence[str]) -> tuple[Check, ...]:
    """Return the checks of this topic.

    Args:
        addresses: The addresses of the services, if there are any.
    """
    return (
        partial(own_variables, TOPIC, os.environ),
        partial(proxies, os.environ, addresses),
        partial(fork_support, os.environ),
        partial(grpc_debugging, os.environ),
        encodings,
    )
