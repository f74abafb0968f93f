"""A file that is too large to be a program is said to be so, wherever a user names it; the others are read."""

from triton_data.extract.limits import FILE_BYTES
from triton_data.extract.programs.given import GivenStage
from triton_data.without_run.extract import extract_paths

KERNEL = """import triton
import triton.language as tl


@triton.jit
def copy(x, y, N: tl.constexpr):
    at = tl.arange(0, N)
    tl.store(y + at, tl.load(x + at))
"""


def test_a_huge_file_is_a_drop(tmp_path):
    (tmp_path / "kernel.py").write_text(KERNEL + "#" * (FILE_BYTES - len(KERNEL)))
    (tmp_path / "table.py").write_text(KERNEL + "#" * (FILE_BYTES - len(KERNEL) + 1))
    kernel, table = sorted(
        extract_paths([tmp_path], None, allow_unsafe=False), key=lambda row: row["kind"], reverse=True
    )
    assert (kernel["kind"], kernel["name"]) == ("kernel", "copy")
    assert (table["kind"], table["name"], table["reason"]) == ("drop", "table.py", "too_large")
    stage = GivenStage((f"given:{tmp_path}",))
    data = {item.path: (item, item.data) for item in stage._files()}
    assert isinstance(data["kernel.py"][1], bytes)
    assert [drop.reason for drop in stage.work(data["table.py"][0])] == ["too_large"]
