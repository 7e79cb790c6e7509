from __future__ import annotations

from importlib.metadata import version

from veridical.cli.checks.finding import State
from veridical.cli.checks.services import limit_findings, server_findings
from veridical.client import ClientSettings, DescribeResponse, ServerLimits, VerifierInfo

LIMITS = ServerLimits(
    max_response_bytes=1 << 20,
    max_message_bytes=64 << 20,
    max_batch_items=16_384,
    max_items_in_flight=65_536,
    max_call_seconds=600,
)


def _server(name: str, *, fingerprint: str = "f", release: str | None = None) -> DescribeResponse:
    info = VerifierInfo(name=name, version=release or version("veridical"), fingerprint=fingerprint)
    return DescribeResponse(verifier=info, kinds=["math"], limits=LIMITS)


def test_servers_of_another_version_are_a_warning() -> None:
    gateway = _server("reward")
    gateway.backends.append(_server("math", release="9.9.9"))
    reward, math = server_findings(gateway)
    assert (reward.state, math.state) == (State.OK, State.WARNING)
    assert math.text.startswith("9.9.9")


def test_a_gateway_that_reached_nothing_is_a_problem() -> None:
    [finding] = server_findings(_server("reward"))
    assert finding.state is State.PROBLEM
    assert "--backends" in finding.mend


def test_replicas_that_would_judge_by_different_code_are_a_warning() -> None:
    gateway = _server("reward")
    gateway.backends.extend([_server("math"), _server("math")])
    assert [finding.state for finding in server_findings(gateway)] == [State.OK] * 3
    gateway.backends.append(_server("math", fingerprint="g"))
    last = list(server_findings(gateway))[-1]
    assert (last.name, last.state) == ("math replicas", State.WARNING)


def test_limits_below_what_a_client_sends_are_named() -> None:
    [enough] = limit_findings(_server("math"), ClientSettings())
    assert enough.state is State.OK
    small = _server("math")
    small.limits.max_batch_items = 255
    small.limits.max_items_in_flight = 1023
    small.limits.max_call_seconds = 1
    found = {finding.name: finding for finding in limit_findings(small, ClientSettings())}
    assert set(found) == {"max_batch_items", "max_items_in_flight", "max_call_seconds"}
    assert {finding.state for finding in found.values()} == {State.WARNING}
    assert "--max-batch-items" in found["max_batch_items"].mend
