"""Two programs in two cells that talk with each other: the streams of each are those of the other.

What one writes travels over the channel between the two cells, in messages that begin with one byte:
more of the stream, or its end.
"""

from __future__ import annotations

import os
import threading

from veridical.code.cell.blobs import Messages
from veridical.code.cell.processes import MAX_STDERR_BYTES, Ran, Start, Streams, pass_on, sweep

RELAY_THREADS = 3
"""Threads that `talk` needs in the first process of a cell."""
_MORE = b"+"
_END = b"."
_READ_BYTES = 1 << 16


def talk(start: Start, peer: Messages) -> Ran:
    """Run a child whose stdin comes from the peer and whose stdout goes to it; returns how it ended."""
    child_in, our_in = os.pipe()
    our_out, child_out = os.pipe()
    our_err, child_err = os.pipe()
    pid = start(Streams(child_in, child_out, child_err))
    for descriptor in (child_in, child_out, child_err):
        os.close(descriptor)
    ran = Ran()
    threads = [
        threading.Thread(target=_hear, args=(peer, our_in), daemon=True),
        threading.Thread(target=_tell, args=(our_out, peer), daemon=True),
        threading.Thread(target=_keep_end, args=(our_err, ran.stderr), daemon=True),
    ]
    for thread in threads:
        thread.start()
    ran.status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    sweep(pid)
    for thread in threads[1:]:
        thread.join()
    return ran


def _hear(peer: Messages, descriptor: int) -> None:
    """Write what the peer sends to the child, until either has had enough."""
    try:
        while (message := peer.receive())[:1] == _MORE:
            view = memoryview(message)[1:]
            while view:
                view = view[os.write(descriptor, view) :]
    except (OSError, EOFError, ValueError):
        pass
    os.close(descriptor)


def _tell(descriptor: int, peer: Messages) -> None:
    """Send what the child writes to the peer."""
    try:
        while data := os.read(descriptor, _READ_BYTES):
            peer.send(_MORE + data)
        peer.send(_END)
    except OSError:
        # The peer is gone; what the child writes from now on goes nowhere.
        while os.read(descriptor, _READ_BYTES):
            pass


def _keep_end(descriptor: int, end: bytearray) -> None:
    while data := os.read(descriptor, _READ_BYTES):
        end += data
        pass_on(data)
        if len(end) > MAX_STDERR_BYTES:
            del end[:-MAX_STDERR_BYTES]
