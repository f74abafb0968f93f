"""What curation costs, step by step, against datasketch (and rensa's signatures) on the same texts in the same run.

In: classes of installed packages. Out: items a second of CPU time for each step, and how many times datasketch's; with
--items N the time, the peak memory and the recall of deduplicating N synthetic texts that are all alike: ten operators
in some order, a sixth of them copies with other names, a sixth copies with one line changed. Needs two more packages:
pip install datasketch rensa.

    python benchmarks/curate.py
    python benchmarks/curate.py --packages ../other/lib/python3.11/site-packages
    python benchmarks/curate.py --items 1000000
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import random
import re
import resource
import sysconfig
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from triton_data.curate.duplicates import near
from triton_data.curate.duplicates.clusters import Clusters
from triton_data.curate.duplicates.signatures import SIZE, signatures
from triton_data.curate.reading import shingles, tokens, tree
from triton_data.curate.reading.shingles import Sketches
from triton_data.curate.reading.steps import steps

_WORD = re.compile(r"\w+|[^\w\s]")
_CALLS = ("relu", "tanh", "exp", "sin", "cos", "sigmoid", "abs", "sqrt", "erf", "log")
_BATCH = 4096
ROUNDS = 5


def classes(limit: int, packages: list[Path]) -> list[str]:
    """Modules of what is installed, torch first, in the sizes that people write."""
    found: list[str] = []
    site = Path(sysconfig.get_paths()["purelib"])
    folders = [site / "torch", *(packages or [site])]
    for path in (path for folder in folders for path in sorted(folder.rglob("*.py"))):
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


def timed(works: dict[str, Callable[[], Any]], items: int, rounds: int) -> tuple[list[float], list[Any]]:
    """Seconds of CPU, the best of several rounds. In a round each has its turn, because the machine has other work."""
    best, results = [float("inf")] * len(works), [None] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works.values()):
            before = time.process_time()
            results[place] = work()
            best[place] = min(best[place], time.process_time() - before)
    for name, spent in zip(works, best, strict=True):
        print(f"{name:52} {items / spent:12,.0f} items/s a core", flush=True)
    return best, results


def near_duplicates(texts: list[str]) -> None:
    datasketch: Any = importlib.import_module("datasketch")
    rensa: Any = importlib.import_module("rensa")
    sketches, minhashes = shingles.sketch(texts), theirs(datasketch, texts)
    sets = sketches.shingles
    flat, bounds = sets.values.astype(np.uint64), sets.bounds.astype(np.uint64)

    def digests() -> Any:
        return rensa.RMinHash.digest_matrix_from_flat_token_hashes(flat, bounds, num_perm=SIZE, seed=1)

    def clusters() -> Clusters:
        found = Clusters(len(texts))
        near.merge_similar(sketches, found)
        return found

    spent, results = timed({
        "ours: tokens and shingles": lambda: shingles.sketch(texts),
        "ours: signatures": lambda: signatures(sets),
        "rensa: signatures of the same sets, inside of it": digests,
        "rensa: the same, handed out for banding": lambda: np.array(digests().to_rows(), np.uint32),
        "datasketch: tokens, shingles, signatures": lambda: theirs(datasketch, texts),
        "ours: signatures, buckets, exact Jaccard, clusters": clusters,
        "datasketch: index and queries": lambda: index(datasketch, minhashes),
    }, len(texts), ROUNDS)  # fmt: skip
    tokens_, made, _, _, sketched, merged, indexed = spent
    print(f"    {len(np.unique(results[5].labels()))} of {len(texts)} distinct")
    print(f"    sketching {len(texts) / (tokens_ + made):,.0f} items/s a core, {sketched / (tokens_ + made):.1f}x")
    print(f"    buckets, confirmation, clusters {indexed / (merged - made):.1f}x")
    print(f"    all of near-duplicates {(sketched + indexed) / (tokens_ + merged):.1f}x")


def theirs(datasketch: Any, texts: list[str]) -> list[Any]:
    made = []
    for text in texts:
        words = _WORD.findall(text)
        grams = {" ".join(words[i : i + shingles.WIDTH]).encode() for i in range(len(words))}
        minhash = datasketch.MinHash(num_perm=SIZE)
        minhash.update_batch(grams)
        made.append(minhash)
    return made


def index(datasketch: Any, minhashes: list[Any]) -> None:
    """Candidates only: it confirms nothing."""
    made = datasketch.MinHashLSH(threshold=near.THRESHOLD, num_perm=SIZE)
    for number, minhash in enumerate(minhashes):
        made.query(minhash)
        made.insert(str(number), minhash)


def others(texts: list[str]) -> None:
    parsed = [module for text in texts if (module := tree.parse(text))]
    timed({
        "parse": lambda: [tree.parse(text) for text in texts],
        "structure hashes": lambda: [tree.hashes(module) for module in parsed],
        "steps": lambda: [steps(module) for module in parsed],
        "tokens": lambda: [tokens.count(text) for text in texts],
    }, len(texts), 1)  # fmt: skip
    for processes in sorted({1, len(os.sched_getaffinity(0))}):
        with ProcessPoolExecutor(processes) as pool:
            list(pool.map(hashed, texts[:processes]))
            before = time.perf_counter()
            list(pool.map(hashed, texts, chunksize=64))
        spent = time.perf_counter() - before
        name = f"parse and structure hashes, {processes} at a time"
        print(f"{name:52} {len(texts) / spent:12,.0f} items/s of wall time")


def hashed(text: str) -> str:
    module = tree.parse(text)
    return tree.hashes(module).tree if module else ""


def synthetic(count: int, planted: list[tuple[int, int, bool]]) -> Iterator[list[str]]:
    """Batches of small modules from a seed. `planted` gets (original, copy, whether a line was changed)."""
    draw, bodies = random.Random(0), list[list[str]]()
    for first in range(0, count, _BATCH):
        batch = []
        for number in range(first, min(first + _BATCH, count)):
            body = [_line(draw) for _ in range(draw.randint(8, 24))]
            if number and draw.random() < 1 / 3:
                original = draw.randrange(number)
                body = list(bodies[original])
                if changed := draw.random() < 1 / 2:
                    body[draw.randrange(len(body))] = _line(draw)
                planted.append((original, number, changed))
            bodies.append(body)
            text = "".join(f"        x = {line} * y{number % 9}\n" for line in body)
            batch.append(f"class M{number}(nn.Module):\n    def forward(self, x):\n{text}        return x\n")
        yield batch


def _line(draw: random.Random) -> str:
    return f"torch.{draw.choice(_CALLS)}(x)"


def many(count: int) -> None:
    planted: list[tuple[int, int, bool]] = []
    texts = list(synthetic(count, planted))
    base = peak()
    before = time.process_time()
    made = [shingles.sketch(batch) for batch in texts]
    del texts
    whole = Sketches(shingles.joined([m.shingles for m in made]), shingles.joined([m.operators for m in made]))
    del made
    sketched = time.process_time() - before
    held = whole.shingles.values.nbytes + whole.operators.values.nbytes
    found = Clusters(count)
    near.merge_similar(whole, found)
    spent = time.process_time() - before
    labels = found.labels()
    distinct, largest = len(np.unique(labels)), np.bincount(labels).max()
    print(f"{count:,} texts: {distinct:,} clusters, the largest of {largest:,}")
    print(f"    {sketched:,.0f} s of CPU to sketch them, {spent - sketched:,.0f} s to find the clusters")
    print(f"    sets {held / 2**20:,.0f} MiB; peak {peak() - base:,.0f} MiB above the texts ({base:,.0f} MiB)")
    for changed, name in ((False, "copies with other names"), (True, "copies with one line changed")):
        pairs = [(a, b) for a, b, how in planted if how == changed and near.alike(whole, a, whole, b)]
        same = sum(bool(labels[a] == labels[b]) for a, b in pairs)
        print(f"    {name}: {same:,} of {len(pairs):,} found ({same / len(pairs):.2%})")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classes", type=int, default=10_000)
    parser.add_argument("--items", type=int, help="so many synthetic texts instead")
    parser.add_argument("--packages", type=Path, action="append", default=[], help="folders to take classes from")
    chosen = parser.parse_args()
    if chosen.items:
        many(chosen.items)
        return
    texts = classes(chosen.classes, chosen.packages)
    print(f"{len(texts)} classes, {sum(map(len, texts)) / len(texts):,.0f} characters each")
    near_duplicates(texts)
    others(texts[:: max(1, len(texts) // 1000)])


if __name__ == "__main__":
    main()
