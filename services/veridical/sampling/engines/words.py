"""Text to tokens and back."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from veridical.sampling.engine import Refused
from veridical.sampling.model import Conversation, Prompt, Text, Tokens


class Words:
    """A tokenizer with its chat template.

    Args:
        tokenizer: A fast tokenizer of Transformers.
        vocabulary: Tokens that the model knows.
    """

    def __init__(self, tokenizer: Any, vocabulary: int) -> None:
        self._tokenizer = tokenizer
        self._vocabulary = vocabulary
        described = f"{tokenizer.backend_tokenizer.to_str()}\n{tokenizer.chat_template or ''}"
        self.hash = blake2b(described.encode(), digest_size=16).hexdigest()

    def first(self) -> tuple[int, ...]:
        """The token that begins a text; none where the model has no such token."""
        begin = self._tokenizer.bos_token_id
        return () if begin is None else (begin,)

    def prompt(self, prompt: Prompt, field: str = "") -> tuple[int, ...]:
        """The tokens of a prompt.

        Args:
            prompt: The prompt.
            field: What stands before the names of its fields in a refusal, such as `inputs[0].`.

        Raises:
            Refused: It cannot be read.
        """
        match prompt:
            case Text(text):
                return tuple(self._tokenizer(text)["input_ids"]) or self.first()
            case Tokens():
                return self.known(prompt, f"{field}token_ids")
            case Conversation():
                return self._conversation(prompt, f"{field}messages")

    def continuation(self, text: str) -> tuple[int, ...]:
        """The tokens of a text that does not begin anything."""
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def known(self, tokens: Tokens, field: str) -> tuple[int, ...]:
        """The tokens themselves.

        Raises:
            Refused: The model does not know one.
        """
        if max(tokens.ids) >= self._vocabulary:
            raise Refused(f"{field}.ids", f"the vocabulary has {self._vocabulary} tokens")
        return tokens.ids

    def text(self, ids: list[int]) -> str:
        """The text of a response, without the marks that are no text."""
        decoded: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return decoded

    def _conversation(self, conversation: Conversation, field: str) -> tuple[int, ...]:
        if not self._tokenizer.chat_template:
            raise Refused(field, "the model has no chat template")
        messages = [{"role": turn.role, "content": turn.text} for turn in conversation.turns]
        try:
            text = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
        except Exception as error:  # the template itself says what it does not take
            raise Refused(field, f"the chat template: {error}") from error
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])
