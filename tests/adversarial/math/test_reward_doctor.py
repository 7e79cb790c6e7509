"""The audit of reward-doctor finds no exploit in the TRL-shaped reward function."""

from __future__ import annotations

import pytest
from math_reward_doctor import audits

from veridical.client import Client


@pytest.mark.timeout(180)
def test_no_exploits_and_no_more_misses_than_its_own_reference() -> None:
    with Client.local() as client:
        found, reference = audits(client)
    assert "answer=reference" in found.call_plan
    assert len(found.outcomes) > 80
    assert [outcome.case.id for outcome in found.exploits_accepted] == []
    assert [outcome.case.id for outcome in found.false_positives] == []
    assert [(outcome.case.id, outcome.error) for outcome in found.errors] == []
    missed = [outcome.case.id for outcome in found.false_negatives]
    assert len(missed) <= len(reference.false_negatives), missed
