"""TLS, client certificates and tokens, with real servers and the client of this project."""

from __future__ import annotations

import asyncio
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from veridical.client import (
    AsyncClient,
    AuthenticationError,
    Client,
    ClientSettings,
    ConfigurationError,
    Item,
    TlsSettings,
    UnavailableError,
    math_item,
)

ALICE, BOB = "alice-alice-alice-1", "bob-bob-bob-bob-bob-2"
ITEM = math_item("1", "1/2", r"\boxed{0.5}")
QUICK = 3.0
SHORT = 0.8
"""For calls that reach nobody, and take all their time."""


def call(address: str, timeout: float = QUICK, **settings: Any) -> float:
    with Client(address, settings=ClientSettings(**settings)) as client:
        return client.verify(ITEM, timeout=timeout).reward


def localhost(service: Any) -> str:
    return str(service.address).replace("127.0.0.1", "localhost")


@pytest.fixture
def tls(gateway: Any, authority: Any, tokens_file: Path) -> Any:
    """A gateway with TLS and tokens; `.server` is its certificate."""
    server = authority.certify("server")
    service = gateway(
        *("--tls-certificate", server.certificate, "--tls-key", server.key),
        *("--tokens-file", tokens_file),
    )
    service.server = server
    return service


def test_a_certified_server_and_a_token(tls: Any, authority: Any, tmp_path: Path) -> None:
    address, trusted = localhost(tls), TlsSettings(str(authority.ca))
    assert call(address, tls=trusted, token=ALICE) == 1
    file = tmp_path / "token"
    file.write_text(f"{BOB}\n")
    assert call(address, tls=trusted, token_file=str(file)) == 1
    for token in (None, "x" * 20, ALICE + "1"):
        with pytest.raises(AuthenticationError, match=r"^a valid token is required$"):
            call(address, tls=trusted, token=token)
    assert not re.search(f"{ALICE}|{BOB}|x{{20}}", tls.log.read_text())
    assert '"caller": "alice"' in tls.log.read_text()


async def test_the_same_for_asyncio(tls: Any, authority: Any) -> None:
    settings = ClientSettings(tls=TlsSettings(str(authority.ca)), token=ALICE)
    async with AsyncClient(localhost(tls), settings=settings) as client:
        assert (await client.verify(ITEM)).reward == 1
    async with AsyncClient(localhost(tls), settings=replace(settings, token=None)) as client:
        with pytest.raises(AuthenticationError):
            await client.verify(ITEM)


def test_a_server_that_is_not_certified_is_not_called(
    tls: Any, stranger: Any, gateway: Any, authority: Any
) -> None:
    with pytest.raises(UnavailableError):
        call(localhost(tls), SHORT, tls=TlsSettings(str(stranger.ca)), token=ALICE)
    name = TlsSettings(str(authority.ca), server_name="elsewhere.example")
    with pytest.raises(UnavailableError):
        call(localhost(tls), SHORT, tls=name, token=ALICE)
    with pytest.raises(UnavailableError):
        call(tls.address, SHORT)  # plaintext
    expired = authority.certify("expired", expired=True)
    service = gateway("--tls-certificate", expired.certificate, "--tls-key", expired.key)
    with pytest.raises(UnavailableError):
        call(localhost(service), SHORT, tls=TlsSettings(str(authority.ca)))


def test_client_certificates_are_required_where_an_authority_is_named(
    gateway: Any, authority: Any, stranger: Any
) -> None:
    server = authority.certify("server")
    service = gateway(
        *("--tls-certificate", server.certificate, "--tls-key", server.key),
        *("--tls-client-ca", authority.ca),
    )
    address, ca = localhost(service), str(authority.ca)
    good = authority.certify("trainer one")
    assert call(address, tls=TlsSettings(ca, str(good.certificate), str(good.key))) == 1
    assert '"caller": "trainer_one"' in service.log.read_text()
    expired, foreign = authority.certify("old", expired=True), stranger.certify("foreign")
    for bad in (expired, foreign):
        with pytest.raises(UnavailableError):
            call(address, SHORT, tls=TlsSettings(ca, str(bad.certificate), str(bad.key)))
    with pytest.raises(UnavailableError):
        call(address, SHORT, tls=TlsSettings(ca))


def test_no_token_goes_out_in_plaintext() -> None:
    for address in ("192.0.2.1:1", "dns:///example.invalid:1", "ipv4:127.0.0.1:1,192.0.2.1:1"):
        with pytest.raises(ConfigurationError, match="not sent in plaintext") as refused:
            Client(address, settings=ClientSettings(token=ALICE))
        assert ALICE not in str(refused.value)
    with pytest.raises(ConfigurationError, match="token must be") as refused:
        Client("unix:/x", settings=ClientSettings(token="short"))
    assert "short" not in str(refused.value)
    assert ALICE not in repr(ClientSettings(token=ALICE))


def test_tokens_over_plaintext_on_this_machine(gateway: Any, tokens_file: Path) -> None:
    service = gateway("--tokens-file", tokens_file)
    assert call(service.address, token=ALICE) == 1
    with pytest.raises(AuthenticationError):
        call(service.address)


def test_certificates_and_tokens_change_while_calls_run(
    tls: Any, authority: Any, tokens_file: Path
) -> None:
    trusted = TlsSettings(str(authority.ca))
    rewards: list[float] = []
    stop = threading.Event()

    def load() -> None:
        settings = ClientSettings(tls=trusted, token=BOB)
        with Client(localhost(tls), settings=settings) as client:
            while not stop.is_set():
                rewards.append(client.verify(ITEM, timeout=20).reward)

    thread = threading.Thread(target=load)
    thread.start()
    try:
        before = served_certificate(tls)
        other = authority.certify("other")
        shutil.copy(other.certificate, tls.server.certificate)
        shutil.copy(other.key, tls.server.key)
        assert served_certificate(tls) != before
        tokens_file.write_text(f"alice carol-carol-carol-3\nbob {BOB}\n")
        until(lambda: refused(tls, trusted, ALICE))
        assert call(localhost(tls), tls=trusted, token="carol-carol-carol-3") == 1
        tokens_file.write_text("broken")
        tls.server.key.write_text("broken")
        count = len(rewards)
        until(lambda: "changed file not taken" in tls.log.read_text() and len(rewards) > count + 5)
        assert call(localhost(tls), tls=trusted, token=BOB) == 1
    finally:
        stop.set()
        thread.join()
    assert set(rewards) == {1.0}


def test_a_revoked_token_ends_its_open_streams(gateway: Any, tokens_file: Path) -> None:
    service = gateway("--tokens-file", tokens_file)
    revoked = threading.Event()

    def source() -> Iterator[Item]:
        yield ITEM
        assert revoked.wait(20)
        yield math_item("2", "1", "1")

    alice = Client(service.address, settings=ClientSettings(token=ALICE))
    bob = Client(service.address, settings=ClientSettings(token=BOB))
    with alice, bob:
        streams = [client.stream(source()) for client in (alice, bob)]
        assert [next(stream).reward for stream in streams] == [1, 1]
        tokens_file.write_text(f"bob {BOB}\n")
        start = time.monotonic()
        with pytest.raises(AuthenticationError, match="the token of this stream no longer counts"):
            next(streams[0])
        assert time.monotonic() - start < 10
        revoked.set()
        assert [verdict.id for verdict in streams[1]] == ["2"]


async def test_a_stream_goes_on_under_the_token_that_took_the_place_of_its_own(
    gateway: Any, tokens_file: Path, tmp_path: Path
) -> None:
    service = gateway("--tokens-file", tokens_file)
    mine = tmp_path / "token"

    def change(token: str) -> None:
        mine.write_text(token)
        tokens_file.write_text(f"alice {token}\n")

    change(ALICE)
    changed = asyncio.Event()

    async def source() -> AsyncIterator[Item]:
        yield ITEM
        await changed.wait()
        yield math_item("2", "1", "1")

    settings = ClientSettings(token_file=mine)
    async with AsyncClient(service.address, settings=settings) as client:
        stream = client.stream(source())
        assert (await anext(stream)).id == "1"
        change("alice-alice-alice-2")
        await asyncio.to_thread(until, lambda: "UNAUTHENTICATED" in service.log.read_text())
        changed.set()
        assert [verdict.id async for verdict in stream] == ["2"]


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--tls-certificate", "none.pem", "--tls-key", "none.key"], "tls_certificate"),
        (["--tls-certificate", "none.pem"], "tls_key"),
        (["--tls-client-ca", "none.pem"], "tls_client_ca"),
        (["--tokens-file", "none"], "tokens_file"),
        (["--tokens-file", "none", "--listen", "0.0.0.0:1"], "tokens_file"),
        (["--backend-tls-ca", "none.pem"], "backend_tls_ca"),
        (["--backend-token-file", "none"], "backend_token_file"),
    ],
)
def test_what_cannot_work_stops_the_start(tmp_path: Path, flags: list[str], named: str) -> None:
    command = [sys.executable, "-m", "veridical.reward", "--listen", f"unix:{tmp_path}/s"]
    ended = subprocess.run(
        [*command, "--backends", "unix:/nonexistent", *flags],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert f"{named}" in ended.stderr


def test_a_gateway_shows_a_token_and_says_for_whom_it_calls(
    start_service: Any, tmp_path: Path, free_port: Callable[[], int], authority: Any
) -> None:
    """The verifier is on the network: it asks for TLS and tokens, and trusts the gateway alone."""
    server, gateway_token = authority.certify("server"), "gateway-gateway-4"
    tokens, token = tmp_path / "tokens", tmp_path / "token"
    tokens.write_text(f"gate {gateway_token}\nalice {ALICE}\n")
    token.write_text(gateway_token)
    port, health = free_port(), f"unix:{start_service.folder}/health.sock"
    backend = start_service(
        *("math", "--workers", "1", "--health-listen", health, "--tokens-file", str(tokens)),
        *("--tls-certificate", str(server.certificate), "--tls-key", str(server.key)),
        *("--trusted-gateways", "gate"),
        address=f"127.0.0.1:{port}",
        health=health,
    )
    gateway = start_service(
        *("reward", "--backends", f"localhost:{port}", "--backend-tls-ca", str(authority.ca)),
        *("--backend-token-file", str(token)),
    )
    assert call(gateway.address) == 1
    assert call(localhost(backend), tls=TlsSettings(str(authority.ca)), token=ALICE) == 1
    log = backend.log.read_text()
    assert '"caller": "unix"' in log
    assert '"caller": "alice"' in log
    assert gateway_token not in log + gateway.log.read_text()


def served_certificate(service: Any) -> str:
    host, _, port = service.address.rpartition(":")
    return ssl.get_server_certificate((host, int(port)))


def refused(service: Any, trusted: TlsSettings, token: str) -> bool:
    try:
        call(localhost(service), tls=trusted, token=token)
    except AuthenticationError:
        return True
    return False


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
