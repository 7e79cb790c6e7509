"""math-verify's two calls over RPC: the same answers as in process."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from veridical.client import Client, PercentPolicy, UndecidedError
from veridical.integrations.math_verify import GoldUnparsableError, RemoteMathVerify
from veridical.math import dropin

PAIRS = [
    ("1/2", r"So it is \boxed{0.5}."),
    (r"$\frac12$", "The answer is 1/3"),
    ("18", r"\boxed{41} or \boxed{18}"),
    ("18", ""),
    ("x^2-1", r"\boxed{(x-1)(x+1)}"),
    ("x^2-1", r"\boxed{(x-1)(x+2)}"),
    ("18", "<think>\\boxed{18}</think> I do not know."),
]


@pytest.fixture(scope="module")
def client(math_address: str) -> Iterator[Client]:
    with Client(math_address) as client:
        yield client


@pytest.mark.parametrize(("gold", "response"), PAIRS)
def test_both_shapes_agree(client: Client, gold: str, response: str) -> None:
    remote = RemoteMathVerify(client)
    local = dropin.verify(dropin.parse(gold), dropin.parse(response))
    assert remote.verify(remote.parse(gold), remote.parse(response)) is local
    assert remote.verify(gold, response) is local


def test_policy_counts(client: Client) -> None:
    optional = PercentPolicy.PERCENT_POLICY_SIGN_OPTIONAL
    assert not RemoteMathVerify(client).verify("10%", "10")
    assert RemoteMathVerify(client, percent=optional).verify("10%", "10")


def test_a_bad_gold_is_an_error_and_not_false(client: Client) -> None:
    with pytest.raises(GoldUnparsableError, match="choice") as caught:
        RemoteMathVerify(client).verify("18 or 17", "18")
    assert isinstance(caught.value, UndecidedError)
    assert type(pickle.loads(pickle.dumps(caught.value))) is GoldUnparsableError
