"""From an error to the shape that would have avoided it; from words and code to first guesses."""

import ast

import pytest

from triton_data.extract.jailed.clues.compared_literals import literals
from triton_data.extract.jailed.clues.documented_shapes import written_shapes
from triton_data.extract.jailed.clues.raise_conditions import Complaints
from triton_data.extract.jailed.repair.repair import mend
from triton_data.extract.jailed.repair.spec_changes import FailedCall
from triton_data.extract.jailed.spec import BOOL, COMPLEX, INT, Spec, parse

SHAPE = "Input tensor shape: torch.Size([2, 16, 64])."
TOKENS = 'pattern "b (f n) d -> b f n d". Input tensor shape: torch.Size([2, 15, 64]).'
BATCHED = "Expected 2D (unbatched) or 3D (batched) input"
COMPLEX_PARTS = 'pattern "b f t c -> b c t f".\n Input tensor shape: torch.Size([2, 3, 8, 33, 9, 2]).'
CASES = [
    ("mat1 and mat2 shapes cannot be multiplied (32x64 and 48x7)", Spec((2, 16, 64)), Spec((2, 16, 48))),
    ("input[2, 64, 8, 8] to have 3 channels, but got 64 channels", Spec((2, 64, 8, 8)), Spec((2, 3, 8, 8))),
    ("Expected 3D (unbatched) or 4D (batched) input to conv2d", Spec((2, 64)), Spec((2, 64, 16, 16))),
    ("running_mean should contain 64 elements not 12", Spec((2, 64, 8, 8)), Spec((2, 12, 8, 8))),
    ("not enough values to unpack (expected 4, got 3)", Spec((2, 16, 64)), Spec((2, 64, 16, 16))),
    ("seq_len (64) of input tensor should be smaller than max_seq_len (32)", Spec((2, 64)), Spec((2, 32))),
    ("Input sequence length 16 does not match cache sequence length 257.", Spec((2, 16, 64)), Spec((2, 257, 64))),
    (
        "Input and output sizes should be greater than 0, but got input (H: 0, W: 0)",
        Spec((2, 3, 16, 16)),
        Spec((2, 3, 32, 32)),
    ),
    ("shape '[-1, 256, 8, 8]' is invalid for input of size 8192", Spec((2, 64, 8, 8)), Spec((4, 64, 8, 8))),
    (
        "normalized_shape=[48], expected input with shape [*, 48], but got input of size[2, 64, 160]",
        Spec((2, 10, 32, 32)),
        Spec((2, 3, 32, 32)),
    ),
    ("normalized_shape=[24], but got input of size[2, 16, 64]", Spec((2, 16, 64)), Spec((2, 16, 24))),
    ("one of the following scalar types: Long, Int", Spec((2, 16)), Spec((2, 16), INT)),
    ("scatter(): Expected dtype int32/int64 for index", Spec((2, 16)), Spec((2, 16), INT)),
    ("repeat dims can not be smaller than number of dimensions of tensor", Spec((2, 4, 8, 8)), Spec((2, 8, 16))),
    ("expanded size of the tensor (64) must match the existing size (16)", Spec((2, 64)), Spec((2, 16))),
    ("index out of range in self", Spec((2,), INT, 40, low=1), Spec((2,), INT, 10, low=1)),
    ("index out of range in self", Spec((2, 16), INT, 100), Spec((2, 16), INT, 25)),
    ("imag is not implemented for tensors with non-complex dtypes.", Spec((2, 4)), Spec((2, 4), COMPLEX)),
    ("masked_fill_ only supports boolean masks", Spec((2, 4)), Spec((2, 4), BOOL)),
    (f'pattern "b c h w -> b (h w) c". {SHAPE}', Spec((2, 16, 64)), Spec((2, 64, 16, 16))),
    ("expected 0 < n_fft < 16, but got n_fft=512", Spec((2, 16)), Spec((2, 4096))),
    ("padding (256, 256) at dimension 2 of input [1, 2, 16]", Spec((2, 16)), Spec((2, 2048))),
    ("expected input[2, 4, 13, 513] to have 2 channels, but got 4 channels", Spec((2, 2, 64)), Spec((2, 1, 64))),
    ("Shape mismatch at dimension 2: expected 41, got 64", Spec((2, 1, 64)), Spec((2, 1, 41))),
    (f"{COMPLEX_PARTS} Wrong shape: expected 4 dims. Received 6-dim tensor.", Spec((2, 3, 8, 64)), Spec((2, 64))),
    (f"{BATCHED} to conv1d, but got input of size: [2, 3, 100, 5]", Spec((2, 3, 64)), Spec((2, 64))),
    ("Expected shape: ['B', '1', '41', 'W'] Actual shape: [2, 16]", Spec((2, 16)), Spec((2, 1, 41, 16))),
    ("Invalid shape, we expect CxHxW or BxCxHxW. Got torch.Size([2, 5])", Spec((2, 5)), Spec((2, 5, 16, 16))),
    (f"{TOKENS} can't divide axis of length 15 in chunks of 8", Spec((2, 16, 64)), Spec((2, 17, 64))),
]


@pytest.mark.parametrize(("message", "before", "after"), CASES)
def test_messages(message, before, after):
    assert (after,) in list(mend(FailedCall(f"RuntimeError: {message}"), (before,)))[:6]


def test_a_failed_assertion_is_read_with_its_values():
    failure = FailedCall("AssertionError: ", locals={"width": 48, "x": Spec((2, 16, 64))}, test="x.shape[-1] == width")
    assert (Spec((2, 16, 48)),) in list(mend(failure, (Spec((2, 16, 64)),)))


def test_a_size_of_nothing_is_read_as_well():
    message = "RuntimeError: The size of tensor a (3) must match the size of tensor b (0)"
    assert list(mend(FailedCall(message), (Spec((2, 3, 8, 8)),))), "0 places, less one, have no side"


def test_sizes_move_together():
    found = list(
        mend(FailedCall("mat1 and mat2 shapes cannot be multiplied (32x64 and 48x7)"), (Spec((2, 64)), Spec((2, 64))))
    )
    assert (Spec((2, 48)), Spec((2, 48))) in found


@pytest.mark.parametrize("text", ["torch.randn(2, 3)", "torch.randint(1, 7, (2, 3))", "torch.rand((2, 3))"])
def test_draws_can_be_varied(text):
    assert parse(text).shape == (2, 3)
    assert parse(parse(text).text()) == parse(text)


def test_other_expressions_are_left_alone():
    assert parse("torch.randn((2,), dtype=torch.float64)").text() == "torch.randn((2,), dtype=torch.float64)"


def test_literals_that_code_compares_with():
    code = "T = {'a': 1, 'b': 2}\ndef f(kind, mode):\n    return T[mode] if kind in ('sum', 'max') else kind == 'min'\n"
    assert literals(ast.parse(code)) == {"kind": ["'sum'", "'max'", "'min'"], "mode": ["'a'", "'b'"]}


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("x (torch.Tensor): Input of shape :math:`(N, C, H, W)`.", ["N", "C", "H", "W"]),
        ("x: [batch, time, dim]", ["batch", "time", "dim"]),
        ("``x`` (B, T)", ["B", "T"]),
        ("x: Tensor(B, C, T)", ["B", "C", "T"]),
        ("x (int, optional): a number", None),
        ("gate = self.project(x)\nreturn self.mix(gate, y, weight, bias)", None),
        ("y = act(x), (self.up.weight, self.up.bias)", None),
    ],
)
def test_shapes_in_docstrings(text, axes):
    assert written_shapes(text, ["x"]).get("x") == axes


def test_a_layer_that_is_handed_its_weights():
    x, any_shape = Spec((2, 16, 64)), Spec((2,))
    found = list(mend(FailedCall("RuntimeError: mat2 must be a matrix, got 1-D tensor"), (x, any_shape, any_shape)))
    assert found[0] == (x, Spec((64, 64)), Spec((64,)))


def test_what_the_code_says_where_it_fails():
    code = """def forward(self, x, y=None):
    mode = "short" if x.shape[1] <= 64 else self.mode
    if mode == "short":
        raise ValueError(mode)
    assert 300 > x.size(2), "too wide"
    return x if x.shape[0] < 3 or len(x) > self.many else y
"""
    complaints = Complaints(ast.parse(code))
    assert [complaints.condition(line) for line in (2, 4, 5)] == ["", "mode == 'short'", "300 > x.size(2)"]
    assert sorted(complaints.sizes([4])) == [64, 300]
    failure = FailedCall("ValueError: short", test="mode == 'short'", sizes=(64,))
    assert next(mend(failure, (Spec((2, 16, 128)),))) == (Spec((2, 72, 128)),)


def test_a_condition_stands_in_the_ifs_around_or_is_handed_on():
    code = """def check(x, raises):
    if x.shape[-3] != 3:
        if raises:
            raise ValueError("no colors")
        return False

def ranks(x):
    if x.ndim == 3:
        return x
    elif x.ndim == 4:
        return x[0]
    else:
        raise ValueError(x.ndim)

def handed(x, width):
    ensure(x.shape[1] == width, "width")
    if x.ndim == 2:
        def inner():
            raise ValueError
"""
    complaints = Complaints(ast.parse(code))
    told = ["(raises, x.shape[-3] != 3)", "(x.ndim == 4, x.ndim == 3)", "x.shape[1] == width", ""]
    assert [complaints.condition(line) for line in (4, 13, 16, 19)] == told


def test_of_several_conditions_the_one_that_was_met_decides():
    failure = FailedCall("ValueError", test="len(x) < 2 or width != 5", locals={"x": (2, 7), "width": 7})
    assert next(mend(failure, (Spec((2, 7)),))) == (Spec((2, 5)),)


def test_a_size_that_is_to_be_half_of_another():
    failure = FailedCall("ShapeError", test="a / b != 2", locals={"a": 16, "b": 64})
    assert (Spec((2, 1, 16)), Spec((2, 2, 8))) in list(mend(failure, (Spec((2, 1, 16)), Spec((2, 2, 64)))))


def test_an_argument_that_is_a_size():
    message = "TypeError: only integer tensors of a single element can be converted to an index"
    x, length = Spec((2, 16, 64)), Spec((2,))
    failure = FailedCall(message, "return self.embedding[:, :length]", named=frozenset([1]))
    assert (x, Spec((2,), fixed="16")) in list(mend(failure, (x, length)))
