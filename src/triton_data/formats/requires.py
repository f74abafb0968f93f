"""What must be installed for a text to be imported: the top-level packages that it names, without Python's own.

In: Python text. Out: import names, sorted. Not covered: versions, and names of distributions (PIL is Pillow).
"""

from __future__ import annotations

import ast
import sys


def requires(text: str) -> tuple[str, ...]:
    """Empty where Python cannot read the text."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    named = set[str]()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            named.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named.add(node.module.partition(".")[0])
    return tuple(sorted(named - sys.stdlib_module_names))
