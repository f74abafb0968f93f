"""Graphs as they are sampled: inside the window, with the shapes that torch gives, and honest where there is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import torch

from triton_data.generate.graphs import search as searching
from triton_data.generate.graphs.plan import COUNTS, Settings, wish
from triton_data.generate.graphs.reasons import Reason
from triton_data.generate.graphs.search import Found, search
from triton_data.generate.graphs.solve import Outcome, solve
from triton_data.generate.graphs.symbolic import Comparison, Size, Trace, formula_of
from triton_data.generate.graphs.text import program
from triton_data.generate.graphs.wish import Window, Wish
from triton_data.generate.operators import table
from triton_data.records import Drop

SMALL, LARGE = Window(2**16, 2**22), Window(2**34, 2**35)


def found(index: int, level: int, window: Window, **more: object) -> Found:
    made = search(wish(Settings(level, 3, window, False, **more), index))  # type: ignore[arg-type]
    assert isinstance(made, Found), made
    return made


@pytest.mark.parametrize("level", [2, 3, 4])
@pytest.mark.parametrize("window", [SMALL, LARGE])
def test_what_is_asked_for_is_kept(level: int, window: Window) -> None:
    """And torch's meta device gives the shapes and dtypes of the table, at full size."""
    for index in range(8):
        graph = found(index, level, window, form="mixed").graph
        assert window.min_flops <= graph.flops <= window.max_flops
        assert len(graph.nodes) == COUNTS[level]
        assert graph.largest <= 2**30
        for module in (False, True):
            assert traced(program(graph, module).text, module) == [graph.specs[value] for value in graph.outputs]


def traced(text: str, module: bool) -> list[tuple[tuple[int, ...], str]]:
    names: dict[str, Any] = {}
    with torch.device("meta"):
        exec(text, names)
        target = names["Model"]() if module else names["fused_operator"]
        return [(tuple(out.shape), str(out.dtype).removeprefix("torch.")) for out in target(*names["get_inputs"]())]


def test_there_are_graphs_of_every_kind() -> None:
    graphs = [found(index, 4, SMALL).graph for index in range(60)]
    read = [Counter(use.value for node in graph.nodes for use in node.uses) for graph in graphs]
    assert sum(max(counts.values()) > 1 for counts in read) > 10, "values that are read twice"
    assert {len(graph.outputs) for graph in graphs} >= {1, 2}, "one output and several"
    assert {len(graph.inputs) for graph in graphs} >= {1, 2, 3}
    assert any(each.strided for graph in graphs for each in graph.inputs), "inputs that are not contiguous"
    assert {spec.dtype for graph in graphs for spec in graph.specs} >= {
        "float32",
        "float16",
        "bfloat16",
        "bool",
        "int64",
    }


def test_nothing_is_combined_with_itself() -> None:
    """x | x and copysign(x, x) teach nothing."""
    for index in range(40):
        for node in found(index, 4, SMALL).graph.nodes:
            read = [use.value for use in node.uses]
            assert len(set(read)) == len(read), node.operator.name


def test_a_module_has_parameters() -> None:
    made = search(Wish(0, 0, 1, ("linear",), dtype="float16", module=True, window=SMALL))
    assert isinstance(made, Found) and made.small is not None
    text = program(made.small, True).text
    names: dict[str, Any] = {}
    exec(text, names)
    model = names["Model"]()
    assert "nn.Linear(" in text and {each.dtype for each in model.parameters()} == {torch.float16}
    assert model(*names["get_inputs"]())[0].dtype == torch.float16
    assert names["get_init_inputs"]() == []


def test_backwards_and_forward_are_both_taken() -> None:
    names = ("relu", "add", "sum")
    one, two = (search(Wish(5, 1, 3, names, backwards=way, window=SMALL)) for way in (True, False))
    assert isinstance(one, Found) and isinstance(two, Found)
    assert one.graph.names == two.graph.names == names
    assert program(one.graph, False).text != program(two.graph, False).text


def test_the_same_seed_gives_the_same_graph() -> None:
    texts = [program(found(4, 3, SMALL).graph, False).text for _ in range(2)]
    assert texts[0] == texts[1]
    other = search(replace(wish(Settings(3, 3, SMALL, False), 4), seed=4))
    assert isinstance(other, Found) and program(other.graph, False).text != texts[0]


def test_what_cannot_be_is_proved() -> None:
    """The public generator halves the least FLOPs until something fits; here it is a Drop with the reason."""
    assert search(Wish(0, 0, 1, ("relu",), window=LARGE)) == Drop(
        Reason.INFEASIBLE,
        "relu: at most (1) FLOPs an element of a tensor with 2^30 elements = 1.07374e+09 < 17179869184",
    )
    assert search(Wish(0, 0, 2, ("bmm", "conv3d"), window=LARGE)) == Drop(
        Reason.INFEASIBLE, "bmm gives rank 3, conv3d takes rank 5"
    )


def test_the_solver_hits_what_sampling_misses() -> None:
    """FLOPs, bytes and intensity at once."""
    window = Window(2**30, 2**30 + 2**26, 5_000_000, 6_000_000, 170, 220)
    asked = Wish(3, 0, 1, ("mm",), dtype="float16", window=window)
    solved = search(asked, trials=0)
    assert isinstance(solved, Found) and solved.solved
    assert window.holds(solved.graph)
    assert traced(program(solved.graph, False).text, False)


def test_the_solver_proves() -> None:
    """A product of 2**35 FLOPs moves at least three squares of 2,048: no sizes do with less."""
    asked = Wish(3, 0, 1, ("mm",), window=Window(2**34, 2**34 + 2**20, 0, 2**23))
    assert solve(asked, 0, 64) == (Outcome.INFEASIBLE, {})
    drop = search(asked, trials=1, solved=2)
    assert isinstance(drop, Drop) and drop.reason == Reason.INFEASIBLE and "CP-SAT" in drop.detail


def test_without_a_proof_it_is_unknown() -> None:
    asked = Wish(3, 0, 3, window=Window(10**9, 10**9, 10**6 + 1, 10**6 + 1))
    drop = search(asked, trials=1, solved=1)
    assert isinstance(drop, Drop) and drop.reason == Reason.UNKNOWN


def test_sizes_remember() -> None:
    trace = Trace()
    a, b = trace.size(0, 6), trace.size(1, 4)
    total = 2 * a * b + a // 4 - b % 3
    assert total == 2 * 6 * 4 + 1 - 1 and isinstance(total, Size)
    assert formula_of(total).operation == "-"
    assert max(a, b) is a
    assert Comparison("<=", b.formula, a.formula) in trace.comparisons
    assert hash(a) == hash(6)


def test_level_0_has_every_operator_and_level_1_no_pair_twice() -> None:
    ones = {wish(Settings(0), index).exact for index in range(len(table()))}
    assert {name for names in ones for name in names} == set(table())
    pairs = [wish(Settings(1), index).exact for index in range(3000)]
    assert len(set(pairs)) == 3000


def test_the_usual_window_moves_only_where_it_is_out_of_reach() -> None:
    for index in range(60):
        asked = wish(Settings(0), index)
        if asked.reach >= 2**36:
            assert asked.window == LARGE
        else:
            assert asked.window.max_flops <= asked.reach and searching.impossible(asked) == ""
    assert wish(Settings(0, usual=False), 0).window == LARGE
