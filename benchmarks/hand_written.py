"""What becomes of hand-written kernels: how far each gets on its way to a verified pair, and by what reference.

    python benchmarks/hand_written.py [FOLDER | PACKAGE ...] [--each-file] [--part K/N] [--jobs 2] [--verify]
        [--cache DIR] [--rows FILE.jsonl]

A FOLDER is somebody's repository outside of this one; anything else is a package of the index, fetched at run time into
a cache. `--each-file` takes every file of a folder as a repository of its own, as sets of single operators are; `--part
0/2` takes every second of these. `--verify` judges the pairs. Nothing of what is measured is committed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from corpus import fetch  # noqa: E402  the folder that this script stands in is not a package
from triton_data.extract.extract_file import extract_kernels  # noqa: E402
from triton_data.extract.kernels.launcher_inputs import LauncherInputs  # noqa: E402
from triton_data.extract.probe_client import JailProbe  # noqa: E402
from triton_data.extract.source.find import may_hold_kernels  # noqa: E402
from triton_data.extract.source.lazy_names import resolved  # noqa: E402
from triton_data.extract.source.repo import Repo  # noqa: E402
from triton_data.extract.stage import open_jail  # noqa: E402
from triton_data.jail import Jail  # noqa: E402
from triton_data.pipeline.expressions import expressions  # noqa: E402
from triton_data.records import Drop, Kernel, Origin, Pair, Program  # noqa: E402
from triton_data.verify.bench.bench import Bench, open_bench  # noqa: E402
from triton_data.verify.judge.pair import verify_texts  # noqa: E402

CALLERS = ("tests", "usage")
_JAIL: list[Jail] = []
_BENCH: list[Bench] = []


def main() -> None:
    options = _options()
    repositories = list(_repositories(options))
    rows: list[dict[str, Any]] = []
    work = partial(measured, verify=options.verify, search=not options.inputs_only)
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for found in pool.map(work, repositories):
            rows += found
            for row in found:
                print(_line(row), file=sys.stderr, flush=True)
    if options.rows:
        options.rows.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report(rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--each-file", action="store_true")
    parser.add_argument("--part", default="0/1", metavar="K/N")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--inputs-only", action="store_true", help="search for no references")
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--cache", type=Path, default=Path("/tmp/triton-data-corpus"))
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--only", default="", metavar="TEXT", help="files whose path has it")
    return parser.parse_args()


def _repositories(options: argparse.Namespace) -> Iterator[tuple[str, Mapping[str, bytes], str]]:
    part, parts = map(int, options.part.split("/"))
    for source in options.sources:
        folder = Path(source)
        if not folder.is_dir():
            yield source, fetch(source, options.cache), options.only
            continue
        paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
        files = {str(path.relative_to(folder)): path.read_bytes() for path in paths if ".git" not in path.parts}
        if not options.each_file:
            yield folder.name, files, options.only
            continue
        singles = [path for path in files if path.endswith(".py") and options.only in path]
        for path in singles[part::parts]:
            yield f"{folder.name}/{path}", {path: files[path]}, ""


def measured(repository: tuple[str, Mapping[str, bytes], str], verify: bool, search: bool) -> list[dict[str, Any]]:
    name, files, only = repository
    if not _JAIL:
        _JAIL.append(open_jail())
    began = time.monotonic()
    origins = {path: Origin("dir", name, path=path) for path in files}
    repo = resolved(Repo(dict(files)))
    launchers = LauncherInputs(repo, JailProbe(_JAIL[0]), origins, expressions() if search else ())
    found: list[Kernel | Program | Pair | Drop] = []
    for path in repo.python_files():
        if only in path and may_hold_kernels(repo.files[path]):
            found += extract_kernels(repo, path, origins[path], launchers)
    seconds = time.monotonic() - began
    programs = {each.key: each for each in found if isinstance(each, Program)}
    pairs = {each.key: each for each in found if isinstance(each, Pair)}
    verdicts = {key: _verdict(programs[pair.program], pair) for key, pair in pairs.items()} if verify else {}
    kernels = [each for each in found if isinstance(each, Kernel | Drop)]
    return [_row(name, each, programs, pairs, verdicts, seconds / len(kernels)) for each in kernels]


def _row(
    name: str, found: Kernel | Drop, programs: dict[str, Program], pairs: dict[str, Pair], verdicts: dict[str, str],
    seconds: float,
) -> dict[str, Any]:  # fmt: skip
    if isinstance(found, Drop):
        return {"repository": name, "kernel": found.part, "drop": f"{found.reason}: {found.detail}"[:200]}
    pair = pairs.get(found.reference)
    return {
        "repository": name, "kernel": found.name, "path": found.origin.path, "launcher": found.launcher,
        "called_by": found.called_by, "inputs_from": found.inputs_from, "inputs": found.inputs, "text": found.text,
        "reference_from": found.reference_from, "missing": found.missing[:300], "pair": found.reference,
        "verdict": verdicts.get(found.reference, ""), "seconds": seconds,
        "reference": programs[pair.program].text if pair else "", "triton": pair.text if pair else "",
    }  # fmt: skip


def _verdict(program: Program, pair: Pair) -> str:
    if not _BENCH:
        _BENCH.append(open_bench("cpu").__enter__())  # for as long as the worker lives
    found = verify_texts(program.text, pair.text, bench=_BENCH[0], names=(program.entry, pair.entry))
    return "passed" if found.passed else f"{found.reason}: {found.detail}"[:200]


def _line(row: dict[str, Any]) -> str:
    if "drop" in row:
        return f"{row['repository']} {row['kernel']}: {row['drop']}"
    known = [
        row["called_by"] and "device function",
        row["inputs_from"] and f"inputs {row['inputs_from']}",
        row["reference_from"] and f"reference {row['reference_from']}",
        row["verdict"],
        row["missing"],
    ]
    return f"{row['repository']} {row['kernel']} ({row['launcher']}): {'; '.join(filter(None, known))}"


def report(rows: list[dict[str, Any]]) -> None:
    closed = [row for row in rows if "drop" not in row]
    launched = [row for row in closed if row["launcher"]]
    given = [row for row in launched if row["inputs_from"]]
    paired = [row for row in launched if row["reference_from"]]
    passed = {row["pair"] for row in paired if row["verdict"] == "passed"}
    print(f"kernels {len(rows)}, closed {len(closed)}, device functions {sum(bool(r['called_by']) for r in closed)}")
    print(f"with a launcher {len(launched)}")
    print(f"with inputs {_share(given, launched)}: {_counts(given, 'inputs_from')}")
    print(f"from callers {_share([row for row in given if row['inputs_from'] in CALLERS], launched)}")
    print(f"with a reference {_share(paired, launched)}: {_counts(paired, 'reference_from')}")
    print(f"verified {_share([row for row in paired if row['verdict'] == 'passed'], launched)}, {len(passed)} pairs")
    print("other verdicts", Counter(row["verdict"].partition(":")[0] for row in paired if row["verdict"] != "passed"))
    print("no inputs", Counter(row["missing"].partition(":")[0] for row in launched if not row["inputs_from"]))
    print(f"seconds a kernel {sum(row.get('seconds', 0) for row in rows) / max(1, len(rows)):.1f}")


def _share(some: list[dict[str, Any]], of: list[dict[str, Any]]) -> str:
    return f"{len(some)} ({len(some) / max(1, len(of)):.0%})"


def _counts(rows: list[dict[str, Any]], field: str) -> str:
    return ", ".join(f"{source} {count}" for source, count in Counter(row[field] for row in rows).most_common())


if __name__ == "__main__":
    main()
