from __future__ import annotations

import json
import subprocess
import sys

# Importing grpc tries for its optional companions by itself.
SCRIPT = """
import json, sys
import grpc, grpc.aio, google.protobuf.json_format
before = set(sys.modules)
import veridical.client
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_the_client_needs_grpc_and_protobuf_only():
    output = subprocess.run(
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True
    ).stdout
    imported = set(json.loads(output))
    assert "veridical.client.sync_client" in imported
    allowed = {*sys.stdlib_module_names, "veridical", "google", "grpc"}
    assert {name for name in imported if name.partition(".")[0] not in allowed} == set()
    portions = {".".join(n.split(".")[:2]) for n in imported if n.startswith("veridical.")}
    assert portions == {"veridical.api", "veridical.client"}
