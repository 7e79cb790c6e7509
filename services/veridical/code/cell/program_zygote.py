"""What the zygote of program cells does once for all of them: it makes their stage, and rehearses."""

from __future__ import annotations

from veridical.code.cell.blobs import send_blob
from veridical.code.cell.processes import Watch
from veridical.code.cell.program import Server
from veridical.code.cell.python_main import Stage, compile_program
from veridical.code.cell.rehearsal import ROUNDS, Script
from veridical.sandbox.inner.cell import Begin, Serve

_SOURCE = b"a, b = map(int, input().split())\nprint(a + b)\n"
_STDIN = b"1 2\n"
_FILE = "/dev/null"
_PROGRAM = {
    "size": len(_SOURCE),
    "file": _FILE,
    "compile": [],
    "run": ["python3"],
    "interpreter": True,
}
_CASE = {"stdin": len(_STDIN), "files": [], "args": [], "max_output": 1 << 20}


def prepare() -> Begin:
    """What each cell calls ahead of its start."""
    stage = Stage()
    for _ in range(ROUNDS):
        frame = Script()
        send_blob(frame, {"program": _PROGRAM, "case": _CASE}, _SOURCE, _STDIN)
        watch = Watch()
        watch.has_told = False  # says nothing on this process's stderr
        Server(stage, watch).serve(Script(frame.sent), None)
        watch.close()

    def begin() -> Serve:
        server = Server(stage, Watch())
        compile_program(_SOURCE, _FILE)  # has the compiler's memory copied
        return server.serve

    return begin
