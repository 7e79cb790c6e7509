"""A runtime for tests: runs what it is sent, inside the cell, and answers with `out`."""

from __future__ import annotations

from veridical.sandbox.inner.channel import Channel


def serve(control: Channel, peer: Channel | None) -> None:
    while True:
        source = control.receive()
        scope: dict[str, object] = {"control": control, "peer": peer, "out": ""}
        exec(source, scope)
        control.send(f"{scope['out']}\n".encode())
