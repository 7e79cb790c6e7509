from __future__ import annotations

import inspect

import pytest

from veridical.client import AsyncClient, Client, ConfigurationError


def public(kind):
    return {
        name: inspect.signature(member)
        for name, member in inspect.getmembers(kind)
        if callable(member) and not name.startswith("_")
    }


def widened(name):
    """The one argument that the asynchronous client takes in one more form."""
    return {"items": "also asynchronous"} if name == "stream" else {}


def test_both_clients_have_the_same_shape():
    sync, aio = public(Client), public(AsyncClient)
    assert aio.keys() - sync.keys() == {"aclose"}
    for name in sync:
        assert {**aio[name].parameters, **widened(name)} == {
            **sync[name].parameters,
            **widened(name),
        }
    assert inspect.signature(Client) == inspect.signature(AsyncClient)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_local_starts_nothing_where_the_environment_names_an_address(
    kind, monkeypatch, tmp_path
):
    monkeypatch.setenv("VERIDICAL_ADDRESS", f"unix:{tmp_path}/none.sock")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("subprocess.Popen.__init__", None)  # starting a process would raise
    if kind is Client:
        with Client.local() as client:
            assert isinstance(client, Client)
        return
    async with AsyncClient.local() as entered:
        assert isinstance(entered, AsyncClient)
    with pytest.raises(ConfigurationError, match="closed"):
        await entered.describe()
    async with await AsyncClient.local() as awaited:
        assert isinstance(awaited, AsyncClient)
