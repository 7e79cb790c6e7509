"""The service processes of the integration tests, to be killed and flooded."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

# Test modules cannot import one another; a conftest of another folder is loaded by its path.
_SPEC = spec_from_file_location(
    "integration_services", Path(__file__).parents[1] / "integration" / "conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _MODULE  # dataclasses look their module up
_SPEC.loader.exec_module(_MODULE)

start_service = _MODULE.start_service
