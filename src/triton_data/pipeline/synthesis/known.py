"""What a written module may not be: a benchmark's problem, or what this run or its store has already.

In: Programs. Out: a Drop that names what it is like, or None. Four questions: the fingerprints of benchmarks, the same
structure, the same operators in the same order, nearly the same text. Not covered: other runs that write into the same
folder; curation looks at all of them together (curate/).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from triton_data.curate.benchmarks import fingerprints
from triton_data.curate.benchmarks.contamination import Detector, Form, Match
from triton_data.curate.duplicates.buckets import BANDS, band
from triton_data.curate.duplicates.near import alike
from triton_data.curate.duplicates.signatures import signatures
from triton_data.curate.reading.computes import computes
from triton_data.curate.reading.shingles import Sketches, sketch
from triton_data.curate.reading.steps import steps
from triton_data.curate.reading.tree import hashes, parse
from triton_data.generate.llm_modules.reasons import Category
from triton_data.records import Drop, Program, Trace
from triton_data.store import Store

FEWEST = 3  # operators from which on their order says something


@dataclass(frozen=True)
class _Read:
    """All that is compared of one text."""

    exact: tuple[str, ...]
    steps: tuple[str, ...]
    form: Form
    sketches: Sketches
    bands: tuple[int, ...]


@dataclass
class KnownTexts:
    exact: dict[str, str] = field(default_factory=dict)  # hash to the name that has it
    order: dict[tuple[str, ...], str] = field(default_factory=dict)
    graphs: dict[str, str] = field(default_factory=dict)
    near: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    kept: list[tuple[str, Sketches]] = field(default_factory=list)

    @cached_property
    def detector(self) -> Detector:
        return Detector([fingerprints.read(path) for path in fingerprints.shipped()])

    @classmethod
    def of(cls, store: Store) -> KnownTexts:
        known = cls()
        for program in store.records(Program, "t.inputs_from NOT IN ('fragment', 'compared')"):
            known.keep(program)
        return known

    def alike(self, program: Program) -> Drop | None:
        read = _read(program)
        if match := self._benchmark(read):
            return Drop(Category.CONTAMINATION, f"too like {match.problem} ({match.layer}): write another module")
        for value in read.exact:
            if value in self.exact:
                return Drop(Category.DUPLICATE, f"the same as {self.exact[value]}: write another module")
        if len(read.steps) >= FEWEST and read.steps in self.order:
            return Drop(Category.DUPLICATE, f"the same operators in the same order as {self.order[read.steps]}")
        if name := self._near(read):
            return Drop(Category.NEAR_DUPLICATE, f"nearly the same as {name}: write another module")
        return None

    def keep(self, program: Program) -> None:
        read = _read(program)
        for value in read.exact:
            self.exact.setdefault(value, program.entry)
        self.order.setdefault(read.steps, program.entry)
        for key in enumerate(read.bands):
            self.near[key].append(len(self.kept))
        self.kept.append((program.entry, read.sketches))

    def same_graph(self, trace: Trace) -> Drop | None:
        """Called from threads; the detector does not change."""
        matches = self.detector.matches(Form("", "", "", trace.graph))
        match = next((each for each in matches if each.counts), None)
        return (
            Drop(Category.CONTAMINATION, f"computes what {match.problem} does: write another module") if match else None
        )

    def _benchmark(self, read: _Read) -> Match | None:
        found = [*self.detector.matches(read.form), *self.detector.similar(read.sketches).get(0, ())]
        return max((each for each in found if each.counts), default=None, key=lambda each: each.similarity)

    def _near(self, read: _Read) -> str:
        rows = {row for key in enumerate(read.bands) for row in self.near.get(key, ())}
        for row in sorted(rows):
            name, sketches = self.kept[row]
            if alike(read.sketches, 0, sketches, 0):
                return name
        return ""


def _read(program: Program) -> _Read:
    module = parse(program.text)
    sketches = sketch([program.text])
    if module is None:
        return _Read((), (), Form("", "", "", ""), sketches, ())
    form = hashes(module)
    order = steps(module, program.entry)
    closure = computes(module, program.entry).closure
    bands: tuple[int, ...] = ()
    if np.diff(sketches.shingles.bounds)[0]:
        made = signatures(sketches.shingles)
        bands = tuple(int(band(made, number)[0]) for number in range(BANDS))
    exact = tuple(each for each in (form.tree, closure) if each)
    return _Read(exact, order, Form(form.tree, form.skeleton, fingerprints.steps_digest(order), ""), sketches, bands)
