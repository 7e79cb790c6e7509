"""Clients in forked, spawned and unpickling processes; each case in an interpreter of its own."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from veridical.client import AsyncClient, Client, ClientSettings, UnavailableError, math_item
from veridical.client.local import LocalLease

# A peer in a process of its own: one in this process would itself be forked.
SERVER = """
import sys, time
from concurrent import futures
import grpc
from veridical.api.v1 import verifier_pb2 as pb
from veridical.api.v1.verifier_pb2_grpc import (
    VerifierServiceServicer, add_VerifierServiceServicer_to_server)
from veridical.client import Outcome, Verdict

def right(items):
    return [Verdict(id=i.id, outcome=Outcome.OUTCOME_CORRECT, reward=1) for i in items]

class Peer(VerifierServiceServicer):
    def Describe(self, request, context):
        return pb.DescribeResponse(kinds=["math"])

    def VerifyBatch(self, request, context):
        time.sleep(0.3)
        return pb.VerifyBatchResponse(verdicts=right(request.items))

    def VerifyStream(self, requests, context):
        for request in requests:
            time.sleep(0.01)
            yield pb.VerifyStreamResponse(verdicts=right(request.items))

server = grpc.server(futures.ThreadPoolExecutor(32))
add_VerifierServiceServicer_to_server(Peer(), server)
server.add_insecure_port(sys.argv[1])
server.start()
print("serving", flush=True)
sys.stdin.read()
"""

PRELUDE = """
import asyncio, multiprocessing, os, sys, threading, time
if os.environ.pop("SET_LATE", ""):
    import grpc
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "1"
from veridical.client import *

ADDRESS = sys.argv[1]
SMALL = ClientSettings(batch_items=5, timeout_seconds=30)

def items(count):
    return [math_item(f"i{n}", "1", "1") for n in range(count)]

def all_right(client):
    return client.rewards(items(12), undecided=Undecided.RAISE) == [1.0] * 12

def in_fork(work):
    pid = os.fork()
    if pid == 0:
        try:
            print(work(), flush=True)
        except VeridicalError as error:
            print(type(error).__name__, error, flush=True)
        finally:
            os._exit(0)
    end = time.monotonic() + 20
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.kill(pid, 9)
            sys.exit("the child hangs")
        time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    target = f"unix:{tmp_path_factory.mktemp('peer')}/s"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline() == b"serving\n"
    yield target
    process.communicate()


def run(script: str, address: str, **environment: str) -> list[str]:
    """The lines that a script of its own interpreter prints."""
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("GRPC_")}
    done = subprocess.run(
        [sys.executable, "-u", "-c", PRELUDE + script, address],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


EARLY = {"GRPC_ENABLE_FORK_SUPPORT": "1"}
IDLE = """
client = Client(ADDRESS, settings=SMALL)
print(all_right(client))
for _ in range(3):
    in_fork(lambda: all_right(client))
in_fork(lambda: all_right(Client(ADDRESS)))
print(all_right(client))
"""


def test_a_fork_uses_the_client_over_a_connection_of_its_own(address: str) -> None:
    assert run(IDLE, address, **EARLY) == ["True"] * 6


@pytest.mark.parametrize("environment", [{}, {"SET_LATE": "1"}], ids=["never", "late"])
def test_without_fork_support_the_child_is_told_at_once(
    address: str, environment: dict[str, str]
) -> None:
    first, *children, last = run(IDLE, address, **environment)
    assert (first, last) == ("True", "True")
    assert len(children) == 4
    for line in children:
        assert line.startswith("ForkError")
        assert "GRPC_ENABLE_FORK_SUPPORT=1 before grpc is imported" in line
        assert "spawn" in line


def test_a_client_that_was_not_used_yet_needs_no_fork_support(address: str) -> None:
    script = """
client = Client(ADDRESS, settings=SMALL)
in_fork(lambda: all_right(client))
print(all_right(client))
"""
    assert run(script, address) == ["True", "True"]


def test_forks_under_load_stop_neither_parent_nor_child(address: str) -> None:
    script = """
client = Client(ADDRESS, settings=SMALL)
ended, rounds = threading.Event(), []

def load(work):
    while not ended.is_set():
        rounds.append(work())

def streamed():
    return sorted(v.id for v in client.stream(items(60))) == sorted(i.id for i in items(60))

works = [lambda: all_right(client), lambda: client.verify_batch(items(1))[0].reward == 1, streamed]
threads = [threading.Thread(target=load, args=(work,)) for work in works * 2]
for thread in threads:
    thread.start()
for _ in range(5):
    time.sleep(0.2)
    in_fork(lambda: all_right(client))
iterator = client.verify_iter(items(40))
next(iterator)
in_fork(lambda: next(iterator) and [*iterator])
print(len(list(iterator)))
ended.set()
for thread in threads:
    thread.join(30)
print(all(rounds), len(rounds) > 6, threading.active_count() < 8)
"""
    *children, fork_error, rest, last = run(script, address, **EARLY)
    assert children == ["True"] * 5
    # The verdicts of the batch that had come before the fork are the child's as well.
    assert fork_error.startswith("ForkError an iterator of verdicts")
    assert rest == "39"
    assert last == "True True True"


def test_a_live_asynchronous_client_makes_every_client_of_a_child_say_so(address: str) -> None:
    script = """
client = Client(ADDRESS, settings=SMALL)
print(all_right(client))

async def main():
    async with AsyncClient(ADDRESS) as other:
        await other.describe()
        in_fork(lambda: all_right(client))
        in_fork(lambda: asyncio.new_event_loop().run_until_complete(other.describe()))
        print((await other.describe()).kinds)
    in_fork(lambda: all_right(client))
    in_fork(lambda: asyncio.new_event_loop().run_until_complete(other.describe()))

asyncio.run(main())
in_fork(lambda: asyncio.run(AsyncClient(ADDRESS).describe()))
print(all_right(client))
"""
    first, live, own, kinds, closed, again, new, last = run(script, address, **EARLY)
    assert (first, kinds, closed, last) == ("True", "['math']", "True", "True")
    assert live.startswith("ForkError gRPC cannot be used here: an AsyncClient was open")
    assert own.startswith("ForkError an AsyncClient cannot be used in a fork")
    assert again.startswith("ConfigurationError")
    assert new.startswith("ForkError an AsyncClient never works")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_a_pool_share_a_client(address: str, tmp_path: Path, method: str) -> None:
    script = tmp_path / "pool.py"
    script.write_text(
        PRELUDE
        + f"""
def work(arguments):
    client, number = arguments
    return all_right(client)

if __name__ == "__main__":
    client = Client(ADDRESS, settings=SMALL)
    print(all_right(client))
    with multiprocessing.get_context("{method}").Pool(2) as pool:
        print(pool.map(work, [(client, n) for n in range(4)]))
    print(all_right(client))
"""
    )
    done = subprocess.run(
        [sys.executable, script, address],
        env=os.environ | EARLY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines() == ["True", str([True] * 4), "True"], done.stderr[-3000:]


def test_pickled_clients_keep_addresses_and_settings(address: str) -> None:
    settings = ClientSettings(batch_items=7)
    with pickle.loads(pickle.dumps(Client([address], settings=settings))) as copy:
        assert copy.describe().kinds == ["math"]
        assert copy.verify_many([math_item("a", "1", "1")])[0].reward == 1.0
    again = pickle.loads(pickle.dumps(copy))
    assert again._settings.batch_items == 7
    again.close()


async def test_pickled_asynchronous_clients_connect_anew(address: str) -> None:
    async with AsyncClient(address) as client:
        await client.describe()
        async with pickle.loads(pickle.dumps(client)) as copy:
            assert (await copy.describe()).kinds == ["math"]


GONE = "services of process 7 on here have ended"


@pytest.fixture
def lease(tmp_path: Path) -> LocalLease:
    return LocalLease(f"{tmp_path}/gone", "process 7 on here")


def test_a_copy_of_a_local_client_says_when_the_services_are_gone(lease: LocalLease) -> None:
    client = Client(f"unix:{lease.folder}/reward.sock")
    client._lease = lease
    with pytest.raises(UnavailableError, match=GONE):
        pickle.loads(pickle.dumps(client)).describe()


async def test_so_does_a_copy_of_an_asynchronous_one(lease: LocalLease) -> None:
    client = AsyncClient(f"unix:{lease.folder}/reward.sock")
    client._lease = lease
    with pytest.raises(UnavailableError, match=GONE):
        await pickle.loads(pickle.dumps(client)).describe()
