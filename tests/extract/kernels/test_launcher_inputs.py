"""Inputs of launchers, and pairs with what tests compare them with, on small repositories that really run."""

from typing import Any

import pytest

from tests.extract.forked import extracted, forked
from triton_data.extract.source.lazy_names import resolved
from triton_data.extract.source.repo import Repo
from triton_data.records import COMPARED, Kernel, Pair, Program

KERNELS = """import torch
import triton
import triton.language as tl


@triton.jit
def scale_kernel(x_ptr, out_ptr, n, FACTOR: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = offsets < n
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask=inside) * FACTOR, mask=inside)


def scale_into(out, x):
    scale_kernel[(triton.cdiv(x.numel(), 64),)](x, out, x.numel(), FACTOR=2.0, BLOCK=64)


def doubled(x):
    out = torch.empty_like(x)
    scale_into(out, x)
    return out
"""
HEAD = "import torch\nimport pytest\nfrom kernels import doubled as run, scale_into\n\nSIZES = [70, 128]\n\n\n"


def found(test, kernels=KERNELS, **more):
    files = {"kernels.py": kernels, "test_kernels.py": HEAD + test, **more}
    made = list(extracted(files, forked))
    (kernel,) = (each for each in made if isinstance(each, Kernel))
    pairs = [each for each in made if isinstance(each, Pair)]
    programs = [each for each in made if isinstance(each, Program)]
    return kernel, programs, pairs


def test_a_test_gives_inputs_and_says_what_is_computed():
    test = (
        '@pytest.mark.parametrize("n", SIZES)\ndef test_it(n):\n    x = torch.randn(3, n)\n'
        "    torch.testing.assert_close(run(x), x + x)\n"
    )
    kernel, (program,), (pair,) = found(test)
    assert (kernel.launcher, kernel.inputs_from, kernel.reference) == ("scale_into", "tests", pair.key)
    assert "torch.randn((3, 70)), torch.randn((3, 70))" in kernel.inputs.replace("torch.rand(", "torch.randn(")
    assert (program.entry, program.inputs_from, pair.program, pair.entry) == (
        "doubled", COMPARED, program.key, "doubled_new")  # fmt: skip
    assert (program.origin.path, program.origin.line_start, pair.origin.path) == ("test_kernels.py", 9, "kernels.py")
    space: dict[str, Any] = {}
    exec(program.text, space)
    (x,) = space["get_inputs"]()
    assert tuple(x.shape) == (3, 70)
    assert (space["doubled"](x) == 2 * x).all()
    assert "def doubled_new(x):" in pair.text and "triton" not in program.text


def test_a_wrong_kernel_is_paired_as_well_and_left_to_the_verifier():
    test = "def test_it():\n    x = torch.randn(70)\n    torch.testing.assert_close(run(x), x * 2)\n"
    _, programs, pairs = found(test, KERNELS.replace("FACTOR=2.0", "FACTOR=3.0"))
    assert len(programs) == len(pairs) == 1


def test_an_argument_that_is_written_is_what_the_reference_writes():
    test = (
        "def test_it():\n    x = torch.randn(70)\n    out = torch.zeros(70)\n    scale_into(out, x)\n"
        "    assert torch.allclose(out, 2 * x)\n"
    )
    _, (program,), (pair,) = found(test)
    assert "out.copy_(2 * x)" in program.text
    assert pair.entry == "scale_into_new"


def test_a_kernel_that_only_kernels_call_stays_one():
    helper = "@triton.jit\ndef twice(x):\n    return x + x\n\n\n@triton.jit\ndef scale_kernel"
    text = KERNELS.replace("@triton.jit\ndef scale_kernel", helper).replace(
        "* FACTOR, mask", "* FACTOR + twice(0), mask"
    )
    test = "def test_it():\n    x = torch.randn(70)\n    torch.testing.assert_close(run(x), x * 2)\n"
    files = {"kernels.py": text, "test_kernels.py": HEAD + test}
    made = list(extracted(files, forked))
    kernels = {each.name: each for each in made if isinstance(each, Kernel)}
    assert kernels["scale_kernel"].reference and not kernels["twice"].inputs


def test_a_script_that_prints_a_difference_compares():
    script = (
        "\n\nif __name__ == '__main__':\n    x = torch.randn(70)\n    ours = doubled(x)\n"
        "    print(f'off by {torch.max(torch.abs(x * 2 - ours))}')\n"
    )
    _, (program,), (pair,) = found("", KERNELS + script)
    assert "return x * 2" in program.text
    assert (program.flags, pair.entry) == (("from_usage",), "doubled_new")


UNCLEAR = {
    "a difference that is no comparison": "x = torch.randn(70)\n    print((run(x) - x).abs().max())",
    "a reference that draws its own numbers": "x = torch.randn(70)\n    y = torch.randn(70)\n"
    "    torch.testing.assert_close(run(x), y, atol=99.0, rtol=99.0)",
    "a reference in another type": "x = torch.randn(70)\n    wide = x.double()\n"
    "    torch.testing.assert_close(run(x).double(), wide * 2)",
    "no comparison": "x = torch.randn(70)\n    assert run(x).shape == x.shape",
}  # fmt: skip


@pytest.mark.parametrize("name", UNCLEAR)
def test_where_it_is_not_clear_there_are_inputs_and_no_pair(name):
    kernel, programs, pairs = found(f"def test_it():\n    {UNCLEAR[name]}\n")
    assert not programs and not pairs
    assert kernel.inputs and not kernel.reference


def test_a_main_block_gives_inputs_too():
    main = "\n\nif __name__ == '__main__':\n    print(doubled(torch.rand(5, 9).T))\n"
    kernel, _, _ = found("", KERNELS + main)
    assert kernel.inputs_from == "usage"
    assert "torch.rand((5, 9)).permute(1, 0)" in kernel.inputs


def test_where_nothing_calls_it_its_parameters_names_are_a_guess():
    kernel, _, _ = found("", KERNELS.replace("def doubled(x)", "def doubled(x, eps)"))
    assert (kernel.launcher, kernel.inputs_from) == ("scale_into", "deduced")
    assert "[torch.randn((72, 72)), torch.randn((72, 72))]" in kernel.inputs


def test_places_stay_different_and_small_tables_stay_what_they_are():
    test = (
        "def test_it():\n    places = torch.randperm(90) + 10\n    run(torch.tensor([0, 3, 9]))\n"
        "    scale_into(torch.zeros(90), places)\n"
    )
    kernel, _, _ = found(test)
    assert "torch.tensor([0, 3, 9])" in kernel.inputs
    kernel, _, _ = found(test.replace("    run(torch.tensor([0, 3, 9]))\n", ""))
    assert "(torch.randperm(90) + 10)" in kernel.inputs


@pytest.mark.parametrize("shown", ["", "DEBUG: int\n", "if typing.TYPE_CHECKING:\n    DEBUG: int = 0\n    LONG = 3\n"])
def test_names_that_a_module_makes_when_asked_are_found(shown):
    files = {
        "lib/__init__.py": "",
        "lib/envs.py": f"import typing\n\nX = 1\n{shown}\n\ndef __getattr__(name):\n    return len(name)\n",
        "use.py": "from lib import envs\nfrom lib.envs import (\n    X,\n    LONG as L,\n)\n\n"
        "print(envs.X, envs.DEBUG, L)\n",
    }
    repo = resolved(Repo({path: text.encode() for path, text in files.items()}))
    text = repo.text("use.py")
    assert "print(envs.X, envs.__getattr__('DEBUG'), L)" in text.split("\n")[6]
    assert "from lib.envs import X, __getattr__ as _ask_lib_envs; L = _ask_lib_envs('LONG')" in text
    assert repo.text("lib/envs.py") == files["lib/envs.py"]
