"""Do the services answer, fit this client, and judge rightly?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.metadata import version
from typing import NamedTuple

import grpc

from veridical.cli.checks.finding import Check, Finding, State
from veridical.cli.checks.probes import PROBES, Probe
from veridical.client import (
    Client,
    ClientSettings,
    DeadlineError,
    DescribeResponse,
    LocalSettings,
    Outcome,
    ServerLimits,
    ServicesMissingError,
    Verdict,
    VeridicalError,
    outcome_name,
    reason_name,
)
from veridical.client.channel import target_for
from veridical.client.credentials import open_channel, with_environment

TOPIC = "services"

_GATEWAY = "reward"
_HEALTH = "/grpc.health.v1.Health/Check"
# grpc.health.v1.HealthCheckResponse, of one enum: the client's install has no stubs of it.
_HEALTH_STATUS = {b"\x08\x01": "serving", b"\x08\x02": "not serving", b"": "unknown"}
_CALL_SECONDS = 5.0
_VERIFY_SECONDS = 15.0
_LOCAL = LocalSettings(start_seconds=60.0)


def checks(addresses: Sequence[str]) -> list[Check]:
    """Return the checks of this topic.

    Args:
        addresses: What to look at; none: services are started for it on this machine.
    """
    return [partial(remote_services, address) for address in addresses] or [local_services]


def remote_services(address: str) -> Iterator[Finding]:
    """Look at services that run somewhere."""
    try:
        target = target_for(address)
    except VeridicalError as error:
        mend = "give host:port or unix:/path by --address or VERIDICAL_ADDRESS"
        yield Finding(TOPIC, address, State.PROBLEM, str(error), mend)
        return
    health = _health(address, target)
    yield health
    if health.state is not State.PROBLEM:
        with Client(address) as client:
            yield from _serving(client)


def local_services() -> Iterator[Finding]:
    """Start services on this machine, look at them, and take them down."""
    begun = time.monotonic()
    try:
        client = Client.local(local=_LOCAL)
    except ServicesMissingError:
        text = "none to look at: no address was given, and they are not installed here"
        mend = (
            "give --address or VERIDICAL_ADDRESS, or install the extra: pip install '.[services]'"
        )
        yield Finding(TOPIC, "start", State.PROBLEM, text, mend)
        return
    except VeridicalError as error:
        mend = "read what they said: veridical up --listen 127.0.0.1:50051"
        yield Finding(TOPIC, "start", State.PROBLEM, _cause(error), mend)
        return
    with client:
        text = f"started on this machine in {time.monotonic() - begun:.1f} s"
        yield Finding(TOPIC, "start", State.OK, text)
        yield from _serving(client)
        begun = time.monotonic()
    text = f"taken down in {time.monotonic() - begun:.1f} s"
    yield Finding(TOPIC, "stop", State.OK, text)


def _cause(error: Exception) -> str:
    """Return the line in which a service says which setting is at fault, or else the last line."""
    lines = str(error).strip().splitlines()
    return next((line for line in lines if "bad setting" in line), lines[-1])


def _health(address: str, target: str) -> Finding:
    begun = time.monotonic()
    with open_channel(target, with_environment(ClientSettings())) as channel:
        try:
            check = channel.unary_unary(_HEALTH, bytes, bytes)
            answer = check(b"", timeout=_CALL_SECONDS)
        except grpc.RpcError as error:
            return _unhealthy(address, error)
    status = _HEALTH_STATUS.get(answer, "unknown")
    if status == "serving":
        text = f"serving, answered in {(time.monotonic() - begun) * 1000:.0f} ms"
        return Finding(TOPIC, address, State.OK, text)
    mend = "its log says what it waits for: workers that warm up, a backend, or a drain"
    return Finding(TOPIC, address, State.PROBLEM, f"answers, but {status}", mend)


def _unhealthy(address: str, error: grpc.RpcError) -> Finding:
    code, text = error.code(), error.details() or ""
    if code is grpc.StatusCode.UNIMPLEMENTED:
        mend = "check the address: every server of this project answers health checks"
        return Finding(TOPIC, address, State.WARNING, "answers, but not to health checks", mend)
    mend = f"start services there (veridical up --listen {address}), or mend address or firewall"
    return Finding(TOPIC, address, State.PROBLEM, f"{code.name}: {text}", mend)


def _serving(client: Client) -> Iterator[Finding]:
    """Look at services that answer."""
    try:
        server = client.describe(timeout=_CALL_SECONDS)
    except VeridicalError as error:
        mend = "check that a verifier of this project listens there, and read its log"
        yield Finding(TOPIC, "describe", State.PROBLEM, str(error), mend)
        return
    yield from server_findings(server)
    yield from limit_findings(server, ClientSettings())
    for kind in sorted(server.kinds):
        yield probe_finding(client, kind, PROBES.get(kind))


def server_findings(server: DescribeResponse) -> Iterator[Finding]:
    """Yield what is to say of a server, and of those behind it, by their descriptions."""
    for each in (server, *server.backends):
        info, own = each.verifier, version("veridical")
        text = f"{info.version} at {info.instance}: {', '.join(each.kinds) or 'no kind of task'}"
        if info.version != own:
            mend = f"install one version of veridical on both sides (here: {own})"
            yield Finding(TOPIC, info.name, State.WARNING, text, mend)
        elif not each.kinds or (info.name == _GATEWAY and not each.backends):
            mend = "start its backends, or correct --backends; its log says which it cannot reach"
            text += "; it has reached no verifier"
            yield Finding(TOPIC, info.name, State.PROBLEM, text, mend)
        else:
            yield Finding(TOPIC, info.name, State.OK, text)
    yield from _unlike_replicas(server)


def _unlike_replicas(server: DescribeResponse) -> Iterator[Finding]:
    prints: dict[str, set[str]] = {}
    for each in server.backends:
        prints.setdefault(each.verifier.name, set()).add(each.verifier.fingerprint)
    for name, different in prints.items():
        if len(different) > 1:
            text = (
                "replicas differ in code, libraries or limits: verdicts may depend on the replica"
            )
            mend = "run one version with one configuration (veridical describe tells them apart)"
            yield Finding(TOPIC, f"{name} replicas", State.WARNING, text, mend)


class _Bound(NamedTuple):
    """A limit of a server, and what a client sends at most."""

    limit: str
    server: float
    setting: str
    client: float


def limit_findings(server: DescribeResponse, settings: ClientSettings) -> Iterator[Finding]:
    """Yield the server's limits that are below what a client with these settings may send."""
    low = [bound for bound in _bounds(server.limits, settings) if bound.server < bound.client]
    for bound in low:
        text = f"the server's is {bound.server:,g}, a client's {bound.setting} {bound.client:,g}"
        flag = bound.limit.replace("_", "-")
        mend = f"lower {bound.setting} in ClientSettings, or raise the server's --{flag}"
        yield Finding(TOPIC, bound.limit, State.WARNING, text, mend)
    if not low:
        yield Finding(TOPIC, "limits", State.OK, "none is below what clients send by default")


def _bounds(limits: ServerLimits, settings: ClientSettings) -> Iterator[_Bound]:
    for limit, setting in (
        ("max_batch_items", "batch_items"),
        ("max_message_bytes", "max_message_bytes"),
        ("max_response_bytes", "max_response_bytes"),
        ("max_call_seconds", "timeout_seconds"),
    ):
        yield _Bound(limit, getattr(limits, limit), setting, getattr(settings, setting))
    in_flight = settings.batch_items * settings.concurrency
    setting = "batch_items x concurrency"
    yield _Bound("max_items_in_flight", limits.max_items_in_flight, setting, in_flight)


def probe_finding(client: Client, kind: str, probe: Probe | None) -> Finding:
    """Have a right and a wrong item verified, and say whether they were."""
    name = f"kind {kind}"
    if probe is None:
        return Finding(
            TOPIC, name, State.NOTE, "served, but not tried", "verify an item of your own"
        )
    begun = time.monotonic()
    try:
        right, wrong = client.verify_batch([probe.right, probe.wrong], timeout=_VERIFY_SECONDS)
    except DeadlineError:
        text = f"no verdict within {_VERIFY_SECONDS:g} s"
        mend = "look for a verifier that is lost or has a long queue: its log, its metrics"
        return Finding(TOPIC, name, State.PROBLEM, text, mend)
    except VeridicalError as error:
        mend = "read the server's log; it names the error"
        return Finding(TOPIC, name, State.PROBLEM, str(error), mend)
    took = f"{(time.monotonic() - begun) * 1000:.0f} ms"
    if (right.outcome, wrong.outcome) == (Outcome.OUTCOME_CORRECT, Outcome.OUTCOME_INCORRECT):
        text = f"a right item is correct, a wrong one incorrect; {took}"
        return Finding(TOPIC, name, State.OK, text)
    text = f"a right item is {_told(right)}, a wrong one {_told(wrong)}"
    mend = "read the log of the verifier; compare library_versions in veridical describe"
    return Finding(TOPIC, name, State.PROBLEM, text, mend)


def _told(verdict: Verdict) -> str:
    detail = f": {verdict.detail}" if verdict.detail else ""
    return f"{outcome_name(verdict.outcome)} ({reason_name(verdict.reason)}{detail})"
