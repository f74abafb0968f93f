"""What a thing computes decides whether it is a copy: planted look-alikes stay apart, planted copies merge."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.curate.look_alikes import (
    ACTIVATIONS,
    COPIES,
    KERNEL,
    LONG,
    OTHER_KERNELS,
    OTHERS,
    activation,
)
from tests.curate.runs import curated, program
from triton_data.config import CurateConfig
from triton_data.curate.reading.computes import computes
from triton_data.records import Kernel, Origin, Trace

CLEAN = CurateConfig(decontaminate="off")


def test_look_alikes_stay_apart_and_on_one_side(tmp_path: Path) -> None:
    made = {name: LONG.replace(old, new) for name, (old, new) in OTHERS.items()}
    assert all(text != LONG and ast.parse(text) for text in made.values())
    first = program(LONG, "o/first", entry="Block")
    others = [program(text, f"o/{name}", entry="Block") for name, text in made.items()]
    decisions = curated(tmp_path, [first, *others], CLEAN)
    clusters = [decisions[each.key].cluster for each in (first, *others)]
    assert sorted(clusters) == sorted(each.key for each in (first, *others)), "each stands for itself"
    assert {decisions[each.key].split for each in (first, *others)} == {"train"}
    like = [each for each in others if decisions[each.key].family == decisions[first.key].family]
    assert len(like) >= len(others) - 3  # linked, though none is dropped


@pytest.mark.parametrize("how", sorted(COPIES))
def test_copies_merge(tmp_path: Path, how: str) -> None:
    text = COPIES[how](LONG)
    entry = "Attention" if how in ("renamed", "all") else "Block"
    assert text != LONG and f"class {entry}" in text
    one, other = program(LONG, "o/first", entry="Block"), program(text, "o/second", entry=entry)
    decisions = curated(tmp_path, [one, other], CLEAN)
    assert decisions[one.key].cluster == decisions[other.key].cluster


def test_in_a_library_of_activation_layers_none_is_a_copy_of_another(tmp_path: Path) -> None:
    layers = [program(activation(i), "o/library", entry=f"Layer{i}") for i in range(len(ACTIVATIONS))]
    decisions = curated(tmp_path, layers, CLEAN)
    assert len({decisions[each.key].cluster for each in layers}) == len(layers) == 20


def kernel(text: str, name: str, repo: str) -> Kernel:
    return Kernel(name, text, Origin("github", repo=repo, licence="MIT"))


def test_kernels_are_compared_by_operators_constants_and_indices(tmp_path: Path) -> None:
    first = kernel(KERNEL, "fused", "o/first")
    others = [kernel(KERNEL.replace(*pair), "fused", f"o/{name}") for name, pair in OTHER_KERNELS.items()]
    launched = KERNEL.replace("fused", "renamed").replace("x_ptr", "source").replace("BLOCK", "SIZE")
    copy = kernel(f"# mine\n{launched}\n\ndef run(x):\n    renamed[(1,)](x, x, 1, 1, SIZE=4)\n", "renamed", "o/copy")
    decisions = curated(tmp_path, [first, copy, *others], CLEAN)
    assert decisions[first.key].cluster == decisions[copy.key].cluster
    assert len({decisions[each.key].cluster for each in (first, *others)}) == 1 + len(others)


def test_a_rewritten_copy_merges_only_where_the_graphs_agree(tmp_path: Path) -> None:
    """`return f(x)` for `y = f(x); return y`: the words are the same, the wiring is what the graph says."""
    text = LONG.replace(
        "x = torch.bmm(F.softmax(scores, dim=-1), x)", "p = F.softmax(scores, dim=-1)\n        x = torch.bmm(p, x)"
    )
    for graphs, same in ((("g", "g"), True), (("g", "h"), False), (("", ""), False)):
        one, other = program(LONG, "o/a", entry="Block"), program(text, "o/b", entry="Block")
        pairs = zip((one, other), graphs, strict=True)
        traces = [Trace(each.key, graph, ("mm", "relu", "add"), each.origin) for each, graph in pairs]
        decisions = curated(tmp_path / f"run{''.join(graphs)}", [one, other, *traces], CLEAN)
        assert (decisions[one.key].cluster == decisions[other.key].cluster) is same


def test_names_from_nowhere_are_what_they_are_spelled() -> None:
    """After `from torch import *` the spelling is all there is."""
    relu, tanh = (ast.parse(f"from torch import *\ndef f(x):\n    return {name}(x)\n") for name in ("relu", "tanh"))
    assert computes(relu, "f").closure != computes(tanh, "f").closure
