"""Which texts are addresses, and which of them can be listened on."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from veridical.serving.addresses import AddressError, check_free, check_listen, check_target


@pytest.mark.parametrize("address", ["a:1", "127.0.0.1:0", "[::1]:65535", "unix:/a/b", "unix:a"])
def test_addresses_to_listen_on(address: str) -> None:
    assert check_listen(address) == check_target(address) == address


@pytest.mark.parametrize(
    "address", ["", "foo", ":1", "a:", "a:x", "a:65536", "a b:1", "::1:1", "unix:"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(AddressError):
        check_listen(address)
    with pytest.raises(AddressError):
        check_target(address)


@pytest.mark.parametrize("target", ["dns:///a.b:1", "dns:a:1", "ipv4:1.2.3.4:5", "unix-abstract:a"])
def test_targets_that_are_only_called(target: str) -> None:
    assert check_target(target) == target
    with pytest.raises(AddressError):
        check_listen(target)


def test_a_taken_port_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(AddressError, match="Address already in use"):
            check_free(address)
    check_free(address)


def test_a_socket_is_taken_while_somebody_serves(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has at most 107 bytes
    with socket.socket(socket.AF_UNIX) as server:
        check_free("unix:a.sock")
        server.bind("a.sock")
        server.listen()
        with pytest.raises(AddressError, match="another process serves there"):
            check_free("unix:a.sock")
    check_free("unix:a.sock")
    with pytest.raises(AddressError, match="No such file"):
        check_free("unix:none/a.sock")
