"""What the zygote of solutions' cells does once for all of them: it rehearses."""

from __future__ import annotations

import json
import linecache
import sys

from veridical.code.cell.rehearsal import ROUNDS, Script
from veridical.code.cell.site_names import add_site_names
from veridical.code.cell.solution.output import Output
from veridical.code.cell.solution.serve import Server, serve
from veridical.code.cell.variables import variables
from veridical.code.cell.world import Replica
from veridical.sandbox.inner.cell import Begin, Serve

_LOAD = {"source": "def same(*values):\n    return values[0]\n", "module": "solution"}
_ASKED = {"all": False, "tracks": False, "world": False, "frames": False, "records": []}
_NOWHERE = "/veridical/nowhere"
_TALK = (
    ["names", {"names": ["same"], **_ASKED}, None],
    ["call", [0, None, [1, 2], []], None],
    ["call", [0, None, ["text", 0.5], []], None],
    ["call", [0, None, [{"L": [-1, [1, 2], False]}, True], []], None],
    ["call", [0, None, [None], []], None],
)


def prepare() -> Begin:
    """What each cell calls ahead of its start."""
    add_site_names()
    streams = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
    talk = [json.dumps(message).encode() for message in _TALK]
    for _ in range(ROUNDS):
        serve(Script([json.dumps({"load": _LOAD}).encode()]), Script(talk))
        shared = Replica(_NOWHERE, variables(), Output())
        shared.changes()
        shared.surroundings()
    sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]
    del sys.modules[_LOAD["module"]]
    linecache.clearcache()
    server = Server()

    def begin() -> Serve:
        compile(_LOAD["source"], "", "exec")  # has the compiler's memory copied
        return server.serve

    return begin
