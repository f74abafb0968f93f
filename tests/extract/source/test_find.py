"""Every spelling of a kernel and of a module class; broken files are values."""

import pytest

from triton_data.extract.reasons import Reason
from triton_data.extract.source.find import classes_in, find_kernels, kernels_in
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Repo

HEAD = "import triton\nimport triton.language as tl\n"
SPELLINGS = {
    "plain": HEAD + "@triton.jit\ndef k(x): pass\n",
    "called": HEAD + "@triton.jit(do_not_specialize=['n'])\ndef k(x): pass\n",
    "from import": "from triton import jit\n@jit\ndef k(x): pass\n",
    "renamed": "from triton import jit as kernel\n@kernel\ndef k(x): pass\n",
    "aliased module": "import triton as tr\n@tr.jit\ndef k(x): pass\n",
    "runtime": "from triton.runtime.jit import jit\n@jit\ndef k(x): pass\n",
    "autotuned": "from triton import autotune, jit\n@autotune(configs=[], key=[])\n@jit\ndef k(x): pass\n",
    "assigned": "import triton\njit = triton.jit\n@jit\ndef k(x): pass\n",
    "conditional": "try:\n    import triton\nexcept ImportError:\n    triton = None\n"
    "if triton:\n    @triton.jit\n    def k(x): pass\n",
    "method": HEAD + "class A:\n    @staticmethod\n    @triton.jit\n    def k(x): pass\n",
    "nested": HEAD + "def make():\n    @triton.jit\n    def k(x): pass\n    return k\n",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_kernel_is_found(spelling):
    assert [found.name.split(".")[-1] for found in find_kernels(SPELLINGS[spelling])] == ["k"]


@pytest.mark.parametrize(
    "text",
    [
        "import torch\n@torch.jit.script\ndef k(x): pass\n",
        "from numba import jit\n@jit\ndef k(x): pass\n",
        "import jax\n@jax.jit\ndef k(x): pass\n",
    ],
)
def test_other_jits_are_not_kernels(text):
    assert find_kernels(text) == []


def test_triton_re_exported_by_the_repository_is_followed():
    repo = Repo(
        {
            "pkg/__init__.py": b"",
            "pkg/compat.py": b"import triton\nimport triton.language as tl\n",
            "pkg/k.py": b"from .compat import triton, tl\n@triton.jit\ndef k(x): tl.load(x)\n",
        }
    )
    module = repo.module("pkg/k.py")
    assert isinstance(module, Module)
    assert [found.name for found in kernels_in(repo, module)] == ["k"]


def test_text_is_as_written():
    written = "# why it is so\n@triton.jit\ndef k(x_ptr,   # input\n      n):\n    # body\n    pass  # end"
    (found,) = find_kernels(f"{HEAD}\nX = 1\n\n{written}\n\nY = 2\n")
    assert found.text == written


@pytest.mark.parametrize("base", ["nn.Module", "torch.nn.Module", "Base", "Again", "nn.Sequential", "star.Thing"])
def test_modules_are_found_through_bases_elsewhere(base):
    repo = Repo(
        {
            "pkg/__init__.py": b"from .base import Base as Again\n",
            "pkg/base.py": b"from torch import nn\nclass Base(nn.Module): pass\n",
            "pkg/star.py": b"from .base import *\nThing = Base\n",
            "pkg/a.py": f"import torch\nimport torch.nn as nn\nfrom .base import Base\nfrom . import Again, star\n"
            f"class A({base}): pass\nclass Not(dict): pass\n"
            "import lightning as L\nclass Loads(L.LightningDataModule): pass\n".encode(),
        }
    )
    module = repo.module("pkg/a.py")
    assert isinstance(module, Module)
    assert [found.name for found in classes_in(repo, module)] == ["A"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"print 'hello'\n", Reason.SYNTAX),
        (b"# coding: nonsense\nx = 1\n", Reason.ENCODING),
        (b"x = '\xff'\n", Reason.ENCODING),
        (b"x = " + b"(" * 500 + b")" * 500, Reason.SYNTAX),
        (b"\x00", Reason.SYNTAX),
    ],
)
def test_broken_files_are_values(data, reason):
    module = Repo({"a.py": data}).module("a.py")
    assert isinstance(module, Broken)
    assert module.reason == reason
