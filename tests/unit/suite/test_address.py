from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from veridical.suite.address import is_taken, remove_socket


def test_a_port_is_taken_while_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        assert is_taken(address)
    assert not is_taken(address)


def test_a_socket_that_a_dead_server_left_is_free_and_can_be_removed() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        path = Path(folder) / "s.sock"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            assert is_taken(f"unix:{path}")
        assert path.exists()
        assert not is_taken(f"unix:{path}")
        remove_socket(f"unix:{path}")
        assert list(Path(folder).iterdir()) == []


def test_only_sockets_are_removed() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        path = Path(folder) / "file"
        path.touch()
        remove_socket(f"unix:{path}")
        remove_socket(f"unix:{path}.none")
        assert path.exists()
