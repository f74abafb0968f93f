"""What a generation by a language model is asked to do, as one frozen record.

In: values from options or from `key=value`. Out: `Settings`, checked, or a `Misuse`. Not covered: keys of providers.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse, closest
from triton_data.records import codec, digest

VALIDATIONS = ("eager", "compile", "verify")
OFFLINE = "offline"
Range = tuple[int, int]
# What decides which samples are drawn and what is asked; the rest is about this machine, this call, or how far it goes.
_DECIDING = (
    "model_name", "model", "num_core_ops_range", "num_compound_ops_range", "num_supporting_ops_range", "p_value",
    "temperature", "max_tokens", "prompts", "seed", "steer",
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    num_total_samples: int = 100
    num_worker: int = 20  # questions under way at most
    model_name: str = "gemini"  # gemini, openai, local, custom, offline
    num_core_ops_range: Range = (1, 5)
    num_compound_ops_range: Range = (0, 4)
    num_supporting_ops_range: Range = (2, 10)
    p_value: float = 0.3
    temperature: float = 0.7
    max_retries: int = 2
    validation_timeout: float = 60.0  # seconds a step
    output_dir: str = "generated_programs"
    verbose: bool = False
    model: str = ""  # none: the provider's usual one
    base_url: str = ""
    seed: int = 0
    prompts: str = "prompts_sahan"  # a name, a file, or `both`
    steer: bool = True
    validate: str = "verify"
    max_tokens: int = 4096
    budget: float = 0.0  # dollars; 0: none
    prices: str = ""
    requests_per_minute: int = 0
    tokens_per_minute: int = 0
    patience: float = 900.0
    batch: bool = False
    dry_run: bool = False
    custom: str = "utils.py"  # with model_name=custom and no base_url: the file with generate_custom_llm
    jobs: int = 0

    @property
    def digest(self) -> str:
        return digest("llm_modules", json.dumps([codec.to_json(getattr(self, name)) for name in _DECIDING]))

    @property
    def provider(self) -> str:
        return self.model_name.partition("/")[0]

    def to_json(self) -> str:
        return json.dumps(codec.to_json(self), sort_keys=True)


def settings(**values: object) -> Settings:
    """Only those that were given."""
    known = {field.name for field in dataclasses.fields(Settings)}
    for name in values:
        if name not in known:
            raise Misuse(f"unknown parameter {name!r}{closest(name, known)}")
    return checked(dataclasses.replace(Settings(), **values))  # type: ignore[arg-type]


def checked(made: Settings) -> Settings:
    for name in ("num_core_ops_range", "num_compound_ops_range", "num_supporting_ops_range"):
        low, high = getattr(made, name)
        if not 0 <= low <= high:
            raise Misuse(f"{name}=[{low},{high}] is no range: write {name}=[MIN,MAX] with 0 <= MIN <= MAX")
    if sum(getattr(made, f"num_{each}_ops_range")[1] for each in ("core", "compound", "supporting")) == 0:
        raise Misuse("no operator may be drawn: raise one of the num_…_ops_range")
    if not 0 < made.p_value <= 1:
        raise Misuse(f"p_value={made.p_value:g} must be above 0 and at most 1; lower means more operators a module")
    if made.validate not in VALIDATIONS:
        raise Misuse(f"validate cannot be {made.validate!r}{closest(made.validate, VALIDATIONS)}")
    for name, least in (("num_total_samples", 1), ("num_worker", 1), ("max_retries", 0), ("max_tokens", 64)):
        if getattr(made, name) < least:
            raise Misuse(f"{name}={getattr(made, name)} must be {least} or more")
    for name in ("validation_timeout", "patience"):
        if getattr(made, name) <= 0:
            raise Misuse(f"{name} must be more than 0 seconds")
    if made.budget < 0 or not 0 <= made.temperature <= 2:
        raise Misuse("budget is dollars, 0 or more, and temperature lies between 0 and 2")
    if Path(made.output_dir).is_file():
        raise Misuse(f"{made.output_dir} is a file: name a folder with output_dir= (--out)")
    return made
