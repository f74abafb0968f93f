"""Other identifiers for the same program: a pointer is called `x_ptr` or `input_ptr`, a block `BLOCK` or `BLOCK_SIZE`.

In: Python text and the name of a dialect. Out: the text with whole identifiers replaced, strings and comments as they
are, and nothing after a dot. Not covered: names of functions, which come from the family.
"""

from __future__ import annotations

import re

DIALECTS: dict[str, dict[str, str]] = {
    "plain": {},
    "tutorial": {"x_ptr": "input_ptr", "out_ptr": "output_ptr", "BLOCK": "BLOCK_SIZE", "total": "accumulator"},
    "short": {"offsets": "offs", "out_ptr": "y_out_ptr", "n_elements": "numel", "BLOCK": "BLK", "total": "acc"},
    "library": {"x_ptr": "X", "out_ptr": "OUT", "offsets": "idx", "BLOCK": "XBLOCK", "n_elements": "xnumel"},
    "verbose": {
        "x_ptr": "source_ptr", "out_ptr": "destination_ptr", "offsets": "positions", "BLOCK": "BLOCK_ELEMENTS",
        "n_cols": "num_columns", "n_rows": "num_rows", "total": "running_total",
    },
}  # fmt: skip


_WORD = re.compile(r"[A-Za-z_]\w*")
_QUOTED = r'"""[\s\S]*?"""|"[^"\n]*"|#[^\n]*'


def renamed(text: str, dialect: str) -> str:
    """A new name that is already taken in the text changes nothing there."""
    taken = set(_WORD.findall(text))
    chosen = {old: new for old, new in DIALECTS[dialect].items() if old in taken and new not in taken}
    if not chosen:
        return text
    pattern = re.compile(rf"{_QUOTED}|(?<![.\w])(?:{'|'.join(chosen)})\b")
    return pattern.sub(lambda match: chosen.get(match[0], match[0]), text)
