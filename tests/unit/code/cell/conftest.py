"""What these tests share."""

from __future__ import annotations

from collections.abc import Iterator

import proxy_pair
import pytest


@pytest.fixture(scope="module", autouse=True)
def _pair_ends_with_its_module() -> Iterator[None]:
    yield
    proxy_pair.close()
