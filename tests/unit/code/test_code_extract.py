from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.code.extract import CodeExtraction, extract_program
from veridical.code.languages import languages

PYTHON = languages()["python"].labels
CPP = languages()["cpp"].labels
BLOCK, WHOLE, COMPLETION = CodeExtraction


def taken(
    response: str,
    how: CodeExtraction | None = None,
    labels: tuple[str, ...] = PYTHON,
    prompt: str = "",
) -> str | None:
    found = extract_program(response, labels, how, prompt)
    return None if found is None else found.text


RESPONSES = {
    "one block": ("Here:\n```python\nx = 1\n```\nDone.", "x = 1\n"),
    "the last of two": ("```python\nx = 1\n```\nBetter:\n```py\nx = 2\n```", "x = 2\n"),
    "alias, spaces, case": ("``` Python3 title=a\nx = 1\n```", "x = 1\n"),
    "minor version": ("```python3.11\nx = 1\n```\n```python2.7\nx = 2\n```", "x = 1\n"),
    "version behind a space": ("```Python 3\nx = 1\n```\n```\nx = 2\n```", "x = 1\n"),
    "attribute form": ("```{.python}\nx = 1\n```", "x = 1\n"),
    "a block of output behind it": ("```python\nprint(3)\n```\nOutput:\n```\n3\n```", "print(3)\n"),
    "another language behind it": ("```python\nx = 1\n```\n```bash\npython x.py\n```", "x = 1\n"),
    "no label": ("```\nx = 1\n```", "x = 1\n"),
    "empty block last": ("```python\nx = 1\n```\n```python\n```", "x = 1\n"),
    "never closed": ("```python\nx = 1\ny = 2", "x = 1\ny = 2"),
    "tildes": ("~~~python\nx = '```'\n~~~", "x = '```'\n"),
    "longer fence": ("````python\nx = '''\n```\n'''\n````", "x = '''\n```\n'''\n"),
    "docstring with an indented fence": (
        '```python\ndef f():\n    """\n    ```\n    f()\n    ```\n    """\n```',
        'def f():\n    """\n    ```\n    f()\n    ```\n    """\n',
    ),
    "in a list": ("1. So:\n\n   ```python\n   if x:\n       y()\n\n   ```\n", "if x:\n    y()\n\n"),
    "within a block of Markdown": (
        "````markdown\nText\n```python\nx = 1\n```\n````\n",
        "x = 1\n",
    ),
    "CRLF": ("```python\r\nx = 1\r\n```\r\n", "x = 1\n"),
    "inline code is no fence": ("Use ```x = 2``` or\n```python\nx = 1\n```", "x = 1\n"),
    "byte order mark": ("```python\n\ufeffx = 1\n```", "x = 1\n"),
    "thinking": ("<think>\n```python\nx = 0\n```\n</think>\n```python\nx = 1\n```", "x = 1\n"),
    "thinking from the prompt": ("```python\nx = 0\n```\n</think>\nx = 1", "x = 1"),
    "nothing but thinking": ("<think>```python\nx = 0\n```</think>", None),
    "bare": ("x = 1", "x = 1"),
    "empty": (" \n", None),
}


@pytest.mark.parametrize(("response", "program"), RESPONSES.values(), ids=RESPONSES)
def test_default(response: str, program: str | None) -> None:
    found = taken(response)
    assert (found.strip() if found and program == "x = 1" else found) == program


def test_policies() -> None:
    fenced = "```python\nx = 1\n```"
    assert taken("x = 1", BLOCK) is None
    assert taken("```java\nx\n```", BLOCK) is None
    assert taken(fenced, WHOLE) == fenced
    assert taken("    return 1\n", COMPLETION, prompt="def f():\n") == "def f():\n    return 1\n"
    assert taken("```c++\nint x;\n```", labels=CPP) == "int x;\n"
    assert taken("```c\nint x;\n```", BLOCK, CPP) is None


def test_offsets_count_code_points() -> None:
    response = "😀é\n```python\nx = 'ü'\n```\n"
    found = extract_program(response, PYTHON, None)
    assert found is not None
    assert response[found.start : found.end] == found.text == "x = 'ü'\n"


@given(st.text(alphabet="`~py \n<>/x", max_size=80))
def test_any_text_gives_a_range_within_it(response: str) -> None:
    found = extract_program(response, ("py",), None)
    if found is not None:
        assert 0 <= found.start < found.end <= len(response)
        assert found.text.strip()


@pytest.mark.parametrize(
    "response",
    [
        "```" + " " * 1_000_000 + "x",
        "```python\n" * 100_000,
        "````md\n" * 100_000,
        " " * 1_000_000 + "`",
        "~~~\n```\n" * 100_000,
        "```x" + ".1" * 500_000 + "x",
    ],
)
def test_time_is_linear(response: str) -> None:
    begin = time.process_time()
    extract_program(response, PYTHON, None)
    assert time.process_time() - begin < 5
