"""Is a file that was rewritten from symbolic sizes right at other sizes too?

    PYTHONPATH=src python benchmarks/generic.py [--device cpu|cuda] [--jobs 2] [--only REGEX] [--every N] [--sizes 3]
                                                [--libraries keep|triton]

Each program of benchmarks/modules is captured in the mode `dynamic` and rewritten. Its open sizes are then changed, to
odd ones first, until eager has accepted three sets of them that the file's own assertions accept as well; the same file
must give eager's numbers at each. A program is shape-generic when all three are right. Not covered: training.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from modules import programs  # noqa: E402  the folder that this script stands in is not a package
from rewrite_difference import copied, distance, moved, split, tensors  # noqa: E402

CHANGES = ((1, 1), (2, 1), (3, -1), (1, 5), (1, 2), (2, 3), (1, 3), (1, -1), (2, 0), (4, 0), (1, 7), (3, 1))
ATTEMPTS = 24
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="")
    parser.add_argument("--every", type=int, default=1, help="a sample: each so many of the programs")
    parser.add_argument("--libraries", default="keep", choices=["keep", "triton"])
    parser.add_argument("--sizes", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60.0, help="limit of one program's checks")
    parser.add_argument("--side", choices=["make", "check"], help=argparse.SUPPRESS)
    parser.add_argument("--shard", default="0/1", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        index, count = map(int, options.shard.split("/"))
        for name, program in itertools.islice(_chosen(options), index, None, count):
            row = _made(program, options) if options.side == "make" else _checked(program, options)
            print(json.dumps({"name": name, **row}), flush=True)
        return
    with tempfile.TemporaryDirectory() as scratch:
        made = _shards(options, Path(scratch), "make", {"CUDA_VISIBLE_DEVICES": ""})
        interpret = {"TRITON_INTERPRET": "1"} if options.device == "cpu" else {}
        _report(made, _shards(options, Path(scratch), "check", interpret), options)


def _chosen(options: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    sample = itertools.islice(programs(), 0, None, options.every)
    return ((name, program) for name, program in sample if re.search(options.only, name))


def _shards(options: argparse.Namespace, folder: Path, side: str, env: dict[str, str]) -> list[Row]:
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder), "--only", options.only,
               "--every", str(options.every), "--libraries", options.libraries]  # fmt: skip
    command += ["--device", options.device, "--sizes", str(options.sizes), "--seconds", str(options.seconds)]
    quiet = {"OMP_NUM_THREADS": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1"}
    started = [
        subprocess.Popen([*command, "--shard", f"{i}/{options.jobs}"], stdout=subprocess.PIPE, text=True,
                         stderr=subprocess.DEVNULL, env={**os.environ, **quiet, **env})
        for i in range(options.jobs)
    ]  # fmt: skip
    return [json.loads(line) for p in started for line in p.communicate()[0].splitlines() if line.startswith("{")]


def _made(program: Any, options: argparse.Namespace) -> Row:
    from triton_data.capture.headless.capture import capture_program
    from triton_data.records import Drop
    from triton_data.rewrite.rewrite import rewrite

    try:
        capture = capture_program(program, "sm_90", "dynamic", options.libraries)
        pair = capture if isinstance(capture, Drop) else rewrite(program, capture)
    except Exception as error:  # noqa: BLE001  a bug of ours is a result here, and the other programs go on
        return {"drop": f"bug: {type(error).__name__}: {str(error)[:100]}"}
    if isinstance(pair, Drop):
        return {"drop": f"{pair.reason}: {pair.detail[:100]}"}
    (options.folder / f"{program.entry}.py").write_text(pair.text)
    return {"open": len(_open_sizes(pair.text))}


def _open_sizes(text: str) -> dict[str, tuple[str, int]]:
    """size_0 -> (x, 0), from the line that reads them."""
    found = re.search(r"^    +((?:size|stride)_[\w, ]+) = (.+\.(?:size|stride)\(.+)$", text, re.MULTILINE)
    if found is None:
        return {}
    values = re.findall(r"([\w.\[\]]+)\.(?:size|stride)\((\d+)\)", found[2])
    pairs = zip(found[1].split(", "), ((tensor, int(axis)) for tensor, axis in values), strict=True)
    return {name: place for name, place in pairs if name.startswith("size")}


def _checked(program: Any, options: argparse.Namespace) -> Row:
    import signal

    path = options.folder / f"{program.entry}.py"
    if not path.exists():
        return {}

    def too_long(*_: Any) -> None:
        raise TimeoutError(f"over {options.seconds:g} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, options.seconds)
    try:
        return _at_other_sizes(program, path, options)
    except Exception as error:  # noqa: BLE001  whatever a file raises is its result here
        return {"right": 0, "wrong": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _at_other_sizes(program: Any, path: Path, options: argparse.Namespace) -> Row:
    import torch

    if options.device == "cpu":
        from triton_data.verify.jailed.interpreter.install import install

        install()
    torch.backends.cudnn.allow_tf32 = False
    text = path.read_text()
    spaces: list[dict[str, Any]] = [{}, {}]
    exec(compile(program.text, program.entry, "exec"), spaces[0])
    sys.path.insert(0, str(path.parent))
    new_module = __import__(path.stem)
    old, new = spaces[0][program.entry], getattr(new_module, f"{program.entry}New")
    args, kwargs = split(spaces[0]["get_inputs"]())
    names = _argument_names(text, program.entry, isinstance(old, type))
    if isinstance(old, type):
        init, more = split(spaces[0].get("get_init_inputs", list)())
        old, new = (made(*init, **more).eval().to(options.device) for made in (old, new))
        new.load_state_dict(old.state_dict())
    shapes = _shapes(text, dict(zip(names, args, strict=False)))
    right = 0
    sizes: list[dict[str, int]] = []
    for chosen in _other_sizes(text, dict(zip(names, args, strict=False))):
        changed = [_resized(arg, shapes.get(name), chosen) for name, arg in zip(names, args, strict=False)]
        changed = moved(changed, options.device)
        with torch.no_grad():
            try:
                wanted = tensors(old(*copied(changed), **copied(kwargs)))
            except Exception:  # noqa: BLE001  eager does not take these sizes
                continue
            try:
                got = tensors(new(*copied(changed), **copied(kwargs)))
            except AssertionError:
                continue  # the file says that it is not for these
        difference = max((distance(a, b) for a, b in zip(wanted, got, strict=True)), default=0.0)
        if difference > 1:
            return {"right": right, "wrong": f"{difference:.3g} at {chosen}"}
        right, sizes = right + 1, [*sizes, chosen]
        if right == options.sizes:
            break
    return {"right": right, "wrong": "", "sizes": sizes}


def _argument_names(text: str, entry: str, is_class: bool) -> list[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == ("forward" if is_class else f"{entry}New"):
            return [argument.arg for argument in node.args.args][is_class:]
    return []


def _shapes(text: str, given: dict[str, Any]) -> dict[str, list[str]]:
    """What the file says of each argument: numbers, and names of open sizes."""
    said = {name: [part for part in shape.replace(" ", "").split(",") if part]
            for name, shape in re.findall(r"assert (\w+)\.shape == \((.*?)\),", text)}  # fmt: skip
    for size, (tensor, axis) in _open_sizes(text).items():
        if tensor in given and tensor not in said:
            said[tensor] = [str(n) for n in given[tensor].shape]
        if tensor in said:
            said[tensor][axis] = size
    return said


def _other_sizes(text: str, given: dict[str, Any]) -> Iterator[dict[str, int]]:
    sizes = {name: int(given[tensor].shape[axis]) for name, (tensor, axis) in _open_sizes(text).items()
             if tensor in given}  # fmt: skip
    if not sizes:
        return
    for attempt in range(ATTEMPTS):
        chosen = {}
        for place, (name, size) in enumerate(sizes.items()):
            times, plus = CHANGES[(attempt + place * (1 + attempt // len(CHANGES))) % len(CHANGES)]
            chosen[name] = max(size * times + plus, 2)
        if chosen != sizes:
            yield chosen


def _resized(value: Any, shape: list[str] | None, sizes: dict[str, int]) -> Any:
    import torch

    if not isinstance(value, torch.Tensor) or shape is None:
        return value
    wanted = [int(part) if part.isdigit() else sizes[part] for part in shape]
    if list(value.shape) == wanted:
        return value
    if value.is_floating_point():
        low, high = value.min().item(), value.max().item()
        noise = torch.randn(wanted, dtype=torch.float64)
        noise = noise if low < 0 else noise.abs() + low  # probabilities and logarithms' arguments stay positive
        return noise.clamp(low, high).to(value.dtype)
    if value.dtype == torch.bool:
        return torch.rand(wanted) > 0.5
    return torch.randint(int(value.min()), int(value.max()) + 1, wanted, dtype=value.dtype)


def _report(made: list[Row], checked: list[Row], options: argparse.Namespace) -> None:
    import torch
    import triton

    results = {row["name"]: row for row in checked if "right" in row}
    rewritten = [row for row in made if "drop" not in row]
    opened = [row for row in rewritten if row["open"]]
    good = [name for name, row in results.items() if row["right"] == options.sizes and not row["wrong"]]
    print(f"torch {torch.__version__}, triton {triton.__version__}, checked on {options.device}")
    print(f"{len(made)} programs, {len(rewritten)} rewritten, {len(opened)} with open sizes")
    print(f"right at {options.sizes} other sizes: {len(good)} ({len(good) / max(len(made), 1):.1%} of all programs)")
    for row in made:
        if "drop" in row:
            print(f"  declined {row['name']}: {row['drop']}")
    for name, row in sorted(results.items()):
        if row["wrong"]:
            print(f"  wrong {name}: {row['wrong']}")
    few = [name for name, row in sorted(results.items()) if not row["wrong"] and 0 < row["right"] < options.sizes]
    none = [row["name"] for row in opened if not results.get(row["name"], {"right": 1})["right"]
            and not results[row["name"]]["wrong"]]  # fmt: skip
    print(f"  fewer than {options.sizes} sizes found: {len(few)} {few[:12]}; none: {len(none)} {none[:12]}")


if __name__ == "__main__":
    main()
