"""Files of a suite that its tests open in a folder of which they have a descriptor, or by another name."""

from __future__ import annotations

import pytest
from proxy_pair import judged

FILES = {"data/exp.txt": "42", "data/other.txt": "1", "more/deep/one.txt": "2"}
PROGRAM = "def f(x): return 42\n"
READING = {
    "a descriptor of a folder": (
        (
            "d = os.open('dat' + 'a', os.O_RDONLY)\n"
            "    h = os.open('ex' + 'p.txt', os.O_RDONLY, dir_fd=d)\n    text = os.read(h, 9)"
        ),
        ["data/exp.txt"],
    ),
    "an opener": (
        (
            "d = os.open('dat' + 'a', os.O_RDONLY)\n"
            "    text = open('ex' + 'p.txt', opener=lambda p, f: os.open(p, f, dir_fd=d)).read()"
        ),
        ["data/exp.txt"],
    ),
    "a folder that is renamed": (
        "os.rename('dat' + 'a', 'oth' + 'er')\n    text = open('oth' + 'er/ex' + 'p.txt').read()",
        ["data/exp.txt", "data/other.txt"],
    ),
    "a folder far within": (
        "os.rename('mor' + 'e', 'oth' + 'er')\n    text = 42",
        ["more/deep/one.txt"],
    ),
    "a file that is renamed": (
        "os.chdir('dat' + 'a')\n    os.rename('ex' + 'p.txt', 'x')\n    text = open('x').read()",
        ["data/exp.txt"],
    ),
    "a file that is renamed by descriptors": (
        (
            "d = os.open('dat' + 'a', os.O_RDONLY)\n"
            "    os.rename('ex' + 'p.txt', 'x', src_dir_fd=d, dst_dir_fd=d)\n    text = 42"
        ),
        list(FILES),
    ),
    "a file of its own that is renamed": (
        "open('mine', 'w').close()\n    os.rename('mine', 'yours')\n    text = 42",
        [],
    ),
}


@pytest.mark.parametrize("name", READING)
def test_what_tests_may_have_read_is_told(name: str) -> None:
    read, found = READING[name]
    tests = f"import os\nfrom solution import f\ndef test_a():\n    result = f(1)\n    {read}\n    assert result == int(text)\n"
    told = [{"path": path, "content": content} for path, content in FILES.items()]
    request = {"path": "test_it.py", "content": tests}
    files = {"files": [request, *told], "solution_path": "solution.py", "runner": "pytest"}
    result = judged(PROGRAM, {"files": files})
    assert result["own_files"] == found, result
    assert result["passed"], result
