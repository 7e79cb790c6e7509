"""What functions and classes say of themselves across the proxy."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "long documentation": (
        '''
def f():
    """%(long)s"""
class K:
    """%(long)s"""
    def m(self):
        """%(long)s"""
'''
        % {"long": "An account of it. " * 40},
        '''
def f():
    """Short."""
class K:
    """Short."""
    def m(self):
        """Short."""
''',
        """
long = "An account of it. " * 40
assert f.__doc__ == long
assert K.__doc__ == long
assert K.m.__doc__ == K().m.__doc__ == long
assert K().__doc__ == K.__doc__
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_tells_a_right_program_from_a_wrong_one(name: str) -> None:
    tell_apart(*CASES[name])
