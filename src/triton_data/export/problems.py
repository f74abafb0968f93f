"""A program as a problem in KernelBench's form: `Model`, `get_inputs()`, `get_init_inputs()`.

In: a Program. Out: its text, with what the form needs added below. Not covered: making a function's inputs smaller or
larger than the ones that were found for it.
"""

from __future__ import annotations

import ast

from triton_data.records import Program

_ALIAS = "\n\nModel = {entry}\n"
_WRAPPED = '''

class Model(torch.nn.Module):
    """`{entry}` as a module."""

    def forward(self, *args, **kwargs):
        return {entry}(*args, **kwargs)
'''
_NO_INIT = "\n\ndef get_init_inputs():\n    return []\n"


def problem(program: Program) -> str:
    tree = ast.parse(program.text)
    defined = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    text = program.text.rstrip("\n") + "\n"
    if "Model" not in defined:
        entry = defined.get(program.entry)
        if isinstance(entry, ast.FunctionDef):
            text = _with_torch(tree, text) + _WRAPPED.format(entry=program.entry)
        else:
            text += _ALIAS.format(entry=program.entry)
    return text if "get_init_inputs" in defined else text + _NO_INIT


def _with_torch(tree: ast.Module, text: str) -> str:
    """The wrapper names torch; a program that never does gets the import, below any `from __future__`."""
    names = {alias.asname or alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    if "torch" in names:
        return text
    return text + "\n\nimport torch\n"
