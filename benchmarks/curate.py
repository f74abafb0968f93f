"""What curation costs, step by step, against datasketch on the same texts in the same run.

In: classes of the installed packages. Out: items a second of CPU time for each step, and how many times datasketch's;
with --items N the peak memory of deduplicating N synthetic texts. Needs datasketch: pip install datasketch.

    python benchmarks/curate.py
    python benchmarks/curate.py --items 1000000
"""

from __future__ import annotations

import argparse
import ast
import importlib
import random
import re
import resource
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from triton_data.curate import near, shingles, tokens, tree
from triton_data.curate.shingles import Sketches
from triton_data.curate.steps import steps

_WORD = re.compile(r"\w+|[^\w\s]")
_BATCH = 4096


def classes(limit: int) -> list[str]:
    """Modules of what is installed, torch first, in the sizes that people write."""
    found: list[str] = []
    site = Path(sysconfig.get_paths()["purelib"])
    for path in [*sorted((site / "torch").rglob("*.py")), *sorted(site.rglob("*.py"))]:
        try:
            text = path.read_text("utf-8")
            module = ast.parse(text)
        except (SyntaxError, ValueError, UnicodeDecodeError):
            continue
        lines = text.splitlines()
        nodes = (node for node in module.body if isinstance(node, ast.ClassDef) and _is_module(node))
        found += ["\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in nodes]
        if len(found) >= limit:
            break
    return found[:limit]


def _is_module(node: ast.ClassDef) -> bool:
    return any("Module" in ast.unparse(base) for base in node.bases)


def timed(name: str, items: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """The better of two goes: the machine has other work."""
    best, result = float("inf"), None
    for _ in range(2):
        before = time.process_time()
        result = work()
        best = min(best, time.process_time() - before)
    print(f"{name:44} {items / best:12,.0f} items/s a core", flush=True)
    return best, result


def ours(texts: list[str]) -> tuple[float, float]:
    """(sketching: text to signature, all of finding clusters)."""
    first, made = timed("ours: tokens and shingles", len(texts), lambda: shingles.sketch(texts))
    second, _ = timed("ours: signatures (rensa)", len(texts), lambda: near.signatures(made.shingles))

    def clusters() -> int:
        found = near.Clusters(len(texts))
        near.merge_similar(made, found)
        return len({found.find(i) for i in range(len(texts))})

    third, distinct = timed("ours: signatures, bands, exact Jaccard", len(texts), clusters)
    print(
        f"    sketching alone {len(texts) / (first + second):,.0f} items/s a core; {distinct} of {len(texts)} distinct"
    )
    return first + second, first + third


def datasketch(texts: list[str]) -> tuple[float, float]:
    library: Any = importlib.import_module("datasketch")

    def sketch() -> list[Any]:
        made = []
        for text in texts:
            words = _WORD.findall(text)
            grams = {" ".join(words[i : i + shingles.WIDTH]).encode() for i in range(len(words))}
            minhash = library.MinHash(num_perm=near.SIGNATURE)
            minhash.update_batch(grams)
            made.append(minhash)
        return made

    before = time.process_time()
    made = sketch()
    first = time.process_time() - before
    print(f"{'datasketch: tokens, shingles, signatures':44} {len(texts) / first:12,.0f} items/s a core", flush=True)
    index = library.MinHashLSH(threshold=near.THRESHOLD, num_perm=near.SIGNATURE)
    before = time.process_time()
    for number, minhash in enumerate(made):
        index.query(minhash)
        index.insert(str(number), minhash)
    second = time.process_time() - before
    print(f"{'datasketch: index and queries':44} {len(texts) / second:12,.0f} items/s a core", flush=True)
    return first, first + second


def others(texts: list[str]) -> None:
    parsed = [module for text in texts if (module := tree.parse(text))]
    timed("parse", len(texts), lambda: [tree.parse(text) for text in texts])
    timed("structure hashes", len(parsed), lambda: [tree.hashes(module) for module in parsed])
    timed("steps", len(parsed), lambda: [steps(module) for module in parsed])
    timed("tokens", len(texts), lambda: [tokens.count(text) for text in texts])


def synthetic(count: int) -> Iterator[list[str]]:
    """Batches of small modules from a seed; a third of them repeat an earlier one with other names."""
    draw, seeds = random.Random(0), list[int]()
    calls = [
        f"torch.{name}(x)" for name in ("relu", "tanh", "exp", "sin", "cos", "sigmoid", "abs", "sqrt", "erf", "log")
    ]
    for first in range(0, count, _BATCH):
        batch = []
        for number in range(first, min(first + _BATCH, count)):
            seeds.append(draw.choice(seeds) if seeds and draw.random() < 1 / 3 else number)
            seed = seeds[-1]
            own = random.Random(seed)
            body = "".join(
                f"        x = {own.choice(calls)} * y{own.randrange(9)}\n" for _ in range(own.randint(8, 24))
            )
            batch.append(f"class M{number}(nn.Module):\n    def forward(self, x):\n{body}        return x\n")
        yield batch


def memory(count: int) -> None:
    base = peak()
    before = time.process_time()
    made = [shingles.sketch(batch) for batch in synthetic(count)]
    whole = Sketches(shingles.joined([m.shingles for m in made]), shingles.joined([m.operators for m in made]))
    del made
    held = whole.shingles.values.nbytes + whole.operators.values.nbytes
    sketched = time.process_time() - before
    found = near.Clusters(count)
    near.merge_similar(whole, found)
    distinct = len(np.unique([found.find(i) for i in range(count)]))
    spent = time.process_time() - before
    print(f"{count:,} texts: {distinct:,} distinct, {spent:,.0f} s of CPU ({sketched:,.0f} s to make and sketch them)")
    print(f"    sets {held / 2**20:,.0f} MiB; peak {peak() - base:,.0f} MiB above the start")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classes", type=int, default=10_000)
    parser.add_argument("--items", type=int, help="measure memory with so many synthetic texts instead")
    chosen = parser.parse_args()
    if chosen.items:
        memory(chosen.items)
        return
    texts = classes(chosen.classes)
    print(f"{len(texts)} classes, {sum(map(len, texts)) / len(texts):,.0f} characters each")
    mine, theirs = ours(texts), datasketch(texts)
    print(f"    sketching {theirs[0] / mine[0]:.1f}x datasketch, all of near-duplicates {theirs[1] / mine[1]:.1f}x")
    others(texts)


if __name__ == "__main__":
    main()
