"""What a signature and a symbol table tell of a function is what parsing it and walking through it tells."""

import ast
import sysconfig
from pathlib import Path

import pytest

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.source.code import Code
from triton_data.extract.source.module import Broken
from triton_data.extract.source.parsing import parse
from triton_data.extract.source.repo import Repo
from triton_data.extract.source.used_names import When

STANDARD = Path(sysconfig.get_path("stdlib"))
PACKAGES = Path(sysconfig.get_path("purelib"))
TOLD = {
    "what it reads": "def f(a):\n    b = a + g\n    return h.i.j(b, [k for k in l], lambda m: m + n, c=1)\n",
    "a function inside": "def f():\n    def g(a=h):\n        nonlocal b\n        b = a + c\n    b = 1\n    return g\n",
    "decorators": "# above\n@a.b({'c': lambda d: e[d],\n 'x': 1})\n@jit\n"
    "def f(g: h = i, *j,\n      k=l) -> m:  # so\n    return o\n",
    "async": "async  def f(a) -> b:\n    async for c in d:\n        await e(c)\n    return {g: 1 for g in c}\n",
    "colons in the signature": "def f(a=b[1:],\n      c=lambda d:\n      e, g={1:\n 2}):\n    return h\n",
    "handlers": "def f():\n    try:\n        a()\n    except b as c:\n        return c, d\n    with e as h: del h\n",
    "match": "def f(a):\n    match a:\n        case {'x': b, **c}: return b, c\n"
    "        case d.e(g=h) | [h]: return h, i\n",
    "assigned after it is read": "def f():\n    print(a)\n    a = b\n    for c.d in e: pass\n    (g := h)\n",
}
ASKED_OF_THE_PARSER = {
    "a signature in a string": "@a('''\ndef g():\n    pass\n''')\ndef f(b=c):\n    return d\n",
    "words in strings": "def f():\n    '''import this\n\n    global warming\n    '''\n    return 'if TYPE_CHECKING'\n",
    "one line": "def f(a): return a + b\n",
    "imports": "def f():\n    from a import b\n    return b\n",
    "imports after a colon": "def f():\n    try: import a\n    except b: pass\n",
    "a global": "def f():\n    global a\n    a = 1\n",
    "a class inside": "def f():\n    class A(b):\n        c = d\n        def g(self): return c\n    return A\n",
    "for type checkers": "def f():\n    if typing.TYPE_CHECKING:\n        a()\n",
    "no function": "@a\nclass B:\n    c = d\n",
    "a flaw": "def f():\n    return )\n",
}


def roots(uses):
    """When by name; the parser knows more of annotations and decorators inside the body."""
    found = {}
    for chain, when in (pair for each in uses for pair in each.chains.items()):
        root = chain.split(".")[0]
        found[root] = found.get(root, 0) | when
    inside = When.LAZY | When.ANNOTATION | When.DECORATOR
    return {root: when & When.EAGER or (when & inside and When.LAZY) for root, when in found.items()}


@pytest.mark.parametrize("case", TOLD)
def test_nothing_is_parsed_that_can_be_told_without(case):
    code, same = (Code(TOLD[case].strip(), 7) for _ in range(2))
    assert roots(code.roots) == roots(same.uses)
    assert code.flaw is None and "nodes" not in code.__dict__
    (head,), (node,) = code.heads, same.nodes
    node.body, node.end_col_offset = head.body, head.end_col_offset  # type: ignore[attr-defined]
    assert ast.dump(head, include_attributes=True) == ast.dump(node, include_attributes=True)


@pytest.mark.parametrize("case", ASKED_OF_THE_PARSER)
def test_where_that_says_too_little_or_may_be_wrong_it_is_parsed(case):
    code = Code(ASKED_OF_THE_PARSER[case].strip(), 7)
    assert code.roots is code.uses


@pytest.mark.parametrize("folder", [STANDARD, PACKAGES / "torch/utils", PACKAGES / "torch/_inductor"])
def test_functions_of_real_files_use_what_parsing_finds(folder):
    told = 0
    for path in sorted(folder.glob("*.py"))[:60]:
        module = parse(path.name, path.read_bytes())
        for unit in () if isinstance(module, Broken) else module.units:
            if unit.kind == "def" and unit.code.roots and "nodes" not in unit.code.__dict__:
                told += 1
                expected = roots(Code(unit.text, unit.start).uses)
                # `__class__` and the like are Python's own
                assert {k: v for k, v in roots(unit.code.roots).items() if k != "__class__"} == expected, (path, unit)
    assert told > 100


def test_a_name_that_leads_into_a_module_of_the_repository_is_followed():
    files = {
        "p/__init__.py": b"",
        "p/m.py": b"def g():\n    return 1\n",
        "p/n.py": b"from p import m\n\ndef f():\n    return m.g()\n",
    }
    closed = close(Repo(files), [("p/n.py", "f")])
    assert isinstance(closed, Closed)
    scope: dict[str, object] = {}
    exec(closed.text, scope)
    assert scope["f"]() == 1
