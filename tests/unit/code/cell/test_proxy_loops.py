"""Event loops end on both sides at once, with what either side left running in them."""

from __future__ import annotations

import pytest
from proxy_pair import suites_apart, tell_apart

_LEAVES = """
import asyncio
log = []
async def work():
    try:
        await asyncio.sleep(30)
    finally:
        log.append("ended")
async def start():
    start.task = asyncio.create_task(work())
    await asyncio.sleep(0)
"""
_LEAVES_NOTHING = """
log = []
class Task:
    def cancelled(self): return False
async def start():
    start.task = Task()
"""
CASES = {
    "a task is cancelled as the loop ends": (
        _LEAVES,
        _LEAVES_NOTHING,
        """
import asyncio
for _ in range(2):
    asyncio.run(start())
    assert start.task.cancelled()
assert log == ["ended", "ended"]
""",
    ),
    "and not by closing it": (
        _LEAVES.replace("finally:", "except asyncio.CancelledError:"),
        """
import asyncio
log = []
async def start():
    start.task = asyncio.create_task(asyncio.sleep(0))
    await asyncio.sleep(0.01)
""",
        """
import asyncio
loop = asyncio.new_event_loop()
loop.run_until_complete(start())
loop.close()
asyncio.run(asyncio.sleep(0.02))
assert not start.task.done() and log == []
""",
    ),
    "of a thread": (
        _LEAVES,
        _LEAVES_NOTHING,
        """
import asyncio
import threading
thread = threading.Thread(target=lambda: asyncio.run(start()))
thread.start()
thread.join()
assert log == ["ended"]
""",
    ),
    "what awaits as it is cancelled": (
        """
import asyncio
async def work(done):
    try:
        await asyncio.sleep(30)
    finally:
        await asyncio.sleep(0)
        await done("ended")
async def start(done):
    start.task = asyncio.create_task(work(done))
    await asyncio.sleep(0)
""",
        "async def start(done): pass",
        """
import asyncio
log = []
async def done(text):
    await asyncio.sleep(0)
    log.append(text)
asyncio.run(start(done))
assert log == ["ended"]
""",
    ),
    "an asynchronous generator": (
        """
log = []
async def numbers():
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")
""",
        """
log = []
async def numbers():
    yield 1
""",
        """
import asyncio
held = []
async def main():
    held.append(numbers())
    async for number in held[0]:
        break
    assert log == []
asyncio.run(main())
assert log == ["closed"]
""",
    ),
    "a queue belongs to a loop": (
        """
import asyncio
async def get():
    try:
        return await asyncio.wait_for(asyncio.Queue().get(), 0.01)
    except asyncio.TimeoutError:
        return None
""",
        """
import asyncio
queue = asyncio.Queue()
async def get():
    try:
        return await asyncio.wait_for(queue.get(), 0.01)
    except asyncio.TimeoutError:
        return None
""",
        """
import asyncio
for _ in range(2):
    assert asyncio.run(get()) is None
""",
    ),
    "who stops the loop": (
        """
import asyncio
async def one():
    return 1
""",
        """
import asyncio
async def one():
    asyncio.get_running_loop().stop()
    return 1
""",
        """
import asyncio
async def main():
    assert await one() == 1
    await asyncio.sleep(0)
    return 2
assert asyncio.run(main()) == 2
""",
    ),
    "where it is to be stopped": (
        """
import asyncio
async def serve():
    await asyncio.sleep(0.01)
    asyncio.get_running_loop().stop()
""",
        "async def serve(): raise KeyboardInterrupt",
        """
import asyncio
loop = asyncio.new_event_loop()
loop.create_task(serve())
loop.run_forever()
loop.close()
""",
    ),
    "tasks of the tests in a loop of the program": (
        """
import asyncio
def run(handler):
    async def main():
        await handler()
        await asyncio.sleep(0.05)
    asyncio.run(main())
""",
        """
import asyncio
def run(handler):
    loop = asyncio.new_event_loop()
    loop.run_until_complete(handler())
    loop.close()
""",
        """
import asyncio
log = []
async def work():
    await asyncio.sleep(0.01)
    log.append("went on")
    try:
        await asyncio.sleep(30)
    finally:
        log.append("ended")
async def handler():
    handler.task = asyncio.create_task(work())
run(handler)
assert log == ["went on", "ended"]
""",
    ),
    "and in one of the tests": (
        """
import asyncio
async def run(handler):
    await handler()
    await asyncio.sleep(0.05)
""",
        "async def run(handler): pass",
        """
import asyncio
log = []
async def work():
    await asyncio.sleep(0.01)
    log.append("went on")
async def handler():
    handler.task = asyncio.create_task(work())
asyncio.run(run(handler))
assert log == ["went on"]
""",
    ),
    "errors that nobody hears of": (
        """
import asyncio
async def fail():
    raise ValueError("lost")
async def start():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
""",
        "async def start(): pass",
        """
import asyncio
import gc
heard = []
async def main():
    asyncio.get_running_loop().set_exception_handler(lambda loop, about: heard.append(about))
    await start()
    await asyncio.sleep(0.01)
    gc.collect()
    assert [repr(one["exception"]) for one in heard] == ["ValueError('lost')"]
asyncio.run(main())
""",
    ),
    "a task is the tests' and has their name": (
        """
import asyncio
async def named():
    await asyncio.sleep(0)
    return asyncio.current_task().get_name()
""",
        "async def named(): return 'Task-2'",
        """
import asyncio
async def main():
    return await asyncio.gather(*[asyncio.create_task(named(), name=one) for one in "ab"])
assert asyncio.run(main()) == ["a", "b"]
""",
    ),
    "who gives it another": (
        """
import asyncio
async def rename(name):
    asyncio.current_task().set_name(name)
    await asyncio.sleep(0)
    assert asyncio.current_task().get_name() == name
""",
        "async def rename(name): pass",
        """
import asyncio
async def main():
    await rename("other")
    return asyncio.current_task().get_name()
assert asyncio.run(main()) == "other"
""",
    ),
    "generators of the tests": (
        """
import asyncio
def first(numbers):
    async def main():
        async for number in numbers:
            return number
    return asyncio.run(main())
""",
        """
def first(numbers):
    try:
        numbers.__anext__().send(None)
    except StopIteration as stop:
        return stop.value
""",
        """
log = []
async def numbers():
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")
held = numbers()
assert first(held) == 1
assert log == ["closed"]
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_both_pass_and_fail_as_they_would(name: str) -> None:
    tell_apart(*CASES[name])


def test_a_case_of_unittest_ends_its_loop() -> None:
    tests = """
import unittest
from solution import log, start
class TestIt(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        await start()
        self.assertEqual(log, [])
    def test_b(self):
        self.assertEqual(log, ["ended"])
"""
    suites_apart("unittest", _LEAVES, _LEAVES_NOTHING, tests)
