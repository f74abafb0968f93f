"""Kernels that nothing says anything about: what is recognised becomes a pair, what is slightly different does not."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from tests.extract.forked import extracted
from tests.extract.kernels.test_launcher_inputs import KERNELS
from triton_data.extract.probe_client import JailProbe
from triton_data.extract.references.expression import Expression
from triton_data.extract.references.written_pair import written_pair
from triton_data.extract.source.repo import Repo
from triton_data.extract.stage import open_jail
from triton_data.extract.wire import Recognised, RecogniseLauncher
from triton_data.records import Kernel, Origin, Pair, Program

HEAD = "import torch\nimport triton\nimport triton.language as tl\n\n\n@triton.jit\n"
ROWS = (
    HEAD
    + """def kernel(a, b, out, n, eps, BLOCK: tl.constexpr):
    row, places = tl.program_id(0), tl.arange(0, BLOCK)
    inside = places < n
    x = tl.load(a + row * n + places, mask=inside, other=0.0)
    {body}
    tl.store(out + row * n + places, y, mask=inside)


def run(b, a, eps=1e-5):
    out = torch.empty_like(a)
    kernel[(a.shape[0],)](a, b, out, a.shape[1], eps, BLOCK=triton.next_power_of_2(a.shape[1]))
    return out
"""
)
INPUTS = "import torch\n\n\ndef get_inputs():\n    return [torch.rand({n}) + 0.5, torch.randn({m}, {n})]\n"
MEAN = "mean = tl.sum(x, 0) / n\n    c = tl.where(inside, x - mean, 0.0)\n    "
WEIGHT = "tl.load(b + places, mask=inside)"
NORM = MEAN + "y = c * tl.rsqrt(tl.sum(c * c, 0) / {n} + {eps}) * " + WEIGHT
BODIES = {
    "layer_norm": (NORM.format(n="n", eps="eps"), "F.layer_norm(a, a.shape[-1:], b, None, eps)"),
    "its own epsilon": (NORM.format(n="n", eps="3e-3"), "F.layer_norm(a, a.shape[-1:], b, None, 3e-3)"),
    "softmax": ("e = tl.where(inside, tl.exp(x - tl.max(tl.where(inside, x, -1e30), 0)), 0.0)\n"
                "    y = e / tl.sum(e, 0)", "torch.softmax(a, dim=-1)"),
    "gated": (f"y = x * tl.sigmoid(x) * {WEIGHT}", "F.silu(a) * b"),
    "two operators": (f"y = tl.exp(x * {WEIGHT})", "torch.exp(b * a)"),
    "unbiased": (NORM.format(n="(n - 1)", eps="eps"), None),
    "a scale of its own": (f"y = x * tl.sigmoid(1.01 * x + 0.01 * x * x) * {WEIGHT}", None),
}  # fmt: skip
SECONDS, LITTLE = 30.0, 8.0  # half of them for running the kernel; most need two
TABLE = (Expression("exp", "torch.exp({0})", 1, {}),)


@pytest.fixture(scope="module")
def probe() -> Iterator[JailProbe]:
    """Triton's own functions are interpreted only where the environment said so before it was imported."""
    with open_jail() as jail:
        yield JailProbe(jail)


def recognised(body: str, probe: JailProbe, seconds: float) -> Recognised:
    answer = probe(RecogniseLauncher(ROWS.format(body=body), "run", INPUTS.format(m=3, n=9), TABLE, seconds)).answer
    assert isinstance(answer, Recognised)
    return answer


SAMPLE = ("layer_norm", "its own epsilon", "gated", "unbiased")


@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in SAMPLE else pytest.mark.slow) for n in BODIES])
def test_what_a_kernel_computes_is_recognised_and_nothing_near_it(name, probe):
    body, expected = BODIES[name]
    found = recognised(body, probe, LITTLE if expected is None else SECONDS)
    if expected is None:
        assert found.outputs == () and "expressions" in found.error
        return
    a, b = torch.randn(4, 40), torch.rand(40)
    (text,) = found.expressions
    names: dict[str, Any] = {"torch": torch, "F": torch.nn.functional, "a": a, "b": b, "eps": 0.01}
    torch.testing.assert_close(eval(text, names), eval(expected, names))


def test_what_is_recognised_becomes_a_pair(probe):
    test = "\n\ndef test_run():\n    run(torch.rand(33) + 0.5, torch.randn(6, 33), eps=0.001)\n"
    text = ROWS.format(body=BODIES["layer_norm"][0]) + test
    repo = Repo({"m.py": text.encode()})
    found = list(extracted(repo, probe, expressions=TABLE))
    (kernel,) = (each for each in found if isinstance(each, Kernel))
    (program,) = (each for each in found if isinstance(each, Program))
    (pair,) = (each for each in found if isinstance(each, Pair))
    assert (kernel.reference, kernel.reference_from, kernel.missing) == (pair.key, "recognised", "")
    assert program.flags == ("from_recognised",) and pair.entry == "run_new"
    assert "def run(b, a, eps=1e-05):" in program.text and "triton" not in program.text


def test_an_argument_that_is_written_and_a_value_that_is_returned(probe):
    text = (
        ROWS.format(body="y = x + " + WEIGHT)
        .replace("def run(b, a, eps=1e-5):\n    out = torch.empty_like(a)", "def run(b, a, out, eps=1e-5):")
        .replace("    return out\n", "    return a.shape[1], a * 2\n")
    )
    inputs = INPUTS.format(m=3, n=9).replace("]\n", ", torch.zeros(3, 9)]\n")
    answer = probe(RecogniseLauncher(text, "run", inputs, TABLE, SECONDS)).answer
    assert isinstance(answer, Recognised)
    assert set(answer.outputs) == {"return 1", "out"} and answer.plain == ("return 0=9",)


def test_what_is_only_written_is_returned_by_both_sides_of_the_pair():
    kernel = Kernel("kernel", KERNELS, Origin("dir", "r"), "scale_into")
    inputs = "import torch\n\n\ndef get_inputs():\n    return [torch.zeros(9), torch.randn(9)]\n"
    texts = written_pair(kernel, inputs, {"out": "x * 2"}, ())
    assert texts is not None
    (entry, text), (new_entry, new) = texts
    assert (entry, new_entry) == ("scale_into_written", "scale_into_written_new")
    assert "    out.copy_(x * 2)\n    return out\n" in text
    assert "def scale_into_written_new(out, x):\n    scale_into(out, x)\n    return out\n" in new


@pytest.mark.slow
def test_a_backward_is_compared_with_autograd_of_what_the_forward_was_recognised_as(probe):
    gradient = "\n\n@triton.jit\ndef back_kernel(g, out, n, BLOCK: tl.constexpr):\n    places = tl.arange(0, BLOCK)\n    tl.store(out + places, tl.load(g + places, mask=places < n) * 2, mask=places < n)\n"  # noqa: E501
    forward = gradient.replace("back_kernel", "fore_kernel")
    function = """

class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        out = torch.empty_like(x)
        fore_kernel[(1,)](x, out, x.numel(), BLOCK=256)
        return out

    @staticmethod
    def backward(ctx, gradient):
        out = torch.empty_like(gradient)
        back_kernel[(1,)](gradient.contiguous(), out, out.numel(), BLOCK=256)
        return out


def test_double():
    Double.apply(torch.randn(3, 40))
"""
    text = "import torch\nimport triton\nimport triton.language as tl\n" + forward + gradient + function
    found = list(extracted({"m.py": text}, probe, expressions=TABLE))
    kernels = {each.name: each for each in found if isinstance(each, Kernel)}
    pairs = {each.key: each.entry for each in found if isinstance(each, Pair)}
    assert not any(each.missing for each in kernels.values()), kernels
    assert pairs[kernels["fore_kernel"].reference] == "Double_applied_new"
    assert pairs[kernels["back_kernel"].reference] == "Double_backward_new"
