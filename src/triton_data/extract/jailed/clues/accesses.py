"""What code asks of its names: `config["width"]`, `config.model.width`, `data.num(field)`.

In: the syntax tree of a standalone file. Out: `Questions`, by the last word of what is asked:
`self.config.width` is asked of `config`. A name that is given what another one holds (`model = config["model"]`)
asks for it. Not covered: names that are handed on under other names; jailed/guess/config_objects.py answers those as
they come.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

_COMMON = frozenset(
    name for kind in (torch.Tensor, torch.nn.Linear(1, 1), torch.nn.ModuleList(), str, list, dict, type, torch.device)
    for name in dir(kind)
)  # fmt: skip


@dataclass(eq=False)
class Questions:
    items: dict[str, dict[str, None]] = field(default_factory=dict)
    attributes: dict[str, dict[str, None]] = field(default_factory=dict)
    called: set[tuple[str, str]] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)  # called themselves
    kinds: dict[str, None] = field(default_factory=dict)  # that code tells apart with isinstance
    results: dict[str, int] = field(default_factory=dict)  # how many, where `a, b = self.part(x)` says so
    kept: set[tuple[str, str]] = field(default_factory=set)  # asked of `self.owner`, so perhaps later

    @classmethod
    def read(cls, tree: ast.AST) -> Questions:
        questions = cls()
        aliases: set[tuple[str, str]] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and (owner := last_word(node.value)):
                questions._note(questions.attributes, node.value, owner, node.attr)
            elif isinstance(node, ast.Subscript) and (key := _word(node)) and (owner := last_word(node.value)):
                questions._note(questions.items, node.value, owner, key)
            elif isinstance(node, ast.Call):
                questions.functions.add(last_word(node.func))
                if last_word(node.func) == "isinstance" and len(node.args) == 2:
                    kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
                    questions.kinds.update((each.id, None) for each in kinds if isinstance(each, ast.Name))
                if isinstance(node.func, ast.Attribute):
                    questions.called.add((last_word(node.func.value), node.func.attr))
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                if isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Tuple):
                    questions.results[last_word(node.value.func)] = len(node.targets[0].elts)
                aliases.add((last_word(node.targets[0]), last_word(node.value)))
        for _ in range(2):
            for alias, meant in aliases:
                if alias and meant and alias != meant:
                    for table in (questions.items, questions.attributes):
                        table.setdefault(meant, {}).update(table.get(alias, {}))
        return questions

    def _note(self, table: dict[str, dict[str, None]], value: ast.expr, owner: str, name: str) -> None:
        table.setdefault(owner, {})[name] = None
        if isinstance(value, ast.Attribute):
            self.kept.add((owner, name))

    def by_key(self, owner: str) -> bool:
        return bool(self.items.get(owner))

    def asked(self, owner: str) -> bool:
        """Whether no tensor, layer, string or list could answer."""
        return self.by_key(owner) or any(name not in _COMMON for name in self.attributes.get(owner, ()))

    def mark_for(self, owner: str) -> str:
        return "⟦module⟧" if owner in self.functions else "⟦config⟧"

    def parts(self, owner: str) -> list[str]:
        """What it is made of, as far as names can be given to an object or keys to a dictionary."""
        if self.by_key(owner):
            return list(self.items[owner])
        return [name for name in self.attributes.get(owner, ()) if name not in _COMMON]

    def later(self, owner: str) -> Iterator[tuple[str, bool]]:
        """What methods may ask once it is kept: names, and whether in brackets."""
        for table, by_key in ((self.items, True), (self.attributes, False)):
            names = (name for name in table.get(owner, ()) if (owner, name) in self.kept)
            yield from ((name, by_key) for name in names if by_key or name not in _COMMON)


def last_word(node: ast.AST) -> str:
    """`x`, `self.x`, `y["x"]`: all are about x."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _word(node)
    return node.id if isinstance(node, ast.Name) else ""


def _word(node: ast.Subscript) -> str:
    constant = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    return str(node.slice.value) if constant else ""  # type: ignore[attr-defined]
