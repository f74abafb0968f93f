"""Other identifiers for the same program: people call a pointer `x_ptr` or `input_ptr`, a block `BLOCK` or `BLOCK_SIZE`.

In: Python text and the name of a dialect. Out: the text with whole identifiers replaced, strings and comments as they
are, and nothing after a dot. Not covered: names of functions, which come from the family.
"""

from __future__ import annotations

import io
import tokenize

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


def renamed(text: str, dialect: str) -> str:
    """Whole NAME tokens only; a dialect whose new name is already taken in the text changes nothing there."""
    names = DIALECTS[dialect]
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    taken = {token.string for token in tokens if token.type == tokenize.NAME}
    chosen = {old: new for old, new in names.items() if new not in taken}
    lines = text.splitlines(keepends=True)
    for before, token in reversed(list(zip([None, *tokens], tokens, strict=False))):
        after_dot = before is not None and before.string == "."
        if token.type == tokenize.NAME and token.string in chosen and not after_dot:
            row, column = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:column] + chosen[token.string] + line[token.end[1] :]
    return "".join(lines)
