"""The judge's side: runs tests against a solution that lives in another cell."""

from __future__ import annotations
