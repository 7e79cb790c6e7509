"""Reasons, rules and places of answers in words, for a person."""

from __future__ import annotations

from veridical.client import Verdict, reason_name

REASONS = {
    "invalid_item": "the item is malformed",
    "unsupported_task": "no server serves this kind of task",
    "backend_unavailable": "the verifier could not be reached within the deadline",
    "deadline_exceeded": "the call's deadline came before the verdict",
    "overloaded": "the verifier has no room for the item now",
    "verifier_timeout": "the verifier's own work met its time limit, twice",
    "verifier_memory": "the verifier's own work met its memory limit, twice",
    "verifier_crashed": "the verifier's own process died on this item, twice",
    "response_too_large": "the response is longer than the server allows",
    "equal": "the answer equals the gold",
    "not_equal": "the answer does not equal the gold",
    "no_answer": "the response commits to no answer",
    "answer_too_complex": "the answer is larger, deeper or costlier than the counted-work budget allows",
    "answer_unparsable": "the answer cannot be read as mathematics and is not the gold's text",
    "gold_unparsable": "the gold is empty or cannot be read",
    "hedged_answer": "the answer leaves a choice open between several values",
    "several_answers": "the response gives several different final answers",
    "negated_answer": "the response denies the answer it names",
    "false_chain": "the answer is a chain of equalities that does not hold",
    "prompt_echo": "what looks like an answer repeats the prompt",
    "truncated": "the response was cut off inside its answer",
    "tests_passed": "every test passed",
    "wrong_answer": "a test saw a wrong result",
    "time_limit": "the program used more time than its limit",
    "memory_limit": "the program used more memory than its limit",
    "output_limit": "the program wrote more than its limit",
    "runtime_error": "the program raised, crashed or ended with a failure status",
    "compile_error": "the program does not compile",
    "no_code": "the response holds no program",
    "early_exit": "the program ended before its tests did",
    "invalid_tests": "the tests themselves do not work",
    "tests_need_shared_interpreter": "the tests need an interpreter shared with the solution, which the task "
    "does not allow",
    "language_unavailable": "no toolchain for the task's language is installed",
    "isolation_unavailable": "the isolation that the task or the server demands cannot be had here",
    "cell_failed": "a cell failed before the program could run",
    "proof_valid": "the proof is valid",
    "proof_unrefuted": "nothing in the proof was refuted and enough of it was decided",
    "step_contradicted": "a step is contradicted by a counterexample",
    "step_not_entailed": "a step does not follow",
    "gold_mismatch": "the conclusion is not the gold",
    "low_coverage": "too little of the proof could be decided",
    "no_steps": "the response holds no steps",
    "proof_incomplete": "the proof is incomplete: a case, premise or assumption is left open",
    "format_matched": "the response keeps the form",
    "format_mismatched": "the response misses a demand of the form",
    "control": "a control verdict, which says nothing about the response",
    "all_correct": "every part is correct",
    "part_incorrect": "a part is incorrect",
    "part_undecided": "a part is undecided and none is incorrect",
}
"""What each reason says, by its name on screen; as the contract has it."""

RULES = {
    "extraction": "how the answer stands in the response, before anything was compared",
    "limits": "the bounds on what is compared",
    "parse": "a side is no mathematics",
    "text": "the normal forms were compared",
    "rational": "exact numbers",
    "structure": "both sides read as the same term",
    "residue": "exact values at points that nobody can foresee",
    "numeric": "value, to high precision",
    "kind": "the sides are different things, such as a number and words",
    "words": "words, choices or times",
    "unit": "quantities with their units",
    "members": "the members of lists, sets or matrices",
    "region": "sets of real numbers, such as intervals",
    "equation": "what solves the equations",
    "symbolic": "algebra",
}
"""What each rule of the math verifier means; one that is missing here is shown by its name."""

PLACES = {
    "EXTRACTION_BOXED": r"the last \boxed{...}",
    "EXTRACTION_HASHES": "the line behind the last ####",
    "EXTRACTION_ANSWER_TAGS": "the last <answer>...</answer>",
    "EXTRACTION_FINAL_ANSWER": 'the last "answer is"',
    "EXTRACTION_ANSWER_LINE": "the last line A: or Answer:",
    "EXTRACTION_BARE": "the whole response",
    "EXTRACTION_CONCLUSION": "the end of the last sentence",
}
"""Where each extraction looks; one that is missing here is shown by its name or number."""


def reason_words(verdict: Verdict) -> str:
    """Return why a verdict came about, in words; the name where a reason is not known here."""
    name = reason_name(verdict.reason)
    return REASONS.get(name, name)


def rule_words(rule: str) -> str:
    """Return which step of the math verifier decided, in words."""
    return f"{rule}: {RULES[rule]}" if rule in RULES else rule


def place_words(extraction: str | int) -> str:
    """Return where an answer was found, in words; takes the JSON form of an `Extraction`."""
    return PLACES.get(str(extraction), str(extraction))
