from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from veridical.client import AsyncClient, Client, ConfigurationError, Item, Undecided


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


NOWHERE = "127.0.0.1:1"
WRONG = [
    ({"items": None}, "items must be an iterable of Item, not NoneType"),
    ({"items": Item(id="1")}, "items must be an iterable of Item, not Item"),
    ({"items": [], "tasks": ["a"]}, "tasks must be a mapping of names to Task, not list"),
    ({"items": [], "tasks": {"a": "5"}}, "tasks['a'] must be Task, not str"),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG)
async def test_items_and_tasks_of_a_wrong_type_are_refused_by_name(arguments, told):
    choice = {"undecided": Undecided.RAISE}
    client, aio = Client(NOWHERE), AsyncClient(NOWHERE)
    calls: list[Callable[[], Any]] = [
        lambda: client.verify_batch(**arguments),
        lambda: client.verify_many(**arguments),
        lambda: client.rewards(**arguments, **choice),
        lambda: next(client.stream(**arguments)),
        lambda: aio.verify_batch(**arguments),
        lambda: aio.verify_many(**arguments),
        lambda: aio.rewards(**arguments, **choice),
        lambda: anext(aio.stream(**arguments)),
    ]
    for call in calls:
        with pytest.raises(TypeError) as caught:
            await call()
        assert str(caught.value) == told


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_local_refuses_other_settings_before_it_starts_anything(kind, monkeypatch):
    monkeypatch.setattr("subprocess.Popen.__init__", None)  # starting a process would raise
    with pytest.raises(TypeError, match=r"^local must be LocalSettings, not int$"):
        kind.local(3)
    with pytest.raises(TypeError, match=r"^settings must be ClientSettings, not dict$"):
        kind.local(settings={})
