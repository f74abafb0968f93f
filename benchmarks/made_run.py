"""A run of as many pairs as are asked for, put together without any stage: for reports, whose size is what matters.

In: a folder and a number. Out: a run with programs, captures, pairs, verdicts, labels, decisions, kernels and drops, of
the sizes that real ones have. The same seed gives the same run. `HOSTILE` are texts that a page must show and not obey:
they stand in names, paths, messages and code of the first pairs. Nothing in it runs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from triton_data.records import (
    Capture,
    Decision,
    Drop,
    Graph,
    InductorKernel,
    Kernel,
    Label,
    Origin,
    Outcome,
    Pair,
    Program,
    Record,
    Verdict,
)
from triton_data.store import Store

HOSTILE = (
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    '"><svg onload=window.hacked=1>',
    "'-window.hacked=1-'",
    "javascript:window.hacked=1",
    "{{ 7 * 7 }}{% raw %}",
    "${window.hacked=1}",
    "`;window.hacked=1;//`",
    "<!--<script>window.hacked=1//-->",
    "]]><script>window.hacked=1</script>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<style>*{display:none}</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "\u202ereversed\u202c",
    "line\u2028separator\u2029here",
    "&lt;b&gt;already escaped&lt;/b&gt;",
    "__proto__",
    "<a href=javascript:window.hacked=1>constructor</a>",
)
OPERATORS = ("relu", "gelu", "softmax", "layer_norm", "matmul", "add", "mul", "sum", "mean", "exp", "sigmoid", "tanh")
FAMILIES = ("elementwise", "activation", "reduction", "normalisation", "matmul", "softmax")
REASONS = ("wrong_values", "race", "out_of_bounds", "unstable", "does_not_compile")
LICENCES = ("MIT", "Apache-2.0", "BSD-3-Clause", "")
CHECKS = (
    ("draws", "20: 5 given, 5 normal, 5 scaled, 5 edges"),
    ("measured against", "float64"),
    ("wrong answers that would pass", "none"),
    ("torch operations", "none"),
    ("without its kernels", "gives other outputs, as it should"),
    ("other sizes", "right at 1300 as 1299; 1300 as 1301"),
)


def make(run_dir: Path, pairs: int, seed: int = 0) -> Path:
    rng = random.Random(seed)
    outcomes: dict[str, list[Outcome]] = {"extract": [], "capture": [], "rewrite": [], "verify": [], "curate": []}
    decisions: list[Record] = []
    first = ""
    for number in range(pairs):
        made = list(_pair(rng, number, first if number % 10 == 9 else ""))
        first = first if number % 10 else made[2].key
        program, capture, pair = (each.key for each in made[:3])
        items = (program, f"{program}:sm_90:inference", capture, f"{pair}:cpu:1", pair)
        for stage, item, record in zip(outcomes, items, made, strict=False):
            outcomes[stage].append(Outcome(item, (record,), seconds=rng.random()))
        decisions += made[5:]
    for number in range(max(pairs // 10, 20)):
        outcomes["extract"].append(Outcome(f"kernel{number}", (_kernel(rng, number),), seconds=0.1))
    for number in range(max(pairs // 5, 40)):
        outcomes["extract"].append(Outcome(f"dropped{number}", drops=(_drop(number),), seconds=0.2))
    with Store.open(run_dir) as store:
        for stage, each in outcomes.items():
            store.commit(stage, each if stage != "curate" else [Outcome("r", tuple(decisions))])
        store.commit("label", [Outcome(each.outputs[0].key, each.outputs) for each in outcomes["curate"]])
    return run_dir


def _pair(rng: random.Random, number: int, copy_of: str) -> Iterator[Record]:
    """A program, its capture, its pair, a verdict, a label and a decision."""
    evil = HOSTILE[number] if number < len(HOSTILE) else ""
    repository = number % 97
    origin = Origin(
        "github" if number % 3 else "pypi", f"owner{repository}/repo{repository}{evil}", revision=f"{repository:040x}",
        path=f"models/part{number % 7}/file{number}{evil}.py", line_start=10, line_end=40,
        licence=evil or LICENCES[number % 4], stars=100 + repository,
        url=evil if "javascript" in evil else f"https://github.com/owner{repository}/repo{repository}",
        time="2026-01-02T03:04:05+00:00",
    )  # fmt: skip
    steps = tuple(rng.choice(OPERATORS) for _ in range(rng.randint(2, 6)))
    entry = f"Model{number}{evil}"
    program = Program(entry, _pytorch(rng, entry, steps, evil), "usage", origin, ("landlock:7", "seccomp"))
    kernel = _triton_kernel(rng, f"kernel_{number}", steps)
    graph = Graph("inference", "", (InductorKernel(f"triton_{number}{evil}", kernel, evil),), ("extern_kernels.mm",))
    capture = Capture(program.key, entry, "sm_90", "inference", (graph,), (("torch", "2.13.0"),), origin)
    pair = Pair(program.key, capture.key, f"{entry}New", _triton(rng, entry, kernel, evil), origin)
    reason = REASONS[number % 5] if number % 6 == 0 else ""
    checks: tuple[tuple[str, str], ...] = (
        *CHECKS,
        ("compiled for sm_90", f"kernel_{number} ({16 + number % 90} registers)"),
    )
    checks += (("failed", f"{evil} output 0: 0.5 instead of 0.25"),) if reason else ()
    family = (FAMILIES[number % 6], *(["reduction"] if number % 5 == 0 else []))
    label = Label(pair.key, "pair", "", "", "", "", steps, family, number % 5, 1, len(pair.text) // 4, "about",
                  ("float32",), True, False, (), origin)  # fmt: skip
    split = ("train", "validation", "test")[0 if number % 10 < 8 else number % 2 + 1]
    reasons = (*(("verification_failed",) if reason else ()), *(("duplicate",) if copy_of else ()))
    decision = Decision(
        pair.key, "pair", "r", copy_of or pair.key, pair.key, origin.repo, split, not reasons, reasons, (), origin
    )  # fmt: skip
    verdict = Verdict(pair.key, "cpu", "1", not reason, reason, checks, origin)
    yield from (program, capture, pair, verdict, label, decision)


def _kernel(rng: random.Random, number: int) -> Kernel:
    evil = HOSTILE[number] if number < len(HOSTILE) else ""
    name = f"hand_{number}{evil}"
    origin = Origin("github", f"owner{number % 97}/repo{number % 97}", path=f"ops/{name}.py", licence="MIT")
    return Kernel(
        name, _triton_kernel(rng, name, ("exp", "add")), origin, "launch", "def get_inputs(): ...\n", "deduced"
    )


def _drop(number: int) -> Drop:
    evil = HOSTILE[number % len(HOSTILE)]
    reason = ("needs:frozendict", "construct_failed", "too_large", f"needs:{evil}")[number % 4]
    return Drop(reason, f"{evil} went wrong in {number}", f"models/file{number}.py:Lost{number}{evil}")


def _words(rng: random.Random) -> str:
    return f"{rng.choice(OPERATORS)}_{rng.getrandbits(24):06x}"


def _pytorch(rng: random.Random, entry: str, steps: tuple[str, ...], evil: str) -> str:
    lines = ["import torch", "import torch.nn as nn", f"# {evil}", "", "", f"class {entry}(nn.Module):"]
    lines += ["    def __init__(self, width=32):", "        super().__init__()"]
    lines += [f"        self.{_words(rng)} = nn.Linear(width, width)" for _ in range(8)]
    lines += ["", "    def forward(self, x):", *(f"        {_words(rng)} = torch.{each}(x)" for each in steps)]
    return "\n".join([*lines, "        return x", "", "", "def get_inputs():", "    return [torch.randn(6, 32)]", ""])


def _triton_kernel(rng: random.Random, name: str, steps: tuple[str, ...]) -> str:
    lines = ["@triton.jit", f"def {name}(in_ptr, out_ptr, n, BLOCK: tl.constexpr):"]
    lines += ["    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)", "    mask = offsets < n"]
    for each in steps * 6:
        word = _words(rng)
        lines += [f"    {word} = tl.load(in_ptr + offsets, mask=mask)", f"    {word} = tl.{each}({word})"]
    return "\n".join([*lines, "    tl.store(out_ptr + offsets, mask, mask=mask)", ""])


def _triton(rng: random.Random, entry: str, kernel: str, evil: str) -> str:
    head = f'"""{entry} in Triton {evil}"""\n\nimport torch\nimport triton\nimport triton.language as tl\n\n\n'
    lines = ["", "", f"class {entry}New(torch.nn.Module):", "    def forward(self, x):"]
    lines += [f"        {_words(rng)} = torch.empty((6, 32), device=x.device)" for _ in range(12)]
    return head + kernel + "\n".join([*lines, "        return x", ""])
