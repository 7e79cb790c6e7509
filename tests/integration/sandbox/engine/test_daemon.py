"""The daemon stopped, killed and started under load: slots are lost, nothing is wrong or left."""

from __future__ import annotations

import json
import signal
import threading

import pytest

from veridical.sandbox import CellFailed, Limits, SlotLost, open_slot
from veridical.sandbox.docker.backend import DockerBackend
from veridical.sandbox.errors import CellEnded
from veridical.sandbox.selftest import RUNTIME

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]

ORDER = json.dumps({"attacks": ["host_name"]}).encode()
ANSWER = {"host_name": ""}


class Load(threading.Thread):
    """Runs cells one after the other, and opens a new slot whenever one is lost."""

    def __init__(self, broker) -> None:
        super().__init__()
        self.backend = DockerBackend(broker.socket)
        self.done = threading.Event()
        self.right = self.lost = 0
        self.wrong: list[object] = []

    def run(self) -> None:
        while not self.done.is_set():
            try:
                with open_slot(self.backend, [RUNTIME]) as slot:
                    while not self.done.is_set():
                        self._one(slot)
            except (SlotLost, CellFailed):
                self.lost += 1
                self.done.wait(0.05)
            except BaseException as error:
                self.wrong.append(error)
                return

    def _one(self, slot) -> None:
        cell = slot.spawn(RUNTIME.name, Limits())
        cell.send(ORDER)
        try:
            answer = json.loads(cell.receive())
        except CellEnded as error:
            # Had the cell been ready, its end would count against the program in it.
            self.wrong.append(error)
            return
        cell.end()
        if answer == ANSWER:
            self.right += 1
        else:
            self.wrong.append(answer)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_daemon_comes_back(engine, broker, how, eventually):
    loads = [Load(broker) for _ in range(2)]
    for load in loads:
        load.start()
    try:
        eventually(lambda: all(load.right > 5 for load in loads), "cells run")
        engine.stop(how)
        engine.start()
        before = [load.right for load in loads]
        eventually(
            lambda: all(load.right > old + 5 for load, old in zip(loads, before, strict=True)),
            "cells run again, with nobody's help",
        )
    finally:
        for load in loads:
            load.done.set()
        for load in loads:
            load.join(60)
    assert [load.wrong for load in loads] == [[], []]
    eventually(lambda: not engine.containers(), "nothing is left")
