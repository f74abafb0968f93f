"""Paths of the machine that compiled a text, made relative: they say nothing of the code, and much of its owner.

In: text with comments such as `# File: /home/me/.venv/lib/python3.12/site-packages/torch/nn/modules/linear.py:134`.
Out: the same from `site-packages/` on; of any other file its name. Not covered: paths that a program itself uses.
"""

from __future__ import annotations

import re

_INSTALLED = re.compile(r"/(?:[^\s:\"'()\[\],]+/)?((?:site|dist)-packages/)")
_FILE = re.compile(r"(#\s*File:? \"?)/(?:[^\s:\"]+/)*([^\s:\"/]+)")


def relative(text: str) -> str:
    if "/" not in text:
        return text
    return "\n".join(_line(line) if "/" in line and "#" in line else line for line in text.split("\n"))


def _line(line: str) -> str:
    code, mark, comment = line.partition("#")
    return code + _FILE.sub(r"\1\2", _INSTALLED.sub(r"\1", mark + comment))
