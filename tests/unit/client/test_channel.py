from __future__ import annotations

import json

import pytest

from veridical.client import (
    AsyncClient,
    Client,
    ClientSettings,
    ConfigurationError,
    KeepaliveSettings,
    RetrySettings,
)
from veridical.client.channel import channel_options, target_for


@pytest.mark.parametrize(
    "address",
    [
        "localhost:50051",
        "dns:50051",
        "10.0.0.1:1",
        "[::1]:65535",
        "dns:///svc.ns.svc:50051",
        "dns:svc:50051",
        "ipv4:10.0.0.1:1",
        "unix:/run/a.sock",
        "unix:relative.sock",
        "unix-abstract:name",
    ],
)
def test_one_address_is_the_target_itself(address):
    assert target_for(address) == address
    assert target_for([f" {address} "]) == address


@pytest.mark.parametrize(
    ("addresses", "target"),
    [
        (["unix:/a.sock", "unix:///b.sock"], "unix:/a.sock,/b.sock"),
        (["unix:a.sock", "unix:/b.sock"], "unix:a.sock,/b.sock"),
        ("10.0.0.1:1, ipv4:10.0.0.2:2,", "ipv4:10.0.0.1:1,10.0.0.2:2"),
        (["[::1]:1", "ipv6:[::2]:2"], "ipv6:[::1]:1,[::2]:2"),
        (["10.0.0.1:1", "[::2]:2"], "ipv6:[::ffff:10.0.0.1]:1,[::2]:2"),
        (["dns:///10.0.0.1:1", "dns:10.0.0.2:1"], "ipv4:10.0.0.1:1,10.0.0.2:1"),
    ],
)
def test_several_addresses_are_one_target(addresses, target):
    assert target_for(addresses) == target


def test_names_among_several_are_looked_up():
    target = target_for(["localhost:1", "localhost:2"])
    assert target in (
        "ipv4:127.0.0.1:1,127.0.0.1:2",
        "ipv6:[::1]:1,[::ffff:127.0.0.1]:1,[::1]:2,[::ffff:127.0.0.1]:2",
    )


@pytest.mark.parametrize(
    "address",
    [
        "localhost",
        "localhost:",
        ":50051",
        "localhost:0",
        "localhost:65536",
        "localhost:http",
        "http://localhost:50051",
        "localhost:50051/path",
        "unix:",
        "dns:///:1",
        "",
        " , ",
        [],
        ["localhost:1", "nonsense"],
        ["localhost:1", "unix:/a.sock"],
        ["unix-abstract:a", "unix:/a.sock"],
        ["no such host:1", "127.0.0.1:1"],
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_addresses_that_cannot_work_are_refused(kind, address):
    with pytest.raises(ConfigurationError, match="address"):
        kind(address)


@pytest.mark.parametrize("address", [50051, b"localhost:1", ["localhost:1", 2], {"localhost:1"}])
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_addresses_of_another_type_are_refused(kind, address):
    with pytest.raises(TypeError, match=r"^address must be a str"):
        kind(address)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_settings_of_another_type_are_refused(kind):
    with pytest.raises(TypeError, match=r"^settings must be ClientSettings, not dict"):
        kind("localhost:1", settings={"timeout_seconds": 3})


def test_the_environment_gives_the_address(monkeypatch):
    monkeypatch.setenv("VERIDICAL_ADDRESS", "10.0.0.1:1,10.0.0.2:2")
    assert target_for(None) == "ipv4:10.0.0.1:1,10.0.0.2:2"
    assert target_for("10.0.0.3:3") == "10.0.0.3:3"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_an_address_the_error_names_every_way_to_one(monkeypatch, value):
    monkeypatch.delenv("VERIDICAL_ADDRESS", raising=False)
    if value is not None:
        monkeypatch.setenv("VERIDICAL_ADDRESS", value)
    with pytest.raises(
        ConfigurationError, match=r"Client\('host:50051'\).*VERIDICAL_ADDRESS.*Client\.local\(\)"
    ):
        Client()


def test_the_settings_reach_the_channel():
    settings = ClientSettings(
        max_message_bytes=1000,
        keepalive=KeepaliveSettings(interval_seconds=7, timeout_seconds=0.5),
        retry=RetrySettings(initial_seconds=0.25, max_seconds=1.5),
    )
    options = dict(channel_options(settings))
    assert options["grpc.max_send_message_length"] == 1000
    assert options["grpc.max_receive_message_length"] == 1000
    assert options["grpc.keepalive_time_ms"] == 7000
    assert options["grpc.keepalive_timeout_ms"] == 500
    assert options["grpc.http2.ping_timeout_ms"] == 500
    assert options["grpc.initial_reconnect_backoff_ms"] == 250
    assert options["grpc.max_reconnect_backoff_ms"] == 1500
    config = json.loads(options["grpc.service_config"])
    assert config == {"loadBalancingConfig": [{"round_robin": {}}]}
