"""Unit-test execution: judging a program against tests. The room is kept; nothing stands in it yet."""

from __future__ import annotations
