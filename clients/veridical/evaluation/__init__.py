"""Pass@k and what is compared by it: pure functions on arrays, with formula and source at each.

Wants the extra `report` (numpy, msgspec); see `docs/passk.md`.
"""

from __future__ import annotations
