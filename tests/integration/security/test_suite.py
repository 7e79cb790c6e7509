"""`veridical up` and the command's own options, with everything asked for at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "veridical.cli"]
TOKEN = "alice-alice-alice-1"


def test_certificates_and_tokens_are_the_gateways_alone(
    authority: Any, tokens_file: Path, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    server, client = authority.certify("server"), authority.certify("trainer")
    token = tmp_path / "token"
    token.write_text(TOKEN)
    port = free_port()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("VERIDICAL_")}
    # Flags for some, variables for others: the math server must inherit none of them.
    served = {**inherited, "VERIDICAL_TOKENS_FILE": str(tokens_file)}
    flags = [
        *("--listen", f"127.0.0.1:{port}", "--workers", "1", "--json"),
        *("--tls-certificate", str(server.certificate), "--tls-key", str(server.key)),
        *("--tls-client-ca", str(authority.ca)),
    ]
    suite = subprocess.Popen([*COMMAND, "up", *flags], stdout=subprocess.PIPE, env=served)
    try:
        assert suite.stdout is not None
        states = iter(json.loads(line)["state"] for line in suite.stdout)
        assert "ready" in states
        asked = [
            *("--address", f"localhost:{port}", "--tls-ca", str(authority.ca)),
            *("--tls-cert", str(client.certificate), "--tls-key", str(client.key)),
        ]
        told = describe([*asked, "--token-file", str(token)], inherited)
        assert told.returncode == 0, told.stderr
        assert "math" in json.loads(told.stdout)["kinds"]
        told = describe(asked, inherited)
        assert told.returncode == 3
        assert "a valid token is required" in told.stderr
        suite.send_signal(signal.SIGTERM)
        assert suite.wait(30) == 0
    finally:
        if suite.poll() is None:
            suite.kill()
        suite.communicate()


def describe(flags: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "describe", "--json", *flags]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
