"""The subcommand templates: entries (PyTorch, Triton, test) from kernels written by hand, as dataset/{train,…}.

In: flags. Out: files, and a summary on stdout. Not covered: rendering (generate/templates/), checking
(without_run/templates.py).
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triton_data.commands import options
from triton_data.errors import Misuse

if TYPE_CHECKING:
    from triton_data.generate.templates.entry import Entry
    from triton_data.without_run.templates import Checked

CHECKS = "checks.jsonl"


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("dataset"), show_default=True,
              help="Folder for train/, validation/ and test/.")  # fmt: skip
@click.option("--count", type=click.IntRange(min=1), help="About so many entries.  [default: 12000]")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same files.")
@click.option("--families", "names", metavar="A,B", help="Only these; --list names them.")
@click.option("--phase", type=click.IntRange(1, 3), help="Only families of this phase of the plan.")
@click.option("--verify", "verified", default="none", show_default=True, metavar="all|N|none",
              help="Run the tests and ask the judge, for all or N of each family; what fails is left out.")  # fmt: skip
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True,
              help="With --verify: cpu is Triton's interpreter.")  # fmt: skip
@click.option("--run-dir", type=click.Path(path_type=Path), help="Also put each pair, and its verdict, into this run.")
@click.option("--list", "listing", is_flag=True, help="Print the families and make nothing.")
@options.JOBS
@options.UNSAFE
@options.JSON
def templates(
    out: Path, count: int | None, seed: int, names: str | None, phase: int | None, verified: str, device: str,
    run_dir: Path | None, listing: bool, jobs: int | None, allow_unsafe_exec: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write entries {id, python_code, triton_code, test_code, metadata} from templates.

    What --verify finds is kept in OUT/checks.jsonl and asked only once: a run that was cut off goes on from there.

    Example:  triton-data generate templates

    Example:  triton-data generate templates --families softmax,layer_norm --count 40 --verify all --out my_dataset
    """
    from triton_data.generate.templates import dataset

    picked = _picked(names, phase)
    if listing:
        _list(picked, as_json)
        return
    each = _each(verified)
    options.writable(out)
    if device == "cuda" and each == 0:
        raise Misuse("--device says where --verify runs: add --verify all")
    entries = dataset.chosen(count or 0, seed, picked)
    out.mkdir(parents=True, exist_ok=True)
    checks = _checks(entries, each, out, device, jobs, allow_unsafe_exec)
    kept = [entry for entry in entries if entry.digest not in checks or checks[entry.digest].passed]
    splits = dataset.write(kept, out)
    if run_dir is not None:
        from triton_data.without_run.templates import into_run

        into_run(kept, checks, run_dir, seed)
    _say(entries, kept, splits, checks, out, as_json)


def _picked(names: str | None, phase: int | None) -> list[str]:
    from triton_data.generate.templates.dataset import checked_names
    from triton_data.generate.templates.families import families

    asked = options.listed(names)
    picked = [n for n in checked_names(asked or families()) if phase in (None, families()[n].phase)]
    if not picked:
        raise Misuse(f"none of these families is of phase {phase}; --list says of which each is")
    return picked


def _each(verified: str) -> int:
    """How many of a family are verified; -1 is all."""
    if verified in ("all", "none"):
        return -1 if verified == "all" else 0
    if not verified.isdecimal():
        raise Misuse(f"--verify {verified!r} is not all, none or a number of entries a family")
    return int(verified)


def _checks(
    entries: list[Entry], each: int, out: Path, device: str, jobs: int | None, allow_unsafe: bool
) -> dict[str, Checked]:
    from triton_data.running.progress import Progress
    from triton_data.without_run.templates import checked

    if each == 0:
        return {}
    seen: Counter[str] = Counter()
    wanted = []
    for entry in entries:
        seen[entry.family] += 1
        if each < 0 or seen[entry.family] <= each:
            wanted.append(entry)
    found = {}
    with Progress("templates", len(wanted)) as progress:
        for result in checked(wanted, device, jobs, out / CHECKS, allow_unsafe=allow_unsafe):
            found[result.digest] = result
            progress.advance(1, int(result.passed), int(not result.passed))
    return found


def _list(picked: list[str], as_json: bool) -> None:
    from triton_data.generate.templates.families import families
    from triton_data.generate.templates.variants import combinations

    for name in picked:
        family = families()[name]
        row = {
            "family": name, "phase": family.phase, "operation_type": family.operation,
            "difficulty": family.difficulty, "variants": combinations(family), "backward": family.backward,
        }  # fmt: skip
        words = f"phase {family.phase}  {family.operation:16} {family.difficulty:7} {row['variants']:6} variants"
        click.echo(json.dumps(row) if as_json else f"{name:24} {words}")


def _say(entries: list[Entry], kept: list[Entry], splits: Counter[str], checks: dict[str, Checked], out: Path,
         as_json: bool) -> None:  # fmt: skip
    failed = [found for found in checks.values() if not found.passed]
    if as_json:
        told = {"out": str(out), "entries": len(kept), **splits, "families": len({e.family for e in kept})}
        click.echo(json.dumps({**told, "verified": len(checks) - len(failed), "left_out": len(failed)}))
    else:
        for found in failed:
            click.echo(f"left out {found.id}: {found.failure or f'{found.verdict}: {found.detail}'}"[:300], err=True)
        parts = ", ".join(f"{splits[split]} {split}" for split in ("train", "validation", "test"))
        said = f"{len(checks) - len(failed)} of them verified" if checks else "none of them run; --verify all runs them"
        click.echo(f"{out}: {len(kept)} entries of {len({e.family for e in kept})} families ({parts}); {said}")
    if failed:
        raise SystemExit(1)
