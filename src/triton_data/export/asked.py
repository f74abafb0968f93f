"""A pair as question and answer: one place decides what is asked for and whether the answer gives it.

In: a row of a pair. Out: the conversation, or the reason why the row cannot be one: then it is left out and counted.
The question asks for the name that the answer defines, whatever rule made that name; what it cannot ask for is an
answer that defines no such name. Not covered: whether the answer is right (verify/).
"""

from __future__ import annotations

import ast

from triton_data.export.rows import PAIRS, Row, Selection
from triton_data.formats.prompts import fenced, messages

NO_ENTRY = "answer_lacks_entry"
Messages = list[dict[str, str]]


def conversation(row: Row, selection: Selection) -> tuple[Messages, dict[str, str]] | None:
    """Prompt and answer; None for what is no pair, and for what does not pass (then it is counted)."""
    if row.program is None or row.kind not in PAIRS:
        return None
    if not (defines(row.triton, row.name) and defines(row.program.text, row.program.entry)):
        selection.leave_out(NO_ENTRY)
        return None
    prompt = messages(row.program.entry, row.program.text, row.name)
    return prompt, {"role": "assistant", "content": fenced(row.triton)}


def defines(text: str, name: str) -> bool:
    """A class or function of that name at the top level, or a value that is called so."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    named = set[str]()
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            named.add(node.name)
        elif isinstance(node, ast.Assign):
            named.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return name in named
