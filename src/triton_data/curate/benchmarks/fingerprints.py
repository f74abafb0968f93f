"""Fingerprints of a benchmark: what its problems look like, without their code.

In: a folder of Python files, a list of operators, or a file that was made from one. Out: of every problem its name and
hashes. Of a file with Triton kernels each kernel is a problem too, because that is how scraped kernels are cut.
Not covered: problems that are not Python files, and traced graphs (trace.py puts them in).
"""

from __future__ import annotations

import ast
import base64
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from triton_data.curate.reading.shingles import Sets, Sketches, joined, sketch
from triton_data.curate.reading.steps import steps
from triton_data.curate.reading.tree import hashes, parse
from triton_data.errors import Misuse
from triton_data.records import Trace, digest

FORMAT = 1
SHIPPED = Path(__file__).with_name("fingerprints")
SUFFIX = ".json.gz"
_RULER = re.compile(r"^#{40,}.*", re.MULTILINE | re.DOTALL)  # what stands below one is the problem's test
_SMALLEST = 8  # shingles of a kernel or class that counts by itself


@dataclass(frozen=True)
class Problem:
    name: str
    tree: str
    skeleton: str
    steps: str  # digest of the steps, '' where they are too few to tell anything
    graph: str  # digest of the traced graph, '' where it was not traced
    shingles: bytes
    operators: bytes
    expression: str = ""  # as a Trace's, and
    written: str = ""  # as a Trace's: operators and who feeds whom, and
    observed: str = ""  # what came out on numbers


@dataclass(frozen=True)
class Benchmark:
    name: str
    problems: tuple[Problem, ...]

    def sketches(self) -> Sketches:
        return Sketches(_gathered(p.shingles for p in self.problems), _gathered(p.operators for p in self.problems))


def steps_digest(found: tuple[str, ...]) -> str:
    """Six steps of three kinds or more: what is shorter, two people write by themselves."""
    return digest("steps", *found) if len(found) >= 6 and len(set(found)) >= 3 else ""


def operator_digest(operators: tuple[str, ...]) -> str:
    """Of a graph that is one operator, whatever its shapes and numbers; '' of any other."""
    return digest("operator", operators[0]) if len(operators) == 1 else ""


def of_list(path: Path, name: str) -> Benchmark:
    """An operator suite, such as BackendBench: an ATen operator a line, with or without its overload."""
    try:
        lines = (line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read the operators in {path}: {error}") from error
    names = sorted({line.removeprefix("aten.").partition(".")[0] for line in lines if line})
    wrong = [each for each in names if not each.isidentifier()]
    if wrong or not names:
        raise Misuse(f"{path} is no list of operators: {wrong[:1] or 'it has no line'}; write one a line, such as relu")
    # The trailing underscore of an operator in place is no other problem.
    plain = sorted({each.rstrip("_") or each for each in names})
    return Benchmark(name, tuple(Problem(each, "", "", "", operator_digest((each,)), b"", b"") for each in plain))


def of_folder(folder: Path, name: str) -> Benchmark:
    if not folder.is_dir():
        raise Misuse(f"no folder {folder}: name one with the benchmark's problems as Python files")
    texts = dict(_texts(folder))
    if not texts:
        raise Misuse(f"no Python file under {folder} can be read: nothing to take fingerprints of")
    made = sketch(list(texts.values()))
    problems = [_problem(each, text, made, row) for row, (each, text) in enumerate(texts.items())]
    return Benchmark(name, tuple(p for p in problems if ":" not in p.name or len(p.shingles) >= 4 * _SMALLEST))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.py")):
        try:
            text = _RULER.sub("", path.read_text("utf-8"))
        except UnicodeDecodeError:
            continue
        name = path.relative_to(folder).with_suffix("").as_posix()
        module = parse(text)
        if module is None or path.name == "__init__.py":
            continue
        yield name, text
        for part in _parts(module):
            yield f"{name}:{part.name}", ast.unparse(part)


def _parts(module: ast.Module) -> list[ast.FunctionDef]:
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    return [node for node in functions if any("jit" in ast.unparse(each) for each in node.decorator_list)]


def _problem(name: str, text: str, made: Sketches, row: int) -> Problem:
    module = ast.parse(text)
    form = hashes(module)
    return Problem(
        name, form.tree, form.skeleton, steps_digest(steps(module)), "",
        made.shingles.row(row).tobytes(), made.operators.row(row).tobytes(),
    )  # fmt: skip


def with_trace(problem: Problem, of: Trace) -> Problem:
    return replace(problem, graph=of.graph, expression=of.expression, written=of.written, observed=of.observed)


def _gathered(rows: Iterable[bytes]) -> Sets:
    arrays = [np.frombuffer(row, "<u4") for row in rows]
    return joined([Sets(array, np.array([0, len(array)])) for array in arrays])


# ---- files -----------------------------------------------------------------------------------------------------


def write(benchmark: Benchmark, path: Path) -> None:
    """The same bytes for the same problems: no time and no file name inside."""
    rows = []
    for problem in benchmark.problems:
        fields = {"name": problem.name, "tree": problem.tree, "skeleton": problem.skeleton, "steps": problem.steps}
        packed = {key: base64.b64encode(getattr(problem, key)).decode() for key in ("shingles", "operators")}
        traced = {"graph": problem.graph, "expression": problem.expression}
        traced |= {"written": problem.written, "observed": problem.observed}
        rows.append({**fields, **traced, **packed})
    text = json.dumps({"format": FORMAT, "name": benchmark.name, "problems": rows}, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write(text.encode())


def read(path: Path) -> Benchmark:
    try:
        values = json.loads(gzip.decompress(path.read_bytes()))
        if values["format"] != FORMAT:
            raise Misuse(f"{path} has fingerprints of format {values['format']}: make them again")
        return Benchmark(str(values["name"]), tuple(_from_json(row) for row in values["problems"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise Misuse(f"cannot read the fingerprints {path}: make them with `triton-data curate fingerprint`") from error


def _from_json(row: dict[str, str]) -> Problem:
    shingles, operators = (base64.b64decode(row[key]) for key in ("shingles", "operators"))
    traced = (row.get(name, "") for name in ("expression", "written", "observed"))  # older files have none
    return Problem(row["name"], row["tree"], row["skeleton"], row["steps"], row["graph"], shingles, operators, *traced)


def shipped() -> tuple[Path, ...]:
    return tuple(sorted(SHIPPED.glob(f"*{SUFFIX}")))
