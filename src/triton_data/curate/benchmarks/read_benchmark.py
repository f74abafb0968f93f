"""`triton-data curate fingerprint`: a benchmark's folder becomes a file of hashes.

In: a folder of problems, or a list of operators. Out: the fingerprints, with the traced graph of every problem in
KernelBench's form: those run in the jail. Not covered: problems that need packages that are not here; they keep their
other hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from triton_data.curate.benchmarks import fingerprints
from triton_data.curate.stages import PRELOAD, WARM, traced
from triton_data.formats.program_form import read_program
from triton_data.jail import Jail
from triton_data.records import Drop, Origin


@dataclass(frozen=True)
class Fingerprinted:
    path: Path
    problems: int
    traced: int
    untraced: tuple[tuple[str, str], ...]  # (problem, why)


def fingerprint(folder: Path, name: str, out: Path, allow_unsafe: bool, tell: Callable[[int], object]) -> Fingerprinted:
    """`tell` hears of each problem that is done."""
    if folder.is_file():
        suite = fingerprints.of_list(folder, name)
        fingerprints.write(suite, out)
        tell(len(suite.problems))
        return Fingerprinted(out, len(suite.problems), 0, ())
    benchmark = fingerprints.of_folder(folder, name)
    failed: list[tuple[str, str]] = []
    with Jail(PRELOAD, warm=WARM, allow_unsafe=allow_unsafe) as jail:
        problems = tuple(_with_graphs(benchmark.problems, folder, jail, failed, tell))
    fingerprints.write(replace(benchmark, problems=problems), out)
    return Fingerprinted(out, len(problems), sum(bool(problem.graph) for problem in problems), tuple(failed))


def _with_graphs(
    problems: tuple[fingerprints.Problem, ...],
    folder: Path,
    jail: Jail,
    failed: list[tuple[str, str]],
    tell: Callable[[int], object],
) -> Iterator[fingerprints.Problem]:
    for problem in problems:
        tell(1)
        path = folder / f"{problem.name}.py"
        if ":" in problem.name or not path.is_file():
            yield problem
            continue
        program = read_program(path.read_text("utf-8"), path.stem, Origin("given", path=path.name))
        result = program if isinstance(program, Drop) else traced(jail, program, every=True)
        if isinstance(result, Drop):
            failed.append((problem.name, f"{result.reason} {result.detail}".strip()))
            yield problem
        else:
            yield fingerprints.with_trace(problem, result)
