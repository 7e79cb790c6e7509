"""What is changed of the tests' interpreter, so that nothing of the program runs in it."""

from __future__ import annotations
