from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from veridical.cli.checks.environment import fork_support, grpc_debugging, host_of, proxies
from veridical.cli.checks.finding import Finding, State, run_checks
from veridical.cli.checks.proxies import proxy_for
from veridical.cli.checks.variables import own_variables, service_variables

PROXY = "http://127.0.0.1:9"


# What grpcio 1.85 was seen to do with calls to 127.0.0.1.
@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({}, None),
        ({"http_proxy": PROXY}, "http_proxy"),
        ({"https_proxy": PROXY}, "https_proxy"),
        ({"grpc_proxy": PROXY, "http_proxy": PROXY}, "grpc_proxy"),
        ({"grpc_proxy": "", "http_proxy": PROXY}, None),
        ({"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY, "all_proxy": PROXY}, None),
        ({"http_proxy": "socks5://127.0.0.1:9"}, None),
        ({"http_proxy": "127.0.0.1:9"}, None),
        ({"http_proxy": PROXY, "no_proxy": " 127.0.0.1 ,x"}, None),
        ({"http_proxy": PROXY, "no_proxy": ".0.0.1"}, None),
        ({"http_proxy": PROXY, "no_proxy": "127.0.0.0/8"}, None),
        ({"http_proxy": PROXY, "no_proxy": "*"}, "http_proxy"),
        ({"http_proxy": PROXY, "no_proxy": "localhost"}, "http_proxy"),
        ({"http_proxy": PROXY, "no_proxy": "127.0.0.1:50051"}, "http_proxy"),
        ({"http_proxy": PROXY, "NO_PROXY": "127.0.0.1"}, "http_proxy"),
        ({"http_proxy": PROXY, "no_grpc_proxy": "x", "no_proxy": "127.0.0.1"}, "http_proxy"),
    ],
)
def test_proxies_are_found_as_grpc_finds_them(
    environ: dict[str, str], variable: str | None
) -> None:
    found = proxy_for("127.0.0.1", environ)
    assert (found and found.variable) == variable


def test_the_mend_names_the_list_of_exceptions_that_counts() -> None:
    environ = {"http_proxy": PROXY, "no_grpc_proxy": "x"}
    [finding] = proxies(environ, ["10.0.0.1:50051"])
    assert finding.state is State.WARNING
    assert finding.mend.startswith("add 10.0.0.1 to no_grpc_proxy")


def test_proxies_do_not_matter_to_unix_sockets() -> None:
    [finding] = proxies({"http_proxy": PROXY}, ["unix:/tmp/x.sock"])
    assert finding.state is State.NOTE
    assert "127.0.0.1" in finding.text


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("host:50051", "host"),
        ("[::1]:50051", "::1"),
        ("dns:///a.b:50051", "a.b"),
        ("dns:a.b:50051", "a.b"),
    ],
)
def test_hosts_are_cut_out_of_addresses(address: str, host: str) -> None:
    assert host_of(address) == host


def test_grpc_after_a_fork() -> None:
    [without] = fork_support({})
    [with_support] = fork_support({"GRPC_ENABLE_FORK_SUPPORT": "1"})
    assert (without.state, with_support.state) == (State.NOTE, State.OK)


def test_debugging_that_was_left_on_is_noted() -> None:
    found = grpc_debugging({"GRPC_TRACE": "all", "GRPC_VERBOSITY": "ERROR"})
    assert [finding.name for finding in found] == ["GRPC_TRACE"]


def _variables(**environ: str) -> dict[str, Finding]:
    return {finding.name: finding for finding in own_variables("environment", environ)}


def test_no_variable_is_said_to_be_none() -> None:
    [finding] = _variables(PATH="/bin").values()
    assert finding.state is State.OK


def test_variables_are_explained_by_who_reads_them() -> None:
    found = _variables(
        VERIDICAL_ADDRESS="a:1",
        VERIDICAL_WORKERS="3",
        VERIDICAL_MAX_BATCH_ITMES="7",
        VERIDICAL_ZZ_TOKEN="hush",
        VERIDICAL_DIE_WITH_PARENT="1",
    )
    assert found["VERIDICAL_ADDRESS"].state is State.OK
    assert found["VERIDICAL_WORKERS"].text.startswith("= 3: a setting of ")
    assert "math" in found["VERIDICAL_WORKERS"].text
    typo = found["VERIDICAL_MAX_BATCH_ITMES"]
    assert (typo.state, typo.mend) == (
        State.WARNING,
        "rename it to VERIDICAL_MAX_BATCH_ITEMS, or unset it",
    )
    assert "hush" not in found["VERIDICAL_ZZ_TOKEN"].text
    assert found["VERIDICAL_DIE_WITH_PARENT"].state is State.WARNING


def test_services_are_asked_for_their_settings() -> None:
    readers = service_variables()
    assert {"math", "reward"} <= set(readers["VERIDICAL_MAX_BATCH_ITEMS"])
    assert "VERIDICAL_HELP" not in readers
    assert "VERIDICAL_NO_REFLECTION" not in readers


def test_a_check_that_raises_becomes_a_finding() -> None:
    def half_way() -> Iterator[Finding]:
        yield Finding("t", "first", State.OK, "fine")
        raise KeyError("lost")

    def next_one() -> list[Finding]:
        return [Finding("t", "second", State.OK, sys.platform)]

    first, failed, second = run_checks("t", [half_way, next_one])
    assert (first.name, second.name) == ("first", "second")
    assert (failed.topic, failed.name, failed.state) == ("t", "half way", State.WARNING)
    assert failed.text == "this check itself failed: KeyError: 'lost'"
    assert failed.mend
