from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from veridical.suite.process import ChildProcess, process_end


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


async def test_what_it_writes_comes_line_by_line_and_the_status_at_the_end() -> None:
    lines: list[bytes] = []
    program = "import sys; print('one'); print('two', file=sys.stderr, flush=True); "
    program += "sys.stdout.write('no end'); sys.exit(3)"
    child = ChildProcess([sys.executable, "-u", "-c", program], lines.append)
    assert await child.wait() == 3
    assert lines == [b"one", b"two", b"no end"]


async def test_an_endless_line_is_cut_instead_of_kept() -> None:
    lines: list[bytes] = []
    child = ChildProcess(python("print('x' * 300_000)"), lines.append)
    assert await child.wait() == 0
    assert sum(map(len, lines)) == 300_000
    assert max(map(len, lines)) <= 200_000


async def test_a_signal_is_a_negative_status_and_afterwards_reaches_nobody() -> None:
    child = ChildProcess(python("import time; time.sleep(60)"), lambda line: None)
    child.send(signal.SIGKILL)
    assert await child.wait() == -signal.SIGKILL
    child.send(signal.SIGKILL)


async def test_what_a_dead_process_left_running_is_not_waited_for() -> None:
    program = "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', "
    program += "'import time; time.sleep(60)']); print(child.pid, flush=True)"
    lines: list[bytes] = []
    child = ChildProcess(python(program), lines.append)
    assert await asyncio.wait_for(child.wait(), 30) == 0
    os.kill(int(lines[0]), signal.SIGKILL)


async def test_it_learns_whom_it_must_not_outlive_and_has_a_session_of_its_own() -> None:
    lines: list[bytes] = []
    program = (
        "import os; print(os.environ['VERIDICAL_DIE_WITH_PARENT'], os.getsid(0) == os.getpid())"
    )
    await ChildProcess(python(program), lines.append).wait()
    assert lines == [f"{os.getpid()} True".encode()]


async def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        ChildProcess(["/nonexistent/program"], lambda line: None)


async def test_the_end_of_any_process_is_noticed() -> None:
    process = await asyncio.create_subprocess_exec(*python("input()"), stdin=subprocess.PIPE)
    ended = asyncio.create_task(process_end(process.pid))
    await asyncio.sleep(0)
    assert not ended.done()
    await process.communicate(b"\n")
    await asyncio.wait_for(ended, 30)
    await process_end(process.pid)


async def test_orphans_are_adopted_and_reaped() -> None:
    # In a process of its own: it becomes, and stays, the parent of all orphans below it.
    program = """if True:
        import asyncio, os, signal, sys
        from veridical.suite.process import ChildProcess, adopt_orphans, reap_orphans

        PARENT = '''
        import subprocess, sys
        sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
        print(subprocess.Popen(sleeper, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid)
        '''

        async def main():
            adopt_orphans()
            lines = []
            child = ChildProcess([sys.executable, "-c", "if True:" + PARENT], lines.append)
            assert reap_orphans({child.pid})
            assert await child.wait() == 0
            assert reap_orphans(set()), "the grandchild is a child now"
            os.kill(int(lines[0]), signal.SIGKILL)
            while reap_orphans(set()):
                await asyncio.sleep(0.01)
            print("reaped")

        asyncio.run(main())
    """
    lines: list[bytes] = []
    assert await ChildProcess(python(program), lines.append).wait() == 0
    assert lines == [b"reaped"]


async def test_orphans_are_killed_though_threads_come_and_go() -> None:
    # In a process of its own: it kills all of its children.
    program = """if True:
        import subprocess, sys, threading, time
        from veridical.suite.process import kill_orphans, reap_orphans

        def come_and_go():
            while not done:
                threads = [threading.Thread(target=time.sleep, args=(0,)) for _ in range(8)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()

        done = False
        others = [threading.Thread(target=come_and_go) for _ in range(4)]
        for thread in others:
            thread.start()
        own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        try:
            for _ in range(600):
                kill_orphans({own.pid})
        finally:
            done = True
        assert own.poll() is None
        own.kill()
        own.wait()
        while reap_orphans(set()):
            time.sleep(0.01)
        print("reaped")
    """
    lines: list[bytes] = []
    assert await ChildProcess(python(program), lines.append).wait() == 0, lines
    assert lines == [b"reaped"]
