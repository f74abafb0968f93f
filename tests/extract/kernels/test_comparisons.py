"""What a test compares with, cut out as a function: before and after."""

import ast

import pytest

from triton_data.extract.kernels.comparisons import comparisons
from triton_data.extract.source.module import Module
from triton_data.extract.source.parsing import parse

CUT = {
    "in the comparison itself": (
        "x = draw(3)\nassert_close(run(x), torch.relu(x) * 2)",
        "def expected_0(x):\n    return torch.relu(x) * 2\n",
    ),
    "the expected value first": (
        "x = draw(3)\nout = run(x)\nwanted = torch.relu(x)\nassert torch.allclose(wanted, out)",
        "def expected_0(x):\n    wanted = torch.relu(x)\n    return wanted\n",
    ),
    "arguments by name, and a constant": (
        "a = draw(3)\nassert_close(run(x=a, slope=0.1), leaky(a, 0.1))",
        "def expected_0(x, slope):\n    a = x\n    return leaky(a, 0.1)\n",
    ),
    "copies of one tensor": (
        "x = draw(3)\nmine = x.clone()\ntheirs = x.clone()\nout = run(mine)\nassert_close(out.cpu(), relu(theirs))",
        "def expected_0(x):\n    theirs = x.clone()\n    return relu(theirs)\n",
    ),
    "a loop that collects": (
        "x = draw(3)\nrows = []\nfor row in x:\n    rows.append(row.sum())\nassert_close(run(x), torch.stack(rows))",
        "def expected_0(x):\n    rows = []\n    for row in x:\n        rows.append(row.sum())\n"
        "    return torch.stack(rows)\n",
    ),
    "what the test is given": (
        "x = draw(n)\nassert_close(run(x), x.sum() / n)",
        "def expected_0(x):\n    n = 5\n    return x.sum() / n\n",
    ),
    "two results": (
        "x = draw(3)\nlow, high = run(x)\nassert_close(high, x.max())\nassert_close(low, x.min())",
        "def expected_0(x):\n    return x.min(), x.max()\n",
    ),
    "an argument that is written": (
        "x, out = draw(3), empty(3)\nrun(out, x)\nassert_close(out, relu(x))",
        "def expected_0(out, x):\n    out.copy_(relu(x))\n",
    ),
    "a difference that is asserted": (
        "x = draw(3)\nout = run(x)\nassert (out - x.relu()).abs().max() < 1e-3",
        "def expected_0(x):\n    return x.relu()\n",
    ),
    "a difference that is printed": (
        "x = draw(3)\nours = run(x)\nwanted = x * 2\nprint(f'off by {torch.max(torch.abs(wanted - ours))}')",
        "def expected_0(x):\n    wanted = x * 2\n    return wanted\n",
    ),
    "arithmetic with the result": ("x = draw(3)\nrest = x - run(x)\nprint(rest.abs())", None),
    "one of two results only": ("x = draw(3)\nlow, high = run(x)\nassert_close(high, x.max())", None),
    "its own result": ("x = draw(3)\nout = run(x)\nassert_close(out, out + 0)", None),
    "the loop's own variable": ("for n in (1, 2):\n    x = draw(3)\n    assert_close(run(x), x * n)", None),
    "no comparison of it": ("x = draw(3)\nassert_close(other(x), x)", None),
}


@pytest.mark.parametrize("name", CUT)
def test_the_expected_value_becomes_a_function(name):
    body, wanted = CUT[name]
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    module = parse("test_it.py", f"def test_it(n):\n{lines}\n".encode())
    assert isinstance(module, Module)
    function = module.tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    found = list(comparisons(module, function, {"n": "5"}, lambda call: ast.unparse(call.func) == "run", lambda _: []))
    assert [each.text for each in found] == ([] if wanted is None else [wanted])
