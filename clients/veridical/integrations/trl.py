"""Reward functions for TRL's GRPOTrainer and RLOOTrainer.

    trainer = GRPOTrainer(model, reward_funcs=VeridicalReward(), train_dataset=dataset, args=args)

TRL leaves a completion out of training only if every reward function returns None for it; beside another
function's number a None counts as 0. So an undecided item becomes None by itself only where this is the
trainer's sole reward function. Otherwise the caller must say what becomes of it, or, better, ask for all
that is to be verified in one function by `all_of`.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, Self

from veridical.client import (
    Client,
    ConfigurationError,
    FinishReason,
    Item,
    Outcome,
    Task,
    Undecided,
    Verdict,
    reason_name,
    scrub,
)
from veridical.client.checking import require_choice, rewards_of
from veridical.integrations.conversation import Text, prompt_text, response_text
from veridical.integrations.tasks import Row, TaskOf, math_gold, task_for

_GOLD = math_gold()
_HASH_BYTES = 8
# From here on the trainers leave out what all functions return None for; before, it counted as 0.
_MASKING_TRL = (1, 6)


@dataclass(frozen=True, slots=True)
class _Call:
    """What TRL hands to a reward function; its sequences hold one element a completion."""

    prompts: Sequence[Text]
    completions: Sequence[Text]
    completion_ids: Sequence[Sequence[int]] | None
    columns: Mapping[str, Sequence[Any]]
    step: int
    log_extra: Callable[[str, list[str]], None] | None
    log_metric: Callable[[str, float], None] | None

    @classmethod
    def of(
        cls,
        prompts: Sequence[Text],
        completions: Sequence[Text],
        *,
        completion_ids: Sequence[Sequence[int]] | None = None,
        trainer_state: Any = None,
        log_extra: Callable[[str, list[str]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> Self:
        lists = {name: values for name, values in columns.items() if isinstance(values, list)}
        step = getattr(trainer_state, "global_step", 0)
        return cls(prompts, completions, completion_ids, lists, step, log_extra, log_metric)

    def row(self, position: int) -> Row:
        values = {name: column[position] for name, column in self.columns.items()}
        return {**values, "prompt": self.prompts[position]}


class _LazyClient:
    """The client that was given, or one of its own from the first use on, which is never pickled."""

    def __init__(self, given: Client | None) -> None:
        self._given = given
        self._own: Client | None = None
        # AsyncGRPOTrainer calls from several threads.
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[_LazyClient], tuple[Client | None]]:
        return _LazyClient, (self._given,)

    def get(self) -> Client:
        if self._given is not None:
            return self._given
        with self._lock:
            if self._own is None:
                self._own = Client.local()
            return self._own

    def close(self) -> None:
        with self._lock:
            if self._own is not None:
                self._own.close()
            self._own = None


class _Reward:
    """What both forms of the reward function share."""

    def __init__(
        self,
        client: Client | None = None,
        *,
        task: Task | TaskOf = _GOLD,
        undecided: Undecided | None = None,
        group: str | None = None,
        end_token_ids: Collection[int] = (),
        name: str = "veridical",
    ) -> None:
        if undecided is not None:
            require_choice(undecided)
        self.__name__ = name
        self._client = _LazyClient(client)
        self._task = task
        self._undecided = undecided
        self._group = group
        self._end_token_ids = frozenset(end_token_ids)

    def close(self) -> None:
        """Ends the client and services that it started itself, if any; the next call starts new ones."""
        self._client.close()

    def _rewards(self, call: _Call) -> list[float | None]:
        undecided = self._undecided or _left_out(call)
        items = [self._item(call, position) for position in range(len(call.completions))]
        verdicts = self._client.get().verify_many(items)
        self._report(call, verdicts)
        return rewards_of(verdicts, undecided)

    def _item(self, call: _Call, position: int) -> Item:
        prompt = scrub(prompt_text(call.prompts[position]))
        response = scrub(response_text(call.completions[position]))
        row = call.row(position)
        return Item(
            id=f"{call.step}-{position}-{_digest(prompt, response)}",
            task=task_for(self._task, row),
            response=response,
            prompt=prompt,
            group=_digest(prompt) if self._group is None else scrub(str(row[self._group])),
            finish_reason=self._finish_reason(call, position),
            labels={"step": str(call.step), "function": self.__name__},
        )

    def _finish_reason(self, call: _Call, position: int) -> FinishReason.ValueType:
        if not self._end_token_ids or call.completion_ids is None:
            return FinishReason.FINISH_REASON_UNSPECIFIED
        if self._end_token_ids.isdisjoint(call.completion_ids[position][-1:]):
            return FinishReason.FINISH_REASON_LENGTH
        return FinishReason.FINISH_REASON_STOP

    def _report(self, call: _Call, verdicts: Sequence[Verdict]) -> None:
        """Adds the undecided share to the run's metrics, and reasons to its table of completions."""
        if call.log_metric is not None:
            undecided = [v for v in verdicts if v.outcome == Outcome.OUTCOME_UNDECIDED]
            call.log_metric(f"{self.__name__}/undecided", len(undecided) / max(1, len(verdicts)))
        if call.log_extra is not None:
            call.log_extra(f"{self.__name__}/reason", [reason_name(v.reason) for v in verdicts])
            call.log_extra(f"{self.__name__}/detail", [v.detail for v in verdicts])


class VeridicalReward(_Reward):
    """A reward function: 1.0 for a right completion, 0.0 for a wrong one, None for an undecided one.

    Args:
        client: The services. None: those at VERIDICAL_ADDRESS or else, from the first call to the end
            of the process, services of its own (`Client.local()`).
        task: What completions are judged against: one task for all, or a callable from the dataset's row.
            Default: `math_gold()`.
        undecided: What becomes of items that no verifier decided. None: they are left out of training,
            which is possible only for the sole reward function of a trainer.
        group: The column that names the problem. None: completions of equal prompts belong together.
        end_token_ids: The tokens that end a completion, padding included, as in the model's
            `generation_config.eos_token_id`: one that ends otherwise was cut off, and an unfinished answer
            at its end does not count. Default: empty, meaning that nothing is known to be cut off.
        name: The function's name in TRL's logs.
    """

    def __call__(
        self, prompts: Sequence[Text], completions: Sequence[Text], **given: Any
    ) -> list[float | None]:
        """The rewards of a batch, in its order.

        Args:
            prompts: One for each completion.
            completions: What the model wrote; of a conversation its assistant messages.
            given: What else TRL gives: `completion_ids`, `trainer_state`, `log_extra`, `log_metric`, and
                the dataset's columns as lists.

        Raises:
            ConfigurationError: The dataset lacks the column, or `undecided` must be given.
            UndecidedError: Items are undecided, and `undecided` is RAISE.
            VeridicalError: The services failed, after the client's retries; the run ends, since there is
                no reward that would be true.
        """
        return self._rewards(_Call.of(prompts, completions, **given))


class AsyncVeridicalReward(_Reward):
    """The same as a coroutine, which TRL awaits together with its other asynchronous functions.

    Arguments and errors are those of `VeridicalReward`. The call waits in a thread: TRL's event loop is
    private, and a `Client` is bound to none.
    """

    async def __call__(
        self, prompts: Sequence[Text], completions: Sequence[Text], **given: Any
    ) -> list[float | None]:
        """The rewards of a batch, in its order; see `VeridicalReward.__call__`."""
        return await asyncio.to_thread(self._rewards, _Call.of(prompts, completions, **given))


def _left_out(call: _Call) -> Undecided:
    """None in the places of undecided items, if the trainer then leaves them out.

    The trainer is seen through its `log_metric`, a bound method: nothing else that it gives says how many
    functions it sums.

    Raises:
        ConfigurationError: It would count them as 0, or cannot be seen.
    """
    trainer = getattr(call.log_metric, "__self__", None)
    functions = getattr(trainer, "reward_funcs", ())
    if len(functions) != 1:
        raise ConfigurationError(
            f"undecided= must be given: this is one of {len(functions)} reward functions, and beside "
            "another one's number TRL counts None as 0. Put what is to be verified into one function "
            "with all_of(...), or choose Undecided.RAISE or Undecided.NONE"
            if functions
            else "undecided= must be given: no trainer is in sight that has this as its sole reward function"
        )
    installed = version("trl")
    if tuple(int(part) for part in re.findall(r"\d+", installed)[:2]) < _MASKING_TRL:
        raise ConfigurationError(
            f"undecided= must be given: TRL {installed} counts None as 0; from TRL 1.6 on it leaves it out"
        )
    return Undecided.NONE


def _digest(*texts: str) -> str:
    hashed = blake2b(digest_size=_HASH_BYTES)
    for text in texts:
        hashed.update(f"{len(text)}:{text}".encode())
    return hashed.hexdigest()
