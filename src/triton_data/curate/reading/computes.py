"""What a text computes, as far as reading tells: its entry and what the entry uses, printed in one normal form.

In: a module's tree and the name of its entry. Out: two hashes. `closure` is the same for two texts exactly when entry
and closure differ in nothing but names that their authors chose (of variables, attributes, classes), the order of
definitions and keywords, comments, annotations, messages and what the entry does not use; every operator, constant,
string, call and attribute of others counts. `parts` is the same words in any order: for two texts whose traced graphs
agree. What other texts share with it weighs nothing. Not covered: another way to write the same computation.
"""

from __future__ import annotations

import ast
import builtins
from collections import deque
from dataclasses import dataclass, field

from triton_data.curate.reading import vocabulary
from triton_data.curate.reading.own_names import Definitions, locals_of
from triton_data.curate.reading.printing import Printer
from triton_data.curate.reading.tree import dotted, imported
from triton_data.records import digest

_BUILTINS = frozenset(dir(builtins))
_SAYING = ("print", "warn", "warning", "info", "debug", "log", "error")  # they tell people, and compute nothing
_PASSING = {"Assign", "AugAssign", "Return", "Expr", "Tuple", "call", "field"}  # they hand values on
_SMALL = 2  # whole numbers up to here are axes and signs in Inductor's kernels too; above, shapes


@dataclass(frozen=True)
class Computes:
    closure: str = ""
    parts: str = ""


def computes(module: ast.Module, entry: str, shapes_count: bool = True) -> Computes:
    """Empty where the text has no such entry, or nests deeper than any stack."""
    definitions = Definitions.of(module)
    if entry not in definitions.by_name:
        return Computes()
    printer = _Printer(imported(module), definitions, shapes_count)
    try:
        printer.all_from(entry)
    except RecursionError:
        return Computes()
    plain = sorted(word for word in printer.words if not word.startswith("\1") and word not in _PASSING)
    return Computes(digest("closure", *printer.words), digest("parts", *plain))


@dataclass
class _Printer(Printer):
    """Words in the order of the tree; one that begins with \\1 is a name of its author's, by its number."""

    imports: dict[str, str]
    definitions: Definitions
    shapes_count: bool
    words: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)  # of definitions and own attributes
    waiting: deque[str] = field(default_factory=deque)  # definitions that were named and not printed yet
    local: dict[str, str] = field(default_factory=dict)
    is_local: frozenset[str] = frozenset()
    methods: list[tuple[str, ast.FunctionDef]] = field(default_factory=list)  # of printed classes, until they are used

    def all_from(self, entry: str) -> None:
        self.definition(entry)
        while True:
            if self.waiting:
                for node in self.definitions.by_name[self.waiting.popleft()]:
                    self.words.append("\1define")
                    self._scoped(node)
            elif used := self._used_method():
                self.words.append("\1method")
                self._scoped(used)
            else:
                return

    def _used_method(self) -> ast.FunctionDef | None:
        found = [
            (self.numbers[f".{name}"], i) for i, (name, _) in enumerate(self.methods) if f".{name}" in self.numbers
        ]
        if not found:
            return None
        return self.methods.pop(min(found, key=lambda each: (int(each[0][2:]), each[1]))[1])[1]

    def definition(self, name: str) -> None:
        if name not in self.numbers:
            self.waiting.append(name)
        self.words.append(self._number(name))

    def _number(self, name: str) -> str:
        return self.numbers.setdefault(name, f"\1d{len(self.numbers)}")

    def _scoped(self, node: ast.AST) -> None:
        outer = self.local, self.is_local
        self.local, self.is_local = {}, locals_of(node)
        self.print(node)
        self.local, self.is_local = outer

    # ---- nodes -------------------------------------------------------------------------------------------------

    def _say(self, word: str) -> None:
        self.words.append(word)

    def _list(self, values: list[ast.AST]) -> None:
        for item in values:
            if not isinstance(item, ast.stmt) or not _says_nothing(item):
                self._value(item)
        self.words.append("\1end")

    def _named(self, name: str) -> str:
        """A name that stands where Python has no expression: of a function inside one, an argument, an `except`."""
        return self.local.setdefault(name, f"\1l{len(self.local)}")

    def _Name(self, node: ast.Name) -> None:
        if node.id in self.is_local:
            self.words.append(self._named(node.id))
        elif node.id in self.definitions.by_name:
            self.definition(node.id)
        else:  # of an import, a builtin, or from nowhere, as after `import *`: then its spelling is all there is
            self.words.append(self.imports.get(node.id, node.id))

    def _Attribute(self, node: ast.Attribute) -> None:
        full = dotted(node, self.imports) if _root(node) not in self.is_local else ""
        if full:
            self.words.append(full)
            return
        self.print(node.value)
        self.words.append(self._attribute(node.attr, isinstance(node.value, ast.Name)))

    def _attribute(self, name: str, of_name: bool = True) -> str:
        if name in self.definitions.attributes and (of_name or name not in vocabulary.operators()):
            return self._number(f".{name}")
        return f".{name}"

    def _Constant(self, node: ast.Constant) -> None:
        shape = not self.shapes_count and type(node.value) is int and abs(node.value) > _SMALL
        self.words.append("\1shape" if shape else repr(node.value))

    def _Call(self, node: ast.Call) -> None:
        self.words.append("call")
        self.print(node.func)
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return  # super() and super(Class, self) are the same
        self._value(node.args)
        places = self.definitions.places(node.func)
        named = [(f"\1k{places[k.arg]}" if k.arg in places else k.arg or "**", k.value) for k in node.keywords]
        for name, value in sorted(named, key=lambda each: each[0]):
            self.words.append(name)
            self.print(value)
        self.words.append("\1end")

    def _Raise(self, node: ast.Raise) -> None:
        self.words.append("raise")

    def _FunctionDef(self, node: ast.FunctionDef) -> None:
        self.words.append("\1def")
        self.print(node.args)
        self._value(node.body)

    def _Lambda(self, node: ast.Lambda) -> None:
        self.words.append("lambda")
        self.print(node.args)
        self.print(node.body)

    def _ClassDef(self, node: ast.ClassDef) -> None:
        """Methods that others call by name come first, by name; the author's own when something uses them."""
        self.words.append("class")
        self._value(node.bases)
        called: list[ast.FunctionDef] = []
        for each in node.body:
            if isinstance(each, ast.FunctionDef):
                called.append(each) if each.name not in self.definitions.attributes else self.methods.append(
                    (each.name, each)
                )
            elif not _says_nothing(each):
                self._class_level(each)
        for method in sorted(called, key=lambda method: method.name):
            self.words.append(f"def {method.name}")
            self._scoped(method)
        self.words.append("\1end")

    def _class_level(self, node: ast.stmt) -> None:
        """`size = 3` in a class is an attribute."""
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if not targets or not isinstance(targets[0], ast.Name):
            self.print(node)
            return
        self.words += ["field", self._attribute(targets[0].id)]
        if node.value is not None:  # type: ignore[attr-defined]
            self.print(node.value)  # type: ignore[attr-defined]


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _says_nothing(node: ast.stmt) -> bool:
    """Docstrings, `...`, `pass`, imports, checks and messages."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Assert):
        return True
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    match node.value:
        case ast.Call(func=ast.Name(id=name)):
            return name in _SAYING
        case ast.Call(func=ast.Attribute(attr=name) as function):
            return name in _SAYING and _root(function) in ("logger", "logging", "warnings")
    return False
