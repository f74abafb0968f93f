"""The kernels' half of extract.py: found, closed, byte for byte as they were, importable; and how long that takes.

Enters: a `Repo` and the row of its package. Leaves: numbers in the row. The floor is what nobody can do without: the
bytes pre-filter and `ast.parse` of the same files. Times are processor time of one core, the best of five rounds in
each of which every line has its turn, so that what else the machine does is in all of them.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import fetch, parsed, true_kernels
from triton_data.extract.extract_file import closed_kernels
from triton_data.extract.source.find import may_hold_kernels
from triton_data.extract.source.gc_pause import one_repository
from triton_data.extract.source.lazy_names import resolved
from triton_data.extract.source.module import Broken
from triton_data.extract.source.repo import Repo
from triton_data.records import Drop, Kernel, Origin

if TYPE_CHECKING:
    from extract import Yield

ROUNDS = 5
SOURCE_OF = ast.unparse if find_spec("astor") is None else import_module("astor").to_source


def measure_kernels(repo: Repo, row: Yield, cache: Path) -> None:
    row.kernels_true = sum(true_kernels(repo.files[path]) for path in repo.python_files())
    row.floor_s, row.kernels_s, row.seed_s = times_alone(row.package, cache)
    with one_repository():
        kernels = list(all_kernels(resolved(Repo(repo.files)), row.package))
    row.kernels_found = len(kernels)
    out = cache / "kernels" / row.package
    out.mkdir(parents=True, exist_ok=True)
    closed = [(exact, kernel) for exact, kernel in kernels if isinstance(kernel, Kernel)]
    row.drops.update(f"kernel {drop.reason}" for _, drop in kernels if isinstance(drop, Drop))
    for n, (exact, kernel) in enumerate(closed):
        row.kernels_exact += exact in kernel.text or nameless(exact) in nameless(kernel.text)
        (out / f"k{n:05}.py").write_text(kernel.text)
    row.kernels_closed = len(closed)
    row.kernels_import = imported(out, len(closed))


def nameless(text: str) -> str:
    """What must stay where a name is given another: `runtime.device` of a module becomes `device` of a file."""
    return re.sub(r"[^\W\d]\w*(\.\w+)*", "_", text)


def times_alone(package: str, cache: Path) -> list[float]:
    """In a process that holds nothing else: what the collector has to look through would count against the floor."""
    command = [sys.executable, __file__, package, str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds: list[float] = json.loads(done.stdout)
    return seconds


def times(files: dict[str, bytes], package: str) -> list[float]:
    python = [data for path, data in sorted(files.items()) if path.endswith(".py")]

    def ours() -> None:
        with one_repository():
            list(all_kernels(resolved(Repo(files)), package))

    lines: list[Callable[[], object]] = [
        lambda: sum(may_hold_kernels(data) and bool(parsed(data)) for data in python),
        ours,
        lambda: sum(len(seed_loop(data)) for data in python if may_hold_kernels(data)),
    ]
    rounds = [[timed(work) for work in lines] for _ in range(ROUNDS)]
    return [min(seconds) for seconds in zip(*rounds, strict=True)]


def all_kernels(repo: Repo, package: str) -> Iterator[tuple[str, Kernel | Drop]]:
    """With the lines as they stand in the source."""
    for path in repo.python_files():
        module = repo.module(path) if may_hold_kernels(repo.files[path]) else None
        if module is None or isinstance(module, Broken):
            continue
        made = closed_kernels(repo, module, Origin("pypi", package, path=path))
        for found, result in made if module.flaw is None else ():
            yield "\n".join(module.lines[found.line_start - 1 : found.line_end]), result


def seed_loop(data: bytes) -> list[str]:
    """What the seed did to each file; where astor is not there, `ast.unparse` stands in for it, which is faster."""
    nodes = (node for node in ast.walk(parsed(data)) if isinstance(node, ast.FunctionDef))
    return [SOURCE_OF(n) for n in nodes if any("jit" in SOURCE_OF(d) for d in n.decorator_list)]


_IMPORTER = """
import os, sys, runpy, pathlib, warnings
import torch, triton
warnings.simplefilter("ignore")
good = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("k*.py"))[: int(sys.argv[2])]:
    child = os.fork()
    if child == 0:
        try:
            runpy.run_path(str(path)); code = 0
        except BaseException as error:
            sys.stderr.write(f"{path.name} {type(error).__name__}: {str(error)[:160]}\\n"); code = 1
        finally:
            sys.stderr.flush(); os._exit(code)
    good += os.waitpid(child, 0)[1] == 0
print(good)
"""


def imported(folder: Path, count: int) -> int:
    """Each file in its own process, forked from one that has imported only torch and triton."""
    env = {**os.environ, "TRITON_INTERPRET": "1"}
    command = [sys.executable, "-c", _IMPORTER, str(folder), str(count)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    sys.stderr.write(done.stderr)
    return int(done.stdout.split()[-1])


def timed(work: Callable[[], object]) -> float:
    gc.collect()  # nobody pays for what others left behind
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    print(json.dumps(times(fetch(sys.argv[1], Path(sys.argv[2])), sys.argv[1])))
