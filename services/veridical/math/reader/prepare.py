r"""What only the whole text can say about single tokens.

- Within brackets `1,234` is a list, unless the bracket's other commas are followed by spaces or a
  group could be no member (`1,000`); a bracket with semicolons has decimal commas (`(0,5; 1,5)`).
- `i` is a letter where it is an index (`\sum_{i=1}^n`), or where `j` stands beside it; `j` is the
  imaginary unit directly behind a number where nothing else could be meant (`3+4j`), and `I` in plain
  text beside a multiplication sign (`2*I`).
- `&` means nothing in environments that only align.
"""

from __future__ import annotations

from veridical.math.reader.environments import SYSTEMS
from veridical.math.reader.tokens import Kind, Token


def prepare(tokens: list[Token]) -> list[Token]:
    """Return `tokens` with these changes made, in linear time."""
    kinds = {token.kind for token in tokens}
    if Kind.OPEN in kinds and Kind.SEMICOLON in kinds and Kind.COMMA in kinds:
        tokens = _with_decimal_commas(tokens)
    if Kind.OPEN in kinds and any(
        "," in token.text for token in tokens if token.kind is Kind.NUMBER
    ):
        tokens = _split_thousands(tokens)
    if Kind.BEGIN in kinds and Kind.CELL in kinds:
        tokens = _without_alignment(tokens)
    return _with_imaginary(tokens)


def _split_thousands(tokens: list[Token]) -> list[Token]:
    enclosing = _enclosing(tokens)
    spaced = _spaced(tokens, enclosing)
    changed: list[Token] = []
    for index, token in enumerate(tokens):
        opening = enclosing[index]
        is_joined = token.kind is not Kind.NUMBER or "," not in token.text or "{" in token.text
        if is_joined or opening is None or opening in spaced or "\\" in token.text:
            changed.append(token)
        else:
            changed.extend(_members(token))
    return changed


def _with_decimal_commas(tokens: list[Token]) -> list[Token]:
    """Join what stands around commas in round brackets whose members semicolons part."""
    enclosing = _enclosing(tokens)
    parted = {
        enclosing[index] for index, token in enumerate(tokens) if token.kind is Kind.SEMICOLON
    }
    changed: list[Token] = []
    for index, token in enumerate(tokens):
        opening = enclosing[index]
        is_round = opening is not None and tokens[opening].text == "("
        if is_round and opening in parted and _is_decimal(tokens, index):
            whole = changed[-2]
            changed[-2:] = [whole._replace(text=f"{whole.text}.{token.text}")]
        else:
            changed.append(token)
    return changed


def _is_decimal(tokens: list[Token], index: int) -> bool:
    """Say whether the number at `index` follows another and a comma without a space."""
    token = tokens[index]
    if index < 2 or token.kind is not Kind.NUMBER or token.gap or not token.text.isdecimal():
        return False
    comma, whole = tokens[index - 1], tokens[index - 2]
    return comma.kind is Kind.COMMA and whole.kind is Kind.NUMBER and whole.text.isdecimal()


def _enclosing(tokens: list[Token]) -> list[int | None]:
    """Return the index of the bracket directly around each token; braces of LaTeX are none."""
    open_at: list[int | None] = []
    enclosing: list[int | None] = []
    for index, token in enumerate(tokens):
        if token.kind is Kind.CLOSE and open_at:
            open_at.pop()
        enclosing.append(open_at[-1] if open_at else None)
        if token.kind is Kind.OPEN:
            around = open_at[-1] if open_at else None
            open_at.append(index if token.text else around)
    return enclosing


def _spaced(tokens: list[Token], enclosing: list[int | None]) -> set[int | None]:
    """Return the brackets in which a space stands behind a comma."""
    return {
        enclosing[index]
        for index, token in enumerate(tokens[:-1])
        if token.kind is Kind.COMMA and tokens[index + 1].gap
    }


def _members(token: Token) -> list[Token]:
    """Return the tokens of a list written without spaces, or the one number that it must be."""
    groups = token.text.split(",")
    if any(len(group) > 1 and group.startswith("0") for group in groups):
        return [token]
    members: list[Token] = []
    start = token.start
    for group in groups:
        if members:
            members.append(Token(Kind.COMMA, "", start - 1, gap=False))
        members.append(Token(Kind.NUMBER, group, start, gap=False))
        start += len(group) + 1
    members[0] = members[0]._replace(gap=token.gap)
    return members


def _without_alignment(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    environments: list[str] = []
    for token in tokens:
        if token.kind is Kind.BEGIN:
            environments.append(token.text)
        elif token.kind is Kind.FINISH and environments:
            environments.pop()
        if token.kind is not Kind.CELL or not environments or environments[-1] not in SYSTEMS:
            kept.append(token)
    return kept


def _with_imaginary(tokens: list[Token]) -> list[Token]:
    letters = {token.text for token in tokens if token.kind is Kind.SYMBOL}
    if _is_letter(tokens, letters):
        return [
            token._replace(kind=Kind.SYMBOL) if _is_constant(token, "i") else token
            for token in tokens
        ]
    if letters == {"j"} or "I" in letters:
        return _with_units(tokens, letters)
    return tokens


def _is_letter(tokens: list[Token], letters: set[str]) -> bool:
    for index, token in enumerate(tokens[:-1]):
        if _is_constant(token, "i") and (tokens[index + 1].text == "=" or "j" in letters):
            return True
    return False


def _is_constant(token: Token, name: str) -> bool:
    return token.kind is Kind.CONSTANT and token.text == name


def _with_units(tokens: list[Token], letters: set[str]) -> list[Token]:
    changed = list(tokens)
    for index, token in enumerate(tokens[:-1]):
        if token.kind is not Kind.SYMBOL:
            continue
        before = tokens[index - 1] if index else tokens[-1]
        beside = {before.kind, tokens[index + 1].kind}
        is_j = letters == {"j"} and before.kind is Kind.NUMBER and not token.gap
        if is_j or (token.text == "I" and Kind.TIMES in beside):
            changed[index] = token._replace(kind=Kind.CONSTANT, text="i")
    return changed
