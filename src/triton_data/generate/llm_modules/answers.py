"""The program in an answer, whatever shape the answer has.

In: a Reply: fenced blocks, bare code, a tool call's arguments, JSON with the code in a field, words alone, or the
first part of any of these. Out: the program's text, or a Drop with its category. The text is only read, never run.
Not covered: whether it is a good program (form.py and what runs it).
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from triton_data.generate.llm_modules.reasons import Category
from triton_data.llm.question import Reply
from triton_data.records import Drop

LARGEST = 200_000  # characters
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.S | re.M)
_OPEN = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(?:python|py)?[ \t]*\n", re.M | re.I)
_PYTHON = ("", "python", "py", "python3")
_CODE_FIELDS = ("code", "program", "python", "python_code", "source", "content", "text", "answer")
_REFUSING = re.compile(r"\b(i can('|no)t|i can ?not|i am unable|i'm unable|i won't|as an ai|sorry|against my)\b", re.I)
_STARTS = re.compile(r"^(?:import |from \w[\w.]* import |class \w|def \w|@)", re.M)


def read(reply: Reply) -> str | Drop:
    cut = reply.finish in ("length", "max_tokens")
    if reply.refusal or reply.finish == "content_filter":
        return Drop(Category.REFUSED, (reply.refusal or "content_filter")[:300])
    said = reply.text if reply.text.strip() else reply.arguments
    if not said.strip():
        return Drop(Category.TRUNCATED if cut else Category.EMPTY, "the answer is empty")
    if len(said) > LARGEST:
        return Drop(Category.NO_CODE, f"the answer has {len(said)} characters")
    code = _program(said)
    if not code and reply.arguments:
        code = _program(reply.arguments)
    if cut and not (code and _complete(code)):
        return Drop(Category.TRUNCATED, "the answer ends before the program does: write a shorter one")
    if code:
        return code
    if _REFUSING.search(said[:400]):
        return Drop(Category.REFUSED, said.strip()[:300])
    return Drop(Category.NO_CODE, f"no Python program in the answer: {said.strip()[:200]!r}")


def _program(said: str) -> str:
    """The largest block that defines a class; several blocks are one program where only together they do."""
    if found := _in_json(said):
        said = found
    blocks: list[str] = [code for _, language, code in _FENCE.findall(said) if language.lower() in _PYTHON]
    if not blocks and (opened := _OPEN.search(said)):  # a fence that nothing closes
        blocks = [said[opened.end() :]]
    if not blocks:
        return _bare(said)
    whole = [block for block in blocks if "class " in block and "get_inputs" in block]
    if whole:
        return max(whole, key=len)
    joined = "\n\n".join(blocks)
    return joined if "class " in joined and _parses(joined) else max(blocks, key=len)


def _bare(said: str) -> str:
    """Code without a fence, perhaps behind a sentence: from the first line that can begin a program."""
    at = _STARTS.search(said)
    if at is None:
        return ""
    code = said[at.start() :]
    return code if _parses(code) or ("class " in code and "def forward" in code) else ""


def _in_json(said: str) -> str:
    text = said.strip()
    if not text.startswith(("{", "[")):
        fenced = [code for _, language, code in _FENCE.findall(said) if language.lower() == "json"]
        text = fenced[0].strip() if fenced else ""
    try:
        return _longest_code(json.loads(text), 0) if text else ""
    except (ValueError, RecursionError):
        return ""


def _longest_code(value: Any, depth: int) -> str:
    if depth > 6:
        return ""
    if isinstance(value, str):
        if value.lstrip().startswith("{"):
            return _in_json(value) or value
        return value if "class " in value or "def " in value else ""
    if isinstance(value, dict):
        named = [value[name] for name in _CODE_FIELDS if name in value]
        return max((_longest_code(each, depth + 1) for each in (*named, *value.values())), key=len, default="")
    if isinstance(value, list):
        return max((_longest_code(each, depth + 1) for each in value), key=len, default="")
    return ""


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _complete(code: str) -> bool:
    return _parses(code) and "def get_inputs" in code
