"""The nouns of generation by language models: what was asked for, and what came of each attempt.

One frozen record each, like those of records.py. Not covered: the answers themselves and what they cost, which the
run's ledger keeps (store/ledger.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from triton_data.records.origin import Origin, digest


@dataclass(frozen=True, slots=True)
class Sample:
    """One combination of operators that a module is wanted for, drawn before anybody is asked."""

    table: ClassVar[str] = "samples"
    settings: str  # digest of the settings that decide what is drawn
    number: int  # from 0
    operators: tuple[str, ...]
    p_value: float
    prompt: str  # which strategy asks
    aim: str  # what the module should exercise in a compiler; '' for nothing in particular
    name: str  # of the class that is wanted
    origin: Origin

    @property
    def key(self) -> str:
        return digest("sample", self.settings, str(self.number))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer to a Sample: who gave it, and whether it was good or why it was not."""

    table: ClassVar[str] = "attempts"
    sample: str  # key of the Sample
    number: int  # 0, then the retries
    category: str  # '' where it is valid
    detail: str
    program: str  # key of the Program; '' where it is none
    question: str  # key of the question in the ledger; '' where no model was asked
    prompt_hash: str
    provider: str
    model: str  # as it was asked for
    version: str  # as it called itself
    sampling: str  # temperature and limits, as they were sent
    terms: str  # what the provider's terms say of its answers
    prompt_tokens: int
    completion_tokens: int
    cost: int  # nanodollars
    operators: tuple[str, ...]  # ATen operators that it went through, in order
    pair: str  # what came of verification: verified, or why not; '' where it was not verified
    origin: Origin
    layers: tuple[str, ...] = ()  # of the jail

    @property
    def key(self) -> str:
        return digest("attempt", self.sample, str(self.number))
