"""`generate graphs` and the door generator/gen.py: options, checked, and one call of the room.

In: flags, in the door's spelling with underscores or with hyphens. Out: a JSONL file, a run, a table of coverage.
"""

from __future__ import annotations

import json
import re
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triton_data.commands import options
from triton_data.errors import Misuse, closest

if TYPE_CHECKING:
    from triton_data.generate.graphs.output import Coverage
    from triton_data.generate.graphs.plan import Settings

_NUMBER = re.compile(r"(\d+)(?:(?:\*\*|\^)(\d+))?|(\d+(?:\.\d*)?e\d+)")
LARGEST = 2**62


class Amount(click.ParamType[int]):
    """17179869184, 2**34, 2^34 or 1e9."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = _NUMBER.fullmatch(str(value).strip())
        if not found or len(found[2] or "") > 2:
            self.fail(f"{value!r} is not a number: write 17179869184, 2**34 or 1e9", param, ctx)
        amount = int(float(found[3])) if found[3] else int(found[1]) ** int(found[2] or 1)
        if amount > LARGEST:
            self.fail(f"{value} is more than 2**62", param, ctx)
        return amount


_OPTIONS = (
    click.option("--output_file", "--output-file", "output", required=True, type=click.Path(path_type=Path),
                 help="The JSONL file. What makes it resumable lies beside it, in FILE.run."),
    click.option("--level", required=True, type=click.IntRange(0, 4), help="Operators: 1, 2, 3, 5, 10."),
    click.option("--target_count", "--target-count", "target", type=click.IntRange(min=1), default=10000,
                 show_default=True, help="Distinct graphs in the file."),
    click.option("--num_workers", "--num-workers", "--jobs", "jobs", type=click.IntRange(min=1),
                 help="Worker processes; one a core if not given. The file does not depend on it."),
    click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Another one, other graphs."),
    click.option("--start_idx", "--start-idx", "first", type=click.IntRange(min=0), default=0, show_default=True,
                 help="Index of the first graph, so that several machines can share a seed."),
    click.option("--min_flops", "--min-flops", type=Amount(), help="Fewest FLOPs a graph.  [default: 2**34]"),
    click.option("--max_flops", "--max-flops", type=Amount(), help="Most FLOPs a graph.  [default: 2**35]"),
    click.option("--bytes", "bytes_", metavar="LOW:HIGH",
                 help="Bytes of inputs and outputs; either end may be empty."),
    click.option("--intensity", metavar="LOW:HIGH", help="FLOPs a byte of inputs and outputs."),
    click.option("--operators", "names", metavar="A,B", help="These operators in this order, in every graph."),
    click.option("--dtypes", default="float32,float16,bfloat16", show_default=True, help="Of tensors, in turn."),
    click.option("--form", default="function", show_default=True, help="function, module, or mixed."),
    click.option("--io_metadata", "--io-metadata", "with_io", is_flag=True,
                 help="Operator, inputs and what they are as separate fields."),
    click.option("--device", default="cpu", show_default=True,
                 help="Where graphs are tried: cpu, at small sizes; cuda, at full size on every GPU."),
    click.option("--no_check", "--no-check", "unchecked", is_flag=True, help="Write graphs that were never run."),
    click.option("--run_dir", "--run-dir", type=click.Path(path_type=Path),
                 help="Programs go into this run.  [default: FILE.run]"),
    click.option("--force", is_flag=True, help="Replace a file that was made with other settings."),
    options.UNSAFE,
    options.JSON,
)  # fmt: skip


def shared(command: Any) -> Any:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@shared
def graphs(**given: Any) -> None:
    """Make graphs of tensor operators whose FLOPs lie inside a window, and try each of them.

    Example:  triton-data generate graphs --level 2 --target-count 100 --output-file graphs.jsonl

    Example:  triton-data generate graphs --level 1 --min-flops 2**16 --max-flops 2**22 --output-file small.jsonl
    """
    make(**given)


@click.command("gen.py")
@shared
def gen(**given: Any) -> None:
    """Make graphs of tensor operators whose FLOPs lie inside a window, and try each of them.

    Example:  python triton-data/generator/gen.py --output_file output.jsonl --level 1 --target_count 10000
    """
    make(**given)


def make(
    output: Path, level: int, target: int, jobs: int | None, seed: int, first: int, min_flops: int | None,
    max_flops: int | None, bytes_: str | None, intensity: str | None, names: str | None, dtypes: str, form: str,
    with_io: bool, device: str, unchecked: bool, run_dir: Path | None, force: bool, allow_unsafe_exec: bool,
    as_json: bool,
) -> None:  # fmt: skip
    from triton_data.generate.graphs import run

    settings = chosen(level, seed, min_flops, max_flops, bytes_, intensity, names, dtypes, form, device, not unchecked)
    if output.is_dir():
        raise Misuse(f"--output_file {output} is a folder: name a file, such as {output / 'graphs.jsonl'}")
    where = run_dir or output.with_name(f"{output.name}.run")
    places = run.Places(output, where, with_io, force, jobs, _gpus(device), allow_unsafe_exec)
    coverage = run.generate(settings, places, first, target)
    _show(coverage, run.dropped(where), output, target, as_json)


def chosen(level: int, seed: int, min_flops: int | None, max_flops: int | None, bytes_: str | None,
           intensity: str | None, names: str | None, dtypes: str, form: str, device: str,
           checked: bool) -> Settings:  # fmt: skip
    from triton_data.generate.graphs.plan import COUNTS, FORMS, USUAL_WINDOW, Settings
    from triton_data.generate.graphs.wish import Window
    from triton_data.generate.operators import operator
    from triton_data.generate.operators.entry import FLOATS

    usual = min_flops is None and max_flops is None
    low, high = (USUAL_WINDOW.min_flops, USUAL_WINDOW.max_flops) if usual else (min_flops or 0, max_flops or LARGEST)
    if low > high:
        raise Misuse(f"--min_flops {low} is more than --max_flops {high}")
    of_bytes, of_intensity = _range("--bytes", bytes_), _range("--intensity", intensity)
    window = Window(low, high, int(of_bytes[0]), int(min(of_bytes[1], LARGEST)), *of_intensity)
    listed = options.listed(names) or ()
    if listed and len(listed) != COUNTS[level]:
        raise Misuse(f"--level {level} has {COUNTS[level]} operators, --operators names {len(listed)}")
    kinds = options.listed(dtypes) or ()
    for kind in kinds or ("",):
        if kind not in FLOATS:
            raise Misuse(f"unknown dtype {kind!r}{closest(kind, FLOATS)}")
    for word, known, option in ((form, FORMS, "--form"), (device, ("cpu", "cuda"), "--device")):
        if word not in known:
            raise Misuse(f"unknown {option} {word!r}{closest(word, known)}")
    exact = tuple(operator(name).name for name in listed)
    return Settings(level, seed, window, usual, form, kinds, exact, device, checked)


def _range(option: str, text: str | None) -> tuple[float, float]:
    """'LOW:HIGH', each a number or empty."""
    if text is None:
        return 0.0, inf
    low, colon, high = text.partition(":")
    try:
        ends = (_end(low, 0.0), _end(high, inf))
    except ValueError:
        colon = ""
    if not colon:
        raise Misuse(f"{option} {text!r} is not LOW:HIGH, such as 2**20:2**24 or 4:")
    if ends[0] > ends[1]:
        raise Misuse(f"{option} {text}: the lower end is above the upper one")
    return ends


def _end(text: str, empty: float) -> float:
    base, power, exponent = text.strip().replace("^", "**").partition("**")
    if not base:
        return empty
    return float(base) ** int(exponent) if power else float(base)


def _gpus(device: str) -> int:
    if device != "cuda":
        return 1
    import torch

    if not torch.cuda.is_available():
        raise Misuse("--device cuda, but this machine has no GPU that torch can use: leave it out")
    return int(torch.cuda.device_count())


def _show(coverage: Coverage, drops: dict[str, int], output: Path, target: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"file": str(output), **coverage.to_json(), "dropped": drops}))
    else:
        for name, seen, count, times, kinds in coverage.by_family():
            click.echo(f"  {name:<14} {seen:>3} of {count:>3} operators, {times:>6} times, {kinds:>4} dtypes and ranks")
        counts = coverage.to_json()
        click.echo(
            f"  {counts['pairs']} of {counts['of_pairs']} pairs of operators,"
            f" {counts['operator_dtype_rank']} (operator, dtype, rank)"
        )
        lost = ", ".join(f"{reason} {count}" for reason, count in drops.items()) or "none"
        click.echo(f"  dropped: {lost}; the same after renaming: {coverage.same}")
        click.echo(f"{output}: {coverage.graphs} graphs")
    if coverage.graphs < target:
        raise Misuse(f"only {coverage.graphs} of {target} graphs could be made: widen the window, or ask for fewer")
