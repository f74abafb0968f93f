"""Files that a user names, read with the limit that scraping has: data in a `.py` file is not for parsing.

In: a path. Out: its bytes, or a Drop where there are more than a program has.
"""

from __future__ import annotations

from pathlib import Path

from triton_data.extract.limits import FILE_BYTES
from triton_data.extract.reasons import Reason
from triton_data.records import Drop


def read_file(path: Path, part: str = "") -> bytes | Drop:
    with path.open("rb") as file:
        data = file.read(FILE_BYTES + 1)
    return data if len(data) <= FILE_BYTES else Drop(Reason.TOO_LARGE, f"over {FILE_BYTES} bytes", part)
