"""Every entry of the table against torch itself: shapes, dtypes, FLOPs, finite values, on random calls."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from triton_data.errors import Misuse
from triton_data.generate import operators
from triton_data.generate.operators import families
from triton_data.generate.operators.draw import USUAL, Draw
from triton_data.generate.operators.entry import Call, Operator
from triton_data.generate.operators.forbidden import forbidden, gives
from triton_data.generate.operators.rendering import tensor

NAMES = {"torch": torch, "F": F, "nn": torch.nn}
COUNTED = ("matmul", "attention", "convolution")  # families whose FLOPs torch counts
SOFT = {"rotary", "causal_softmax", "alibi_softmax"}
UNCOUNTED = {
    "mv",
    "dot",
    "bilinear",
    "outer",
    "kron",
    "cdist",
    "cosine_similarity",
    "einsum_bi_bj",
    *SOFT,
}  # torch multiplies without mm
ATTENTION = SDPBackend.MATH  # whose products are counted


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small tensors gain nothing from threads, and the other tests run beside."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def calls(op: Operator, settings: int, scale: int) -> list[Call]:
    """Calls by `take`, each dtype in turn, and by `make` for what came out."""
    made = []
    for seed in range(settings):
        draw = Draw(f"{op.name} {seed}", scale)
        call = operators.ask(op, draw, op.dtypes[seed % len(op.dtypes)])
        assert call is not None, f"{op.name} takes nothing that suits it"
        made.append(call)
        again = operators.make(op, call.output, draw)
        if again is not None:
            assert again.output == call.output
            made.append(again)
    return made


def test_every_entry_can_be_traced_without_memory() -> None:
    """At full size graphs are looked at on the meta device alone."""
    for op in operators.table().values():
        for call in calls(op, 2, 512):
            with torch.device("meta"):
                out = run(op, call)
            assert (tuple(out.shape), out.dtype) == (call.output.shape, getattr(torch, call.output.dtype)), op.name


def run(op: Operator, call: Call) -> torch.Tensor:
    torch.manual_seed(0)
    values = {f"t{place}": eval(tensor(argument), NAMES) for place, argument in enumerate(call.arguments)}
    for value, argument in zip(values.values(), call.arguments, strict=True):
        assert (tuple(value.shape), value.dtype) == (argument.spec.shape, getattr(torch, argument.spec.dtype))
    return eval(op.render(call, list(values)), {**NAMES, **values})


def prove(op: Operator, settings: int) -> None:
    for call in calls(op, settings, 8):
        product = op.family in COUNTED and op.name not in UNCOUNTED
        counts = product and not ("einsum" in op.name and any(1 in each.spec.shape for each in call.arguments))
        with FlopCounterMode(display=False) if counts else torch.no_grad() as counter, sdpa_kernel(ATTENTION):
            out = run(op, call)
        assert tuple(out.shape) == call.output.shape
        assert out.dtype == getattr(torch, call.output.dtype)
        assert not out.is_floating_point() or bool(torch.isfinite(out).all()), f"{op.name} gives NaN or infinity"
        if counts:
            assert counter.get_total_flops() == call.flops


@pytest.mark.parametrize("name", operators.families())
def test_entries_say_what_torch_does(name: str) -> None:
    for op in operators.family(name):
        prove(op, 6)  # each dtype at least once


@pytest.mark.slow
@pytest.mark.parametrize("name", operators.table())
def test_entries_say_what_torch_does_on_many_settings(name: str) -> None:
    prove(operators.operator(name), 200)


def test_the_counter_counts() -> None:
    """A wrong count is seen."""
    op = operators.operator("matmul")
    call = operators.ask(op, Draw(0, 8))
    assert call is not None
    with FlopCounterMode(display=False) as counter:
        run(op, call)
    assert counter.get_total_flops() == call.flops > 0


def test_there_are_enough() -> None:
    assert len(operators.table()) >= 220
    assert sum(len(operators.family(name)) for name in operators.families()) == len(operators.table())


def test_what_the_public_generator_has_is_there() -> None:
    asked = """add sub mul div maximum minimum matmul bmm cat stack lerp conv1d conv2d conv3d
        conv_transpose1d conv_transpose2d conv_transpose3d sum mean amax amin argmax argmin var norm
        relu leaky_relu sigmoid tanh swish gelu selu hardsigmoid softplus softsign elu hardtanh clamp cos sin exp2
        logsigmoid abs transpose triu tril softmax log_softmax cummax cummin cumsum
        batch_norm layer_norm group_norm instance_norm
        avg_pool1d avg_pool2d avg_pool3d max_pool1d max_pool2d max_pool3d"""
    assert set(asked.split()) <= set(operators.table())


def test_the_bound_holds() -> None:
    """No call has more FLOPs an element than its entry says: that is the proof that a window is out of reach."""
    for op in operators.table().values():
        for call in calls(op, 6, 16):
            largest = max([call.output.elements, *(argument.spec.elements for argument in call.arguments)])
            assert call.flops <= op.bound * largest, op.name


def test_layers_are_modules() -> None:
    for op in operators.table().values():
        if op.layer:
            call = operators.ask(op, Draw(1, 8))
            layer = eval(op.layer.format(**call.settings), NAMES)
            shapes = [tuple(parameter.shape) for parameter in layer.parameters()]
            assert sorted(shapes) == sorted(argument.spec.shape for argument in call.arguments if argument.weight), (
                op.name
            )


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("relu", "conv2d", ""),
        ("argmax", "embedding", ""),
        ("argmax", "relu", ""),
        ("floor", "frac", "floor has no fraction left: the result is 0"),
        (
            "relu",
            "bitwise_not",
            "relu gives bfloat16, float16, float32, bitwise_not takes bool, int16, int32, int64, int8, uint8",
        ),
        ("bmm", "conv3d", "bmm gives rank 3, conv3d takes rank 5"),
    ],
)
def test_what_may_follow_what(first: str, second: str, why: str) -> None:
    assert forbidden(first, second) == why


def test_what_an_operator_gives_is_known() -> None:
    assert gives("argmax") == {("int64", rank) for rank in range(5)} - {("int64", 4)} | (
        gives("argmax") & {("int64", 4)}
    )


def test_a_draw_is_repeated_at_other_sizes() -> None:
    first, again = Draw(7, 64), Draw(7, 64, resize=lambda number, value: max(1, value // 2))
    one, two = (operators.ask(operators.operator("linear"), draw) for draw in (first, again))
    assert [argument.spec.rank for argument in one.arguments] == [argument.spec.rank for argument in two.arguments]
    assert two.flops < one.flops
    assert any(value in sizes for sizes in USUAL.values() for value, _, _ in first.sizes)


def test_unknown_names_are_told_apart() -> None:
    with pytest.raises(Misuse, match="did you mean 'softmax'"):
        operators.operator("sofmax")
    with pytest.raises(Misuse, match="unknown family"):
        operators.family("colours")


def test_entries_are_short() -> None:
    """Data, not programs: no function of a family has more than 40 lines."""
    for module in vars(families).values():
        for _, function in inspect.getmembers(module, inspect.isfunction):
            assert len(inspect.getsource(function).splitlines()) <= 40


def test_the_bound_is_near() -> None:
    """Else a window would be tried for that no sizes reach."""
    for op in operators.table().values():
        if 0 < op.bound < float("inf"):
            ratios = [
                call.flops / max([call.output.elements, *(argument.spec.elements for argument in call.arguments)])
                for call in calls(op, 40, 64)
            ]
            assert max(ratios) >= op.bound / 8, op.name
