from __future__ import annotations

import ast

from veridical.cli.audits.mutants import mutants

SOURCE = """def f(xs, n=2):
    total = 0
    for x in xs:
        if x > n and x != 7:
            total += x * 3
    return total
"""


def test_every_variant_is_another_program_and_says_what_was_changed() -> None:
    found = mutants(SOURCE, 100)
    assert len({mutant.source for mutant in found}) == len(found) >= 10
    assert ast.unparse(ast.parse(SOURCE)) not in {mutant.source for mutant in found}
    changes = {(mutant.line, mutant.before, mutant.after) for mutant in found}
    assert (4, "x > n", "x >= n") in changes
    assert (5, "x * 3", "x + 3") in changes
    assert (6, "return total", "return None") in changes
    for mutant in found:
        compile(mutant.source, "mutant", "exec")


def test_what_no_test_can_see_is_not_changed() -> None:
    found = mutants("print(sum([1], start=0), flush=True)", 100)
    assert sorted((mutant.before, mutant.after) for mutant in found) == [("0", "1"), ("1", "2")]


def test_few_variants_are_spread_over_the_program() -> None:
    lines = [mutant.line for mutant in mutants(SOURCE, 3)]
    assert len(lines) == 3
    assert len(set(lines)) > 1


def test_what_is_no_python_has_no_variants() -> None:
    assert mutants("int main() {}", 5) == mutants("", 5) == []
