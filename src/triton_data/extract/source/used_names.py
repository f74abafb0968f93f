"""Which global names a piece of code uses, and when.

In: the AST of one module-level statement. Out: one entry per dotted chain that starts at a name which Python
would look up in the module (`x`, `F.relu`), marked with the moments at which it is needed: while the module is
imported (base classes, decorators, defaults, plain code), once a function runs, or only in an annotation.
Not covered: names inside string annotations, `eval`, and `globals()[...]`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any


class When:
    """Moments, as bits of a plain int: IntFlag's operators cost more than the walk."""

    LAZY = 1
    EAGER = 2
    ANNOTATION = 4
    DECORATOR = 8
    MAYBE = 16  # a class body binds the name too: global only where the read comes first


class Uses:
    """`local_imports` are imports inside functions."""

    __slots__ = ("chains", "local_imports")

    def __init__(self, statement: ast.stmt) -> None:
        self.chains: dict[str, int] = {}
        self.local_imports: list[ast.Import | ast.ImportFrom] = []
        _Scope(self, When.EAGER, frozenset()).run([statement])


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_COMMONEST = (ast.Name, ast.Load, ast.Constant, ast.Attribute, ast.Call, ast.Tuple, ast.Assign, ast.BinOp,
              ast.Subscript)  # fmt: skip
_Stack = list[Any]  # nodes, all of one moment


class _Scope:
    """One pass over one scope: what it reads, what it binds, and the scopes inside it, which run afterwards."""

    def __init__(self, uses: Uses, when: int, hidden: frozenset[str], kind: str = "module") -> None:
        self.uses, self.when, self.hidden, self.kind = uses, when, hidden, kind
        self.bound: set[str] = set()
        self.caught: set[str] = set()  # `except E as e`: gone when the handler ends, so nobody else's
        self.reads: list[tuple[str, str, int]] = []
        self.declared: set[str] = set()
        self.inner: list[tuple[ast.AST, int]] = []
        self.elsewhen: list[tuple[_Stack, int]] = []  # nodes that are needed at another moment than the rest

    def run(self, nodes: Iterable[ast.AST]) -> None:
        self.elsewhen.append((list(nodes), self.when))
        while self.elsewhen:
            self._walk(*self.elsewhen.pop())
        self.settle()

    def _walk(self, stack: _Stack, when: int) -> None:
        """The commonest nodes by hand: every look-up that is saved here counts hundreds of thousands of times."""
        names: dict[str, None] = {}
        bound, reads, visits, pop = self.bound, self.reads, _VISIT, stack.pop
        name, load, constant, attribute, call, tuple_, assign, binary, subscript = _COMMONEST
        while stack:
            node = pop()
            kind = type(node)
            if kind is name:
                if type(node.ctx) is load:
                    names[node.id] = None
                else:
                    bound.add(node.id)
            elif kind is constant:
                continue
            elif kind is attribute and type(node.value) is name:
                root = node.value.id
                reads.append((root, f"{root}.{node.attr}", when))
            elif kind is call:
                stack.append(node.func)
                stack += node.args
                if node.keywords:
                    stack += [keyword.value for keyword in node.keywords]
            elif kind is tuple_:
                stack += node.elts
            elif kind is assign:
                stack += node.targets
                stack.append(node.value)
            elif kind is binary:
                stack += (node.left, node.right)
            elif kind is subscript:
                stack += (node.value, node.slice)
            else:
                visit = visits.get(kind)
                if visit is not None:
                    visit(self, node, when, stack)
                else:
                    _push(stack, node)
        reads += [(name, name, when) for name in names]

    def settle(self) -> None:
        own = self.bound - self.declared
        below = self.hidden | (self.caught if self.kind in ("class", "module") else own)
        chains = self.uses.chains
        for root, chain, when in self.reads:
            if root in below:
                continue
            if self.kind == "class" and root in own:
                when |= When.MAYBE
            chains[chain] = chains.get(chain, 0) | when
        for node, when in self.inner:
            _enter(self.uses, node, when, below)


def _enter(uses: Uses, node: ast.AST, when: int, hidden: frozenset[str]) -> None:
    if isinstance(node, ast.ClassDef):
        _Scope(uses, when, hidden, "class").run(node.body)
        return
    kind = "function"
    if isinstance(node, _COMPREHENSIONS):
        scope = _Scope(uses, when, hidden, kind)
        scope.run(list(ast.iter_child_nodes(node)))
        return
    assert isinstance(node, (*_FUNCTIONS, ast.Lambda))
    scope = _Scope(uses, When.LAZY, hidden, kind)
    args = node.args
    scope.bound.update(arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs))
    scope.bound.update(arg.arg for arg in (args.vararg, args.kwarg) if arg is not None)
    scope.run(node.body if isinstance(node.body, list) else [node.body])


def _push(stack: _Stack, node: ast.AST) -> None:
    for name in _FIELDS[type(node)]:
        value = getattr(node, name)
        if type(value) is list:
            stack += value if None not in value else [item for item in value if item is not None]
        elif value is not None:
            stack.append(value)


# Operators, contexts, plain strings and numbers hold no names; leaving them out halves the walk.
_NAMELESS = frozenset(("ctx", "op", "ops", "id", "attr", "name", "arg", "kind", "type_comment", "level", "module"))
_NAMELESS |= frozenset(("names", "simple", "is_async", "conversion", "tag", "rest", "kwd_attrs"))
_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(field for field in kind._fields if field not in _NAMELESS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def _attribute(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    chain = node.attr
    node = node.value
    while type(node) is ast.Attribute:
        chain = f"{node.attr}.{chain}"
        node = node.value
    if type(node) is ast.Name:
        scope.reads.append((node.id, f"{node.id}.{chain}", when))
    else:
        stack.append(node)


def _function(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    scope.inner.append((node, when))
    annotations: _Stack = []
    if not isinstance(node, ast.Lambda):
        scope.bound.add(node.name)
        scope.elsewhen.append((list(node.decorator_list), when | When.DECORATOR))
        if node.returns is not None:
            annotations.append(node.returns)
    args = node.args
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
        if arg is not None and arg.annotation is not None:
            annotations.append(arg.annotation)
    if annotations:
        scope.elsewhen.append((annotations, When.ANNOTATION))
    stack += [default for default in (*args.defaults, *args.kw_defaults) if default is not None]


def _class(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    scope.bound.add(node.name)
    scope.inner.append((node, when))
    scope.elsewhen.append((list(node.decorator_list), when | When.DECORATOR))
    stack += [*node.bases, *(keyword.value for keyword in node.keywords)]


def _comprehension(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    scope.inner.append((node, when))


def _import(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    scope.uses.local_imports.append(node)
    scope.bound.update(alias.asname or alias.name.split(".")[0] for alias in node.names)


def _declaration(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    scope.declared.update(node.names)
    if isinstance(node, ast.Global):
        scope.reads.extend((name, name, when) for name in node.names)


def _binder(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    if node.name is not None:
        scope.bound.add(node.name)
    _push(stack, node)


def _handler(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    if node.name is not None:
        scope.caught.add(node.name)
    _binder(scope, node, when, stack)


def for_type_checkers(node: ast.If) -> bool:
    """What stands under `if TYPE_CHECKING:` never runs, and imports half the repository."""
    return "TYPE_CHECKING" in (getattr(node.test, "attr", None), getattr(node.test, "id", None))


def _condition(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    if for_type_checkers(node):
        stack.append(node.test)
        stack += node.orelse
    else:
        _push(stack, node)


def _mapping(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    if node.rest is not None:
        scope.bound.add(node.rest)
    _push(stack, node)


def _annotated(scope: _Scope, node: Any, when: int, stack: _Stack) -> None:
    scope.elsewhen.append(([node.annotation], When.ANNOTATION))
    stack.append(node.target)
    if node.value is not None:
        stack.append(node.value)


_VISIT: dict[type, Any] = {
    ast.Attribute: _attribute,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.Lambda: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Global: _declaration,
    ast.Nonlocal: _declaration,
    ast.If: _condition,
    ast.ExceptHandler: _handler,
    ast.MatchAs: _binder,
    ast.MatchStar: _binder,
    ast.MatchMapping: _mapping,
    ast.AnnAssign: _annotated,
    **dict.fromkeys(_COMPREHENSIONS, _comprehension),
}
