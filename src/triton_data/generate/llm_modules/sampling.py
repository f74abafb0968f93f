"""Which operators a module is wanted for: of each class as many as a capped geometric draw says, none twice.

In: settings, a number, and weights. Out: a `Sample`, the same for the same seed, number and weights. Not covered: what
the weights are (steering.py).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from triton_data.generate.llm_modules import operators
from triton_data.generate.llm_modules.settings import OFFLINE, Settings
from triton_data.records import Origin, Sample

AIMS = "aims"
Weights = Mapping[str, float]
NAMED = 6  # operators in a class's name


def draw(settings: Settings, number: int, weights: Weights, prompts: Mapping[str, Sequence[str]]) -> Sample:
    """`prompts`: each strategy's aims; '' among them is no aim."""
    rng = random.Random(f"{settings.seed}:{number}")
    chosen: list[str] = []
    for kind, names in operators.CLASSES.items():
        low, high = getattr(settings, f"num_{kind}_ops_range")
        chosen += picked(names, geometric(rng, settings.p_value, low, high), weights, rng)
    rng.shuffle(chosen)
    prompt = OFFLINE if settings.provider == OFFLINE else rng.choice(sorted(prompts))
    aim = "" if settings.provider == OFFLINE else rng.choice(prompts[prompt])
    origin = Origin("generated", generator=f"llm_modules:{settings.model_name}", seed=settings.seed)
    name = class_name(chosen)
    return Sample(settings.digest, number, tuple(chosen), settings.p_value, prompt, aim, name, origin)


def geometric(rng: random.Random, p: float, low: int, high: int) -> int:
    number = low
    while number < high and rng.random() > p:
        number += 1
    return number


def picked(names: Sequence[str], number: int, weights: Weights, rng: random.Random) -> list[str]:
    """Without repeats, by weight (Efraimidis and Spirakis: the largest u ** (1 / w))."""
    keys = {name: rng.random() ** (1 / max(weights.get(name, 1.0), 1e-6)) for name in dict.fromkeys(names)}
    return sorted(keys, key=lambda name: -keys[name])[:number]


def class_name(chosen: Sequence[str]) -> str:
    short = [name.rpartition(".")[2] for name in chosen]
    parts = [each[:1].upper() + each[1:] if each.islower() and "_" not in each else _camel(each) for each in short]
    return "_".join(["SynthModel", *parts[:NAMED]])


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
