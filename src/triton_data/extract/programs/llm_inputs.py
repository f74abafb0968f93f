"""Ask a language model for the inputs of a class whose inputs nothing else has found.

In: a standalone file, the class, and why it did not run. Out: a piece of usage, to be observed like any example
of the repository's authors, or why there is none. Of the answer only `get_inputs`, `get_init_inputs` and imports are
taken, so that it cannot change the class.
Not covered: running it (`observe` of jailed/probe.py), the connection (`ask`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from triton_data.extract.usage.snippets import CALL
from triton_data.llm.answers import NoAnswer

Ask = Callable[[str, str], str]  # (system prompt, question) -> answer; raises NoAnswer
MAX_CHARACTERS = 24_000
_FENCED = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)```", re.S | re.I)
_WANTED = ("get_init_inputs", "get_inputs")

SYSTEM = """You write inputs for PyTorch modules. You get a Python file and the name of a class in it. Answer with one
Python code block that defines two functions and nothing else:
get_init_inputs() returns [[positional arguments], {keyword arguments}] for the constructor;
get_inputs() returns [[positional arguments], {keyword arguments}] for a call of the module.
Everything that the file defines or imports is in scope, and so is torch. Use a batch of 2, the smallest sizes that
work, few layers, the CPU, no files and no network. The output must hold a tensor and be finite."""


def usage_from(ask: Ask, text: str, entry: str, problem: str) -> str:
    """The standalone file with the model's functions and a call of them."""
    question = f"The class is `{entry}`. So far: {problem[:600]}\n\n```python\n{_shortened(text, entry)}\n```"
    functions = _functions(ask(SYSTEM, question))
    call = [
        f"def {CALL}():",
        "    places, names = _both(get_init_inputs())",
        f"    model = {entry}(*places, **names)",
        "    places, names = _both(get_inputs())",
        "    model(*places, **names)",
    ]
    both = [
        "def _both(given):",
        "    if len(given) == 2 and isinstance(given[0], (list, tuple)) and isinstance(given[1], dict):",
        "        return given",
        "    return given, {}",
    ]
    return "\n".join([text, "", "import torch", "", functions, "", "", *both, "", "", *call, ""])


def _functions(answer: str) -> str:
    blocks = _FENCED.findall(answer) or [answer]
    for block in blocks:
        try:
            tree = ast.parse(block)
        except (SyntaxError, ValueError):
            continue
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        if all(name in functions for name in _WANTED):
            imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
            return "\n".join(ast.unparse(node) for node in (*imports, *(functions[name] for name in _WANTED)))
    raise NoAnswer("the answer defines no get_inputs() and get_init_inputs()")


def _shortened(text: str, entry: str) -> str:
    """The whole file where it is small; else the class with what stands last before it."""
    if len(text) <= MAX_CHARACTERS:
        return text
    at = re.search(rf"^class {re.escape(entry)}\b", text, re.M)
    end = min(len(text), at.start() + MAX_CHARACTERS // 2) if at else len(text)
    return f"# (the beginning is left out)\n{text[max(0, end - MAX_CHARACTERS) : end]}"
