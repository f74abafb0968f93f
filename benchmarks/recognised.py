"""How many kernels are recognised whose reference is hidden, and how many wrong ones are taken for the right operation.

    python benchmarks/recognised.py [--only REGEX] [--wrong 60] [--seconds 30]

Right ones are the kernels of benchmarks/kernels: each becomes a function of tensors that are called `a0`, `a1`, … in
a shuffled order, weights among them, with nothing beside it that says what it computes. Wrong ones are
their mutants. A right one counts when the expression gives what its reference gives on inputs that
the search has not seen; a wrong one is taken for the right operation when its expression does.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from pathlib import Path
from typing import Any

import torch

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from kernels import good_kernels  # noqa: E402  the folder that this script stands in is not a package
from mutants import mutants  # noqa: E402
from triton_data.extract.probe_client import JailProbe  # noqa: E402
from triton_data.extract.stage import open_jail  # noqa: E402
from triton_data.extract.wire import Failure, Recognised, RecogniseLauncher  # noqa: E402
from triton_data.pipeline.expressions import expressions  # noqa: E402

LAUNCH = """

def launch({arguments}):
    given = get_init_inputs()
    made = ModelNew(*given[0], **given[1]) if len(given) == 2 and isinstance(given[1], dict) else ModelNew(*given)
    for weight, value in zip([*made.parameters(), *made.buffers()], [{weights}], strict=True):
        weight.data = value
    return made({inputs})
"""


class Planted:
    """A kernel whose reference is hidden, and the reference to compare with."""

    def __init__(self, name: str, reference: str, candidate: str) -> None:
        self.name, self.reference, self.candidate = name, reference, candidate
        space: dict[str, Any] = {}
        exec(reference, space)
        self.space = space
        torch.manual_seed(0)
        self.model = self._model()
        self.given = space["get_inputs"]()
        self.state = [*self.model.parameters(), *self.model.buffers()]
        count = len(self.given) + len(self.state)
        self.names = [f"a{n}" for n in range(count)]
        random.Random(name).shuffle(self.names)

    def _model(self) -> Any:
        given = self.space["get_init_inputs"]() if "get_init_inputs" in self.space else []
        pairs = len(given) == 2 and isinstance(given[1], dict)
        return self.space["Model"](*given[0], **given[1]) if pairs else self.space["Model"](*given)

    @property
    def parameters(self) -> str:
        return ", ".join(sorted(self.names))

    def text(self, candidate: str) -> str:
        count = len(self.given)
        made = LAUNCH.format(
            arguments=self.parameters, inputs=", ".join(self.names[:count]), weights=", ".join(self.names[count:])
        )
        hidden = re.sub(r"\bModel\b", "_Hidden", self.reference).replace("def get_inputs", "def _given")
        return f"{hidden}\n\n{candidate}\n{made}"

    def inputs(self) -> str:
        drawn = {name: _drawn(value) for name, value in zip(self.names[len(self.given) :], self.state, strict=True)}
        lines = [f"    {', '.join(self.names[: len(self.given)])}{',' if self.given else ''} = _given()"]
        lines += [f"    {name} = {text}" for name, text in drawn.items()]
        return "\n".join(["import torch", "", "", "def get_inputs():", *lines, f"    return [{self.parameters}]", ""])

    def agrees(self, found: Recognised) -> bool:
        torch.manual_seed(99)
        given = self.space["get_inputs"]()
        state = [torch.rand_like(v) + 0.5 if v.is_floating_point() else v.clone() for v in self.state]
        for place, value in zip(self.state, state, strict=True):
            place.data = value.clone()
        arguments = dict(zip(self.names, [*(_copy(each) for each in given), *state], strict=True))
        with torch.no_grad():
            expected = self.model(*given)
        expected = list(expected) if isinstance(expected, tuple | list) else [expected]
        names = {"torch": torch, "F": torch.nn.functional, "math": __import__("math"), **arguments}
        values = [eval(text, names) for text in found.expressions]
        return len(values) == len(expected) and all(
            one.shape == other.shape and torch.allclose(one.double(), other.double(), rtol=1e-3, atol=1e-5)
            for one, other in zip(values, expected, strict=True)
        )


def _copy(value: Any) -> Any:
    return value.clone() if isinstance(value, torch.Tensor) else value


def _drawn(value: torch.Tensor) -> str:
    if value.is_floating_point():
        return f"torch.rand({tuple(value.shape)}, dtype={value.dtype}) + 0.5"
    return f"torch.zeros({tuple(value.shape)}, dtype={value.dtype})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--wrong", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    planted = [Planted(each.name, each.reference, each.candidate) for each in good_kernels(variants=False)
               if re.search(options.only, each.name)]  # fmt: skip
    with open_jail() as jail:
        probe = JailProbe(jail)

        def ask(one: Planted, candidate: str) -> Recognised:
            request = RecogniseLauncher(one.text(candidate), "launch", one.inputs(), expressions(), options.seconds)
            answer = probe(request).answer
            return Recognised((), (), answer.error) if isinstance(answer, Failure) else answer

        right = [one for one in planted if _right(one, ask(one, one.candidate))]
        print(f"right kernels: {len(right)} of {len(planted)} recognised ({len(right) / max(1, len(planted)):.0%})")
        wrong = taken = known = 0
        for one in right:
            share = max(1, options.wrong // max(1, len(right)))
            for mutant in random.Random(one.name).sample(list(mutants(one.candidate)), share):
                found = ask(one, mutant.text)
                wrong, known = wrong + 1, known + bool(found.outputs)
                if found.outputs and one.agrees(found):
                    taken += 1
                    print(f"  {one.name}:{mutant.line} {mutant.operator} taken for {found.expressions}")
        print(f"mutants: {wrong}, {known} recognised as something, {taken} as the right operation (read these)")


def _right(one: Planted, found: Recognised) -> bool:
    right = bool(found.outputs) and one.agrees(found)
    print(
        f"  {one.name}: {'' if right or not found.outputs else 'WRONG '}{found.error or found.expressions}", flush=True
    )
    return right


if __name__ == "__main__":
    main()
