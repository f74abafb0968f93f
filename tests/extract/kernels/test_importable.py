"""A kernel's file is executed once before anybody is told that it stands alone."""

import pytest

from tests.extract.forked import extracted, forked
from triton_data.extract.reasons import Reason
from triton_data.records import Drop, Kernel

HEAD = "import triton\nimport triton.language as tl\n"
KERNEL = "@triton.jit\ndef {0}(x):\n    tl.store(x, 0)\n\n\n"
LAUNCHER = "def launch_{0}(x):\n    {0}[(1,)](x, LIMIT)\n\n\n"


def made(text):
    found = extracted({"m.py": text}, forked)
    return [one for one in found if isinstance(one, Kernel | Drop)]


def test_a_launcher_that_cannot_be_imported_is_left_out():
    (kernel,) = made(HEAD + "LIMIT = [][0]\n\n\n" + KERNEL.format("k") + LAUNCHER.format("k"))
    assert isinstance(kernel, Kernel) and kernel.launcher == "" and "LIMIT" not in kernel.text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("raise RuntimeError('0 active drivers ([]). There should only be one.')", Reason.NEEDS_GPU),
        ("from triton.ops import gone", "needs:triton"),
        ("[][0]", Reason.IMPORT_FAILED),
        ("import os; os._exit(3)", Reason.WORKER_DIED),
        ("raise SystemExit", Reason.IMPORT_FAILED),
    ],
)
def test_a_kernel_that_cannot_be_imported_is_a_drop_and_costs_no_other(line, reason):
    guarded = f"if tl:\n    {line}\n\n    @triton.jit\n    def bad(x):\n        tl.store(x, 0)\n\n\n"
    good, bad, other = made(HEAD + KERNEL.format("good") + guarded + KERNEL.format("other"))
    assert isinstance(good, Kernel) and isinstance(other, Kernel)
    assert isinstance(bad, Drop) and (bad.reason, bad.part) == (reason, "m.py:bad")


def test_a_guard_around_triton_does_not_come_along():
    files = {
        "lib/guarded.py": "import os\n\nREADY = os.environ['NO_SUCH_DEVICE']\nif READY:\n    import triton\n"
        "    import triton.language as tl\nelse:\n    triton = tl = None\n",
        "lib/__init__.py": "",
        "lib/k.py": "from lib.guarded import tl, triton\n\n\n@triton.jit\ndef k(x):\n    tl.store(x, 0)\n",
    }
    (kernel,) = extracted(files, forked)
    assert isinstance(kernel, Kernel) and "READY" not in kernel.text
