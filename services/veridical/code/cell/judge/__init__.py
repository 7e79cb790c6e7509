"""The judge's side: runs tests against a solution that lives in another cell.

`serve` takes what is to be judged: `calls`, `asserts`, or `suites` of files. All of them see the solution
through `proxy`; `interpreter` keeps what the solution says from being run beside the tests.
"""

from __future__ import annotations
