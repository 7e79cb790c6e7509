"""The runtime that runs whole programs, in a plain process: what is isolated is tried elsewhere."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from veridical.code.cell.blobs import receive_blob, send_blob
from veridical.code.cell.python_main import RAISED_STATUS
from veridical.code.languages import languages
from veridical.sandbox.inner.channel import Channel

SERVE = """
import socket, sys
from veridical.code.cell.program_zygote import prepare
from veridical.sandbox.inner.channel import Channel
control, *peer = [Channel(socket.socket(fileno=int(each))) for each in sys.argv[1:]]
prepare()()(control, *(peer or [None]))
"""
MAX_OUTPUT = 1 << 24

Ran = tuple[dict[str, Any], bytes]


class Cell:
    """A process that serves programs, and the host's end of its channel."""

    def __init__(self, folder: Path, peer: socket.socket | None = None) -> None:
        ours, theirs = socket.socketpair()
        passed = [theirs.fileno(), *([peer.fileno()] if peer else [])]
        self.work = folder / "work"
        self.work.mkdir(parents=True)
        command = [sys.executable, "-c", SERVE, *map(str, passed)]
        self.process = subprocess.Popen(command, pass_fds=passed, cwd=self.work)
        theirs.close()
        self.channel = Channel(ours)

    def load(self, language: str, source: str | bytes) -> dict[str, Any]:
        row = languages()[language]
        content = source if isinstance(source, bytes) else source.encode()
        program = {
            "size": len(content),
            "file": row.file,
            "compile": row.compile,
            "run": row.run,
            "interpreter": row.interpreter,
        }
        send_blob(self.channel, {"program": program}, content)
        return receive_blob(self.channel, MAX_OUTPUT)[0]

    def run(
        self, stdin: bytes = b"", *args: str, max_output: int = MAX_OUTPUT, **files: bytes
    ) -> Ran:
        sizes = [[name, len(content)] for name, content in files.items()]
        case = {"stdin": len(stdin), "files": sizes, "args": args, "max_output": max_output}
        send_blob(self.channel, {"case": case}, stdin, *files.values())
        header, stdout = receive_blob(self.channel, MAX_OUTPUT)
        return header["ran"], stdout

    def close(self) -> None:
        self.channel.close()
        self.process.wait(20)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Cell]]:
    cells: list[Cell] = []

    def start_one(peer: socket.socket | None = None) -> Cell:
        cells.append(Cell(tmp_path / str(len(cells)), peer))
        return cells[-1]

    yield start_one
    for cell in cells:
        cell.close()


READ_ALL_WAYS = {
    "input": "print(input() + input())",
    "stdin": "import sys; print(''.join(line.strip() for line in sys.stdin))",
    "buffer": "import sys; print(b''.join(sys.stdin.buffer.read().split()).decode())",
    "descriptor": "import os; os.write(1, b''.join(os.read(0, 99).split()) + b'\\n')",
    "open0": "print(''.join(open(0).read().split()))",
    "path": "print(''.join(open('/dev/stdin').read().split()))",
    "quit": "print(input() + input()); quit()",
    "exit": "import sys; print(input() + input()); sys.exit()",
    "atexit": "import atexit; s = input() + input(); atexit.register(print, s)",
    "thread": "import threading; threading.Thread(target=lambda: print(input() + input())).start()",
    "main guard": "if __name__ == '__main__':\n    print(input() + input())",
    "future": "from __future__ import annotations\nprint(input() + input())",
    "os._exit": "import os, sys; print(input() + input()); sys.stdout.flush(); os._exit(0)",
    "child": "import subprocess; print(subprocess.run(['tr', '-d', '\\n'], capture_output=True, text=True).stdout)",
    "pool": "import multiprocessing as m\nif __name__ == '__main__':\n"
    " with m.get_context('fork').Pool(1) as p: print(''.join(p.map(str, [input(), input()])))",
    "byte order mark": "\ufeffprint(input() + input())",
    "own source": "import sys; assert open(sys.argv[0]).read() == open(__file__).read(); print(input() + input())",
}


@pytest.mark.parametrize("source", READ_ALL_WAYS.values(), ids=READ_ALL_WAYS)
def test_a_python_program_runs_as_by_the_interpreter(
    start: Callable[..., Cell], source: str
) -> None:
    cell = start()
    assert cell.load("python", source) == {"ready": True}
    for first in (b"4", b"5"):
        ran, stdout = cell.run(first + b"\n2\n")
        assert (ran["status"], stdout.strip()) == (0, first + b"2"), ran["stderr"]


ENDINGS = {
    "import sys; sys.exit(3)": 3,
    "import sys; sys.exit('no')": 1,
    "1 / 0": RAISED_STATUS,
    "import sys; sys.excepthook = lambda *_: None; 1 / 0": RAISED_STATUS,
    "import sys; sys.exit(1)": 1,
    "import os, sys\nif os.fork() == 0: 1 / 0\nsys.exit(9 + os.WEXITSTATUS(os.wait()[1]))": 10,
    "x = [0]\nwhile True: x = x * 2\n": 119,
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": -9,
    "import os; os.abort()": -6,
    "import os; os._exit(7)": 7,
    "import sys; print(1); sys.stdout.close()": 0,
}


@pytest.mark.parametrize("source", ENDINGS, ids=range(len(ENDINGS)))
def test_the_end_of_a_program_is_told(start: Callable[..., Cell], source: str) -> None:
    cell = start()
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))\n"
    cell.load("python", limit + source)
    assert cell.run()[0]["status"] == ENDINGS[source]


def test_a_traceback_shows_the_program_alone(start: Callable[..., Cell]) -> None:
    cell = start()
    cell.load("python", "def f():\n    raise KeyError('gone')\nf()\n")
    stderr = cell.run()[0]["stderr"]
    assert stderr.count("File ") == 2
    assert stderr.endswith("KeyError: 'gone'\n")
    assert "raise KeyError" in stderr


@pytest.mark.parametrize("source", ["def f(:", "x = '\0'", b"# coding: none\n", "(" * 500])
def test_what_does_not_compile_is_told(start: Callable[..., Cell], source: str | bytes) -> None:
    assert "Error" in start().load("python", source)["error"]


HELLO = {
    "python": "print(input()[::-1])",
    "c": '#include <stdio.h>\nint main(void){char s[9];int n=scanf("%8s",s);for(n=8;n--;)'
    "if(s[n]>32&&n<3)putchar(s[n]);putchar(10);return 0;}",
    "cpp": "#include <iostream>\n#include <string>\nint main(){std::string s;std::cin>>s;"
    "std::cout<<std::string(s.rbegin(),s.rend())<<std::endl;}",
    "javascript": "console.log(require('fs').readFileSync(0,'utf8').trim().split('').reverse().join(''))",
    "bash": "read line; for ((i=${#line}-1;i>=0;i--)); do printf '%s' \"${line:i:1}\"; done; echo",
}


@pytest.mark.system
@pytest.mark.parametrize("language", HELLO)
def test_every_language_runs(start: Callable[..., Cell], language: str) -> None:
    cell = start()
    assert cell.load(language, HELLO[language]) == {"ready": True}
    for _ in range(2):
        assert cell.run(b"abc\n")[1] == b"cba\n"


def test_bash_runs_and_a_missing_toolchain_is_told(start: Callable[..., Cell]) -> None:
    cell = start()
    assert cell.load("bash", HELLO["bash"]) == {"ready": True}
    assert cell.run(b"abc\n")[1] == b"cba\n"
    program = {"size": 0, "file": "x", "compile": ["no-such-compiler"], "run": ["./x"]}
    send_blob(cell.channel, {"program": {**program, "interpreter": False}}, b"")
    assert receive_blob(cell.channel, 0)[0] == {"missing": "no-such-compiler"}
    send_blob(cell.channel, {"which": ["bash", "no-such-compiler"]})
    assert receive_blob(cell.channel, 0)[0] == {"found": ["bash"]}
    assert shutil.which("bash")


def test_much_goes_in_and_out_at_once(start: Callable[..., Cell]) -> None:
    cell = start()
    cell.load("python", "import sys\nfor line in sys.stdin: print(line, end='')")
    much = b"".join(b"%d\n" % n for n in range(1_500_000))
    assert len(much) > 10_000_000
    assert cell.run(much)[1] == much


def test_input_may_stay_unread_and_output_is_bounded(start: Callable[..., Cell]) -> None:
    cell = start()
    cell.load("python", "print('done')")
    assert cell.run(b"x" * 3_000_000) == ({"status": 0, "flood": False, "stderr": ""}, b"done\n")
    cell.load("python", "import sys\nwhile True: print('y' * 1000)")
    ran, stdout = cell.run(max_output=5000)
    assert (ran["flood"], len(stdout)) == (True, 5000)
    cell.load("python", "import sys; sys.stderr.write('e' * 1_000_000); print('out')")
    ran, stdout = cell.run()
    assert (len(ran["stderr"]), stdout) == (8192, b"out\n")


def test_what_a_case_leaves_behind_is_gone_for_the_next(start: Callable[..., Cell]) -> None:
    cell = start()
    source = (
        "import os, subprocess\n"
        "print(sorted(os.listdir()), os.path.exists('../left'))\n"
        "open('left', 'w').close(); os.mkdir('../left'); os.symlink('/etc', 'link')\n"
        "subprocess.Popen(['sleep', '600'])\n"
    )
    cell.load("python", source)
    first = cell.run(b"", "data", data=b"1")
    assert first[1] == b"['data', 'main.py'] False\n"
    assert cell.run() == (first[0], b"['main.py'] False\n")


def test_arguments_and_files_reach_a_checker(start: Callable[..., Cell]) -> None:
    cell = start()
    cell.load(
        "python", "import sys; sys.exit(open(sys.argv[1]).read() != open(sys.argv[2]).read())"
    )
    assert cell.run(b"", "a", "b", a=b"1", b=b"1")[0]["status"] == 0
    assert cell.run(b"", "a", "b", a=b"1", b=b"2")[0]["status"] == 1


def test_two_programs_talk(start: Callable[..., Cell]) -> None:
    ours, theirs = socket.socketpair()
    judge, cell = start(ours), start(theirs)
    ours.close()
    theirs.close()
    judge.load(
        "python",
        "import sys\nlow = int(open('secret').read())\nfor _ in range(8):\n"
        " guess = int(input())\n print('<>='[(guess < low) + 2 * (guess == low)], flush=True)\n"
        " if guess == low: sys.exit(0)\nsys.exit(1)",
    )
    cell.load(
        "python",
        "a, b = 0, 100\nwhile True:\n m = (a + b) // 2\n print(m, flush=True)\n c = input()\n"
        " if c == '=': break\n a, b = (m + 1, b) if c == '>' else (a, m)",
    )
    send_blob(judge.channel, {"talk": {"files": [["secret", 2]], "args": []}}, b"37")
    send_blob(cell.channel, {"talk": {"files": [], "args": []}})
    for each in (judge, cell):
        assert receive_blob(each.channel, 0)[0]["ran"] == {
            "status": 0,
            "flood": False,
            "stderr": "",
        }
