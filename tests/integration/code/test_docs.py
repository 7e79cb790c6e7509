"""The items in the guide work as they stand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from veridical.client import Client, item_from_json, outcome_name

GUIDE = Path(__file__).parents[3] / "docs" / "code.md"
ITEMS = re.findall(r"```json\n(.*?)\n```\n", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", ITEMS, ids=[json.loads(text)["id"] for text in ITEMS])
def test_items_of_the_guide(client: Client, text: str) -> None:
    verdict = client.verify(item_from_json(json.dumps(json.loads(text))), timeout=60)
    if verdict.id == "stdio" and "cpp" not in languages(client):
        assert outcome_name(verdict.outcome) == "undecided"
    else:
        assert outcome_name(verdict.outcome) == verdict.labels["outcome"], verdict


def test_the_program_of_the_guide(code_address: str, capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = re.findall(r"```python\n(import json\n.*?)```\n", GUIDE.read_text(), re.DOTALL)
    exec(program.replace("127.0.0.1:50051", code_address), {})
    assert capsys.readouterr().out == "1.0\n"


def languages(client: Client) -> str:
    return client.describe().defaults["languages"]


def test_the_guide_shows_every_style() -> None:
    styles = {style for text in ITEMS for style in json.loads(text)["task"]["code"]}
    assert {"asserts", "calls", "stdio", "files"} <= styles
