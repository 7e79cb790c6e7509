"""Right programs are right, however unusual."""

from __future__ import annotations

import pytest
from code_attack_host import CodeServer
from code_attack_programs import Honest, read_honest

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT
from veridical.client import Client, ClientSettings, RetrySettings, Verdict

HONEST = read_honest()


@pytest.fixture(scope="module")
def verdicts(server: CodeServer) -> dict[str, Verdict]:
    """The verdict on each program, by its name."""
    settings = ClientSettings(retry=RetrySettings(items=False))
    with Client(server.address, settings=settings) as client:
        found = client.verify_batch([each.item() for each in HONEST], timeout=300)
    return {verdict.id: verdict for verdict in found}


@pytest.mark.timeout(360)
@pytest.mark.parametrize("honest", HONEST, ids=lambda each: each.name)
def test_an_honest_program_is_correct(honest: Honest, verdicts: dict[str, Verdict]) -> None:
    verdict = verdicts[honest.name]
    assert verdict.outcome == OUTCOME_CORRECT, (honest.why, str(verdict)[-3000:])
    assert not verdict.code.shared_interpreter
