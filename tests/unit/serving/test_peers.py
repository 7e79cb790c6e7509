"""Names of peers, and which addresses are of this machine."""

from __future__ import annotations

import pytest

from veridical.serving.access.peers import is_local_address, is_local_peer, peer_name


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        ("unix:", "unix"),
        ("unix:/tmp/x.sock", "unix"),
        ("ipv4:10.1.2.3:4567", "10.1.2.3"),
        ("ipv6:%5B::1%5D:4567", "::1"),
        ("ipv6:[2001:db8:1:2:3:4:5:6]:4567", "2001:db8:1:2::/64"),
        ("ipv6:%5B2001:db8:1:2:ffff::1%5D:1", "2001:db8:1:2::/64"),
        ("ipv6:%5B::ffff:10.1.2.3%5D:4567", "10.1.2.3"),
        ("ipv6:%5Bfe80::1%25eth0%5D:4567", "fe80::/64"),
        ("", "unknown"),
        ("vsock:3:1", "unknown"),
    ],
)
def test_a_peer_is_named_without_its_port(peer: str, name: str) -> None:
    assert peer_name(peer) == name


@pytest.mark.parametrize(
    "address",
    ["unix:/a/b", "unix-abstract:x", "127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1"],
)
def test_local_addresses(address: str) -> None:
    assert is_local_address(address)


@pytest.mark.parametrize(
    "address", ["0.0.0.0:1", "[::]:1", "10.0.0.1:1", "host:1", "localhost.evil.example:1", ":1"]
)
def test_addresses_that_others_can_reach(address: str) -> None:
    assert not is_local_address(address)


def test_local_peers() -> None:
    assert [is_local_peer(name) for name in ("unix", "127.0.0.1", "::1")] == [True] * 3
    assert [is_local_peer(name) for name in ("unknown", "10.0.0.1", "fe80::/64")] == [False] * 3
