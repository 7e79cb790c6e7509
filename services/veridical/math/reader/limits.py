"""Counted limits of one text; none depends on time."""

from __future__ import annotations

MAX_CHARACTERS = 2000
"""Code points of a text."""
MAX_TOKENS = 800
"""Tokens of a text."""
MAX_DEPTH = 24
"""Nesting of groups, exponents and function arguments."""
MAX_DIGITS = 1000
"""Digits of one number, its power of ten included."""
MAX_POSTFIXES = 8
"""Factorials, percent signs and the like behind one operand."""
