"""Turns on the event loop."""

from __future__ import annotations

import asyncio

from veridical.serving.fairness.turns import ACCEPT_ROUNDS, QUANTUM, TURN, Turns


async def take(turns: Turns, caller: str, times: int, items: int, log: list[str]) -> None:
    for _ in range(times):
        await turns.take(caller, items)
        log.append(caller)


async def test_a_hundred_calls_of_one_caller_do_not_delay_another() -> None:
    turns, log = Turns(), []  # type: ignore[var-annotated]
    greedy = [asyncio.create_task(take(turns, "greedy", 4, TURN, log)) for _ in range(100)]
    await asyncio.sleep(0)
    modest = asyncio.create_task(take(turns, "modest", 10, TURN, log))
    await modest
    assert log.count("greedy") < 40
    await asyncio.gather(*greedy)
    assert log.count("greedy") == 400


async def test_small_calls_get_as_many_items_as_large_ones() -> None:
    turns, log = Turns(), []  # type: ignore[var-annotated]
    large = [asyncio.create_task(take(turns, "large", 100, TURN, log)) for _ in range(4)]
    small = [asyncio.create_task(take(turns, "small", 1, 1, log)) for _ in range(2 * TURN)]
    await asyncio.gather(*small)
    assert log.count("large") <= 12
    for task in large:
        task.cancel()
    await asyncio.gather(*large, return_exceptions=True)


async def test_a_round_of_the_loop_handles_a_bounded_number_of_items() -> None:
    turns, log = Turns(), []  # type: ignore[var-annotated]
    calls = [asyncio.create_task(take(turns, str(i), 1, TURN, log)) for i in range(20)]
    before, rounds = 0, 0
    while len(log) < 20:
        await asyncio.sleep(0)
        assert (len(log) - before) * TURN <= QUANTUM
        before, rounds = len(log), rounds + 1
        assert rounds < 100
    await asyncio.gather(*calls)


async def test_who_was_cancelled_is_passed_over_and_the_rest_goes_on() -> None:
    turns, log = Turns(), []  # type: ignore[var-annotated]
    calls = [asyncio.create_task(take(turns, "a", 3, TURN, log)) for _ in range(10)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    done = len(log)
    assert done >= 15
    await take(turns, "b", 2, 5 * QUANTUM, log)
    assert len(log) == done + 2


async def test_an_idle_server_has_nothing_to_do() -> None:
    turns = Turns()
    await turns.take("a", 1)
    for _ in range(3):
        await asyncio.sleep(0)
    assert not turns._ticking
    assert not turns._waiting


def test_a_lone_caller_takes_no_turns() -> None:
    turns = Turns()
    assert not any(turns.contested("a") for _ in range(3))


def test_two_callers_take_turns_and_a_pause_does_not_end_it() -> None:
    turns = Turns()
    assert not turns.contested("a")
    assert turns.contested("b")
    assert all(turns.contested("a") for _ in range(100))


async def rounds_of_work(turns: Turns, rounds: int) -> list[int]:
    """Items handled in each round, where a call is accepted in every one."""
    log: list[str] = []
    call = asyncio.create_task(take(turns, "a", 1000, TURN, log))
    done: list[int] = []
    for _ in range(rounds):
        before = len(log)
        turns.accepted()
        await asyncio.sleep(0)
        done.append(len(log) - before)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    return done


async def test_once_a_call_was_refused_the_next_are_accepted_first() -> None:
    turns = Turns()
    turns.press()
    done = await rounds_of_work(turns, 10 * (ACCEPT_ROUNDS + 1))
    assert 9 <= sum(done) <= 12, done


async def test_no_room_is_made_for_accepting_where_nothing_was_refused() -> None:
    done = await rounds_of_work(Turns(), 40)
    assert sum(done) >= 35, done
