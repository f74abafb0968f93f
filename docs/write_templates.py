"""Write docs/templates.md: what the templates make, with three entries of each phase as they are made.

`make docs` runs this; a test fails when the file is not what this would write.
"""

from __future__ import annotations

from pathlib import Path

from triton_data.generate.templates.entry import Entry
from triton_data.generate.templates.families import families
from triton_data.generate.templates.family import Family
from triton_data.generate.templates.render import render
from triton_data.generate.templates.variants import Variant, combinations, variants

HERE = Path(__file__).parent
PHASES = {1: "Phase 1: by hand", 2: "Phase 2: templates", 3: "Phase 3: real kernels"}
SHOWN = (  # family, operation
    ("binary", "add"), ("row_reduce", "sum"), ("matmul", "matmul"),
    ("bias_activation", "silu"), ("softmax", "softmax"), ("transpose", ""),
    ("layer_norm", ""), ("flash_attention", "causal"), ("moe_routing", ""),
)  # fmt: skip


HEAD = """# Templates

Entries (PyTorch, Triton, test) whose kernels were written by hand, one design a family, and are rendered in many
variants. Written by `make docs` from the templates themselves.

    triton-data generate templates                                    # dataset/{train,validation,test}
    triton-data generate templates --list                             # the families
    triton-data generate templates --families softmax,rope --verify all --out my_dataset
    triton-data generate templates --verify 3 --run-dir runs/templates    # three of each family checked; pairs in a run
    python triton-data/data_generation/generate.py                    # the same, by the name that the plan has

Each line of a file is one entry:

    {"id": …, "python_code": …, "triton_code": …, "test_code": …,
     "metadata": {"operation_type": …, "difficulty": "easy|medium|hard", "tags": […]}}

`python_code` is a program in the form that [verify](verification.md) and KernelBench read: a function or an
`nn.Module`, `get_inputs()`, sizes as constants at the top. `triton_code` has the kernels, and a function or module
with `New` behind its name that launches them. `test_code` is a pytest; save the three as `python_code.py`,
`triton_code.py` and a test file in one folder, and run `pytest` on a GPU, or `TRITON_INTERPRET=1 pytest` without one
(Triton's interpreter computes bfloat16 on its bits: those tests need a GPU, or `--verify`, whose interpreter is
exact).

## What varies

"""
REST = """
A variant has one value of each axis: sizes (always some that no block divides), type, operation or fused epilogue,
block sizes, warps, launch strategy; and with it, drawn by the seed, the name of its function, its identifiers and
whether it is a function or a module. `variants` counts the axes only. By default 12,000 are made, as many of each
family as of the next where it has so many. The same seed gives the same files; a larger `--count` adds entries and
changes none. Variants of one operation lie on one side of the split, whatever their sizes and types.

What all kernels have in common: tails are masked, sums are kept in float32, offsets of rows are 64-bit, what is taken
for granted about arguments is asserted, sums of several programs are joined in a fixed order (or in float32 atomics,
where the entry says so), and a gradient is a kernel, too, where the family is tagged `backward`.

## What is checked

`--verify all|N` runs each entry's own test in the jail and asks the [judge](verification.md) about its pair; what
fails is left out, and every result is kept in `OUT/checks.jsonl` with the judge's numbers and is not asked for again.
Without it nothing is run, and the last line says so. `python benchmarks/templates.py` does it for all entries or
every N-th, on a CPU or a GPU.

Not covered: kernels that only pay at sizes no test has; hardware-specific features (TMA descriptors, warp
specialisation, fp8 tensor cores); tuned block sizes: they vary here for the sake of variety.
"""


def page() -> str:
    parts = [HEAD, _table(), REST]
    for phase, title in PHASES.items():
        own = [name for name, family in families().items() if family.phase == phase]
        parts.append(f"\n## {title}\n\n{len(own)} families: {', '.join(f'`{name}`' for name in own)}.\n")
        parts += [_shown(_picked(*each)) for each in SHOWN if families()[each[0]].phase == phase]
    return "".join(parts)


def _table() -> str:
    by_operation: dict[str, list[Family]] = {}
    for family in families().values():
        by_operation.setdefault(family.operation, []).append(family)
    lines = ["| `operation_type` | families | with gradients | variants |", "|---|---:|---:|---:|"]
    for operation, own in sorted(by_operation.items(), key=lambda each: -sum(map(combinations, each[1]))):
        backward = sum(family.backward for family in own)
        lines.append(f"| {operation} | {len(own)} | {backward or ''} | {sum(map(combinations, own)):,} |")
    every = list(families().values())
    backward = sum(family.backward for family in every)
    lines.append(f"| all | {len(every)} | {backward} | {sum(map(combinations, every)):,} |")
    return "\n".join(lines) + "\n"


def _picked(name: str, choice: str) -> Entry:
    """The first variant as a function, with names as the template has them."""
    family = families()[name]
    return next(render(v) for v in variants(family, 0, combinations(family)) if _plain(v, choice))


def _plain(variant: Variant, choice: str) -> bool:
    names = {str(value) for _, value in variant.settings}
    plain = variant.form == "function" and variant.dialect == "plain" and variant.dtype == "float32"
    return plain and (not choice or choice in names)


def _shown(entry: Entry) -> str:
    tags = ", ".join(entry.tags)
    about = f"{entry.operation_type}, {entry.difficulty}; {tags}"
    blocks = "\n\n".join(f"```python\n{text}```" for text in (entry.python_code, entry.triton_code))
    test = f"<details markdown><summary>its test</summary>\n\n```python\n{entry.test_code}```\n\n</details>"
    return f"\n### `{entry.entry}`\n\n`{entry.id}`: {about}\n\n{blocks}\n\n{test}\n"


if __name__ == "__main__":
    (HERE / "templates.md").write_text(page())
