"""How a model is asked: strategies as TOML files that anybody may edit.

In: a strategy's name or file, a Sample. Out: messages, and the message that sends a failure back. Not covered: what a
model does with them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse, closest
from triton_data.records import Sample, digest

FOLDER = Path(__file__).with_name("prompts")
BOTH = "both"
ERROR_CHARACTERS = 1500
_FIELDS = ("system", "user", "retry", "example")


@dataclass(frozen=True)
class Prompt:
    name: str
    system: str
    user: str
    retry: str
    example: str
    aims: dict[str, str]

    @property
    def hash(self) -> str:
        return digest("prompt", self.system, self.user, self.retry, self.example, *self.aims.values())[:16]

    def ask(self, sample: Sample) -> tuple[tuple[str, str], ...]:
        aim = f"\n{self.aims[sample.aim]}\n" if self.aims.get(sample.aim) else ""
        listed = "\n".join(f"* {operator}" for operator in sample.operators)
        words = self.user.format(name=sample.name, operators=listed, aim=aim, example=self.example.strip())
        return ("system", self.system.strip()), ("user", words.strip())

    def again(self, sample: Sample, error: str) -> tuple[str, str]:
        return "user", self.retry.format(name=sample.name, error=error[:ERROR_CHARACTERS]).strip()


def load(named: str) -> dict[str, Prompt]:
    known = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if named == BOTH:
        return {name: _read(FOLDER / f"{name}.toml") for name in known}
    path = Path(named) if named.endswith(".toml") else FOLDER / f"{named}.toml"
    if not path.is_file():
        raise Misuse(f"no prompts {named!r}{closest(named, (*known, BOTH))}; or name a file that ends in .toml")
    return {path.stem: _read(path)}


def _read(path: Path) -> Prompt:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        system, user, retry, example = (str(values[name]) for name in _FIELDS)
        prompt = Prompt(path.stem, system, user, retry, example, dict(values.get("aims") or {"plain": ""}))
        prompt.user.format(name="", operators="", aim="", example="")
        prompt.retry.format(name="", error="")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, IndexError, ValueError) as error:
        raise Misuse(
            f"cannot use the prompts in {path}: {type(error).__name__} {error}; {FOLDER} shows the form"
        ) from error
    return prompt
