"""What is said of numbers in words, shares of numbers in words, and plain false constants."""

from __future__ import annotations

import pytest

from veridical.proof.check import check_trace
from veridical.proof.model import ClaimVerdict
from veridical.proof.trace import TraceRequest

E, C, U = ClaimVerdict.ENTAILED, ClaimVerdict.CONTRADICTED, ClaimVerdict.UNVERIFIED


def verdicts(step: str, problem: str = "A problem on integers.") -> list[ClaimVerdict]:
    result = check_trace(TraceRequest(problem, (step,)))
    return [claim.verdict for claim in result.steps[0].claims]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("Now $57$ is prime.", [C]),
        ("Since 91 is prime, we stop.", [C]),
        (r"Here \(4 + 2 + 41 = 47\) is prime.", [E, E]),
        ("So 97 is not prime.", [C]),
        (r"Then \(7^2 = 49\), which is a perfect square.", [E, E]),
        ("The number 50 is a perfect square.", [C]),
        ("So $14$ is even, and $15$ is odd.", [E, E]),
        ("Thus $1001$ is divisible by $7$.", [E]),
        ("Thus 1001 is a multiple of 9.", [C]),
        ("Note that 7 divides 91.", [E]),
        ("Note that 7 divides 92.", [C]),
        (r"We get $n^2 + 2n + 1$. This is a perfect square.", [E]),
    ],
)
def test_what_numbers_are_said_to_be(step: str, expected: list[ClaimVerdict]) -> None:
    assert verdicts(step) == expected


@pytest.mark.parametrize(
    "step",
    [
        "If 91 is prime, we are done.",
        "We check whether 91 is prime.",
        "Is 91 prime?",
        "Either 91 is prime or it is not.",
        "The number of days in week 51 is prime.",
        "It cannot be that 91 is prime.",
        "A number that is divisible by 91 is prime only if it is 91.",
        "Step 4 is odd.",
        "So $n + 91$ is prime if $n = 10$.",
        "Suppose $91$ is prime.",
        "The sum x + 4 is odd.",
        "In the list, 5,91 is odd.",
    ],
)
def test_what_is_asked_supposed_or_part_of_more_is_no_claim(step: str) -> None:
    assert C not in verdicts(step)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("Half of the 24 apples is 12.", [E]),
        ("A third of them is left; half of 24 is 13.", [C]),
        ("Two thirds of the 24 apples are 16 apples.", [E]),
        ("Three quarters of his 40 coins are 20.", [C]),
        ("Twice 12 is 25.", [C]),
        ("Three times 5 is 15.", [E]),
        ("20% of 50 is 11.", [C]),
        ("A third of 100 is 33.33.", [E]),
        ("Half of 7 is 3.", [U]),
        ("More than half of 24 is 15.", []),
        ("Half of 24 is 12 more than that.", []),
        ("The first half of 24 is 10.", []),
        ("What if half of 24 is 13?", []),
        ("5 and a half of 24 is 29.", []),
        ("A third of them are red.", []),
    ],
)
def test_shares_of_a_number_that_is_named(step: str, expected: list[ClaimVerdict]) -> None:
    assert verdicts(step) == expected


@pytest.mark.parametrize(
    "step", ["So 17 = 18.", "2 = 1", "Hence 0 = 1.", "We are done.\nThus, 5 = 7"]
)
def test_plain_false_constants(step: str) -> None:
    assert verdicts(step) == [C]


@pytest.mark.parametrize(
    "step",
    [
        "1 = first, 2 = second",
        "1 = 5, 2 = 10, 3 = 15",
        "1 = 2\n2 = 4\n3 = 6",
        "x: 2 = 1 + 1",
        "Scale: 1 = 20",
        "So 5 boxes = 10 pens.",
        "The score is 3 = 4.",
        "So 2 = 1, which is absurd.",
        "So 2 = 1. This is a contradiction.",
        "In base 3, we have 10 = 3.",
        "2 = 2",
    ],
)
def test_lists_scales_and_absurdities_are_not_false(step: str) -> None:
    assert C not in verdicts(step)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("There are 9 choose 3 = 84 ways.", [E]),
        ("There are 9 choose 3 = 85 ways.", [C]),
        ("There are (6 + 4 - 1) choose (4 - 1) = 9 choose 3 = 84 ways.", [E]),
        (r"\[ 2 + 3 = 6 \tag{1} \]", [C]),
        (r"If $k = 2$, then $2 + 2^2 = 5$.", [ClaimVerdict.ASSUMED, C]),
        (r"Here $\pi (1.5)^2 (6) \approx 40.71$.", [C]),
        (r"Here $\pi (1.5)^2 (6) \approx 42.39$.", [E]),
        (r"Here $18.75 + 21.43 \approx 40.2$.", [E]),
        (r"Here $\sqrt{50} \approx 7$.", [E]),
    ],
)
def test_other_forms(step: str, expected: list[ClaimVerdict]) -> None:
    assert verdicts(step) == expected
