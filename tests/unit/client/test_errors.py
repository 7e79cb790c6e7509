from __future__ import annotations

import pickle

import pytest

from veridical.client import (
    BadValueError,
    OverloadedError,
    ServerError,
    UndecidedError,
    UnknownFieldError,
    Verdict,
    VeridicalError,
)


def test_undecided_items_are_counted():
    one = Verdict(id="a", detail="too slow")
    assert str(UndecidedError([one])) == "1 item is undecided: 'a': too slow"
    assert str(UndecidedError([one] * 2)) == "2 items are undecided; the first is 'a': too slow"


@pytest.mark.parametrize(
    "error",
    [
        UnknownFieldError("task.math.golf"),
        BadValueError("task.math.gold", "cannot be 1", "7"),
        OverloadedError("no room", 0.5),
        ServerError("INTERNAL: internal error 01", "01"),
        UndecidedError([Verdict(id="a"), Verdict(id="b")]),
    ],
)
def test_errors_survive_the_way_out_of_a_worker_process(error):
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, VeridicalError)
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
