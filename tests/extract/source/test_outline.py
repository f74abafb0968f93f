"""Units of a file that is read lazily are those of a file that was parsed as a whole."""

import ast
import sysconfig
from pathlib import Path

import pytest

from tests.extract.forked import extracted
from triton_data.extract.closure.closure import close
from triton_data.extract.reasons import Reason
from triton_data.extract.source.code import parsed
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.outline import outline
from triton_data.extract.source.parsing import _assemble, decode, parse
from triton_data.extract.source.repo import Repo
from triton_data.records import Drop, Kernel

STANDARD = Path(sysconfig.get_path("stdlib"))
PACKAGES = Path(sysconfig.get_path("purelib"))
FOLDERS = [
    STANDARD,
    STANDARD / "asyncio",
    PACKAGES / "torch/nn/modules",
    PACKAGES / "torch/utils",
    PACKAGES / "numpy/lib",
]
ODD = {
    "nothing": "",
    "comment first": "# c\ndef f():\n    pass\n",
    "no newline at the end": "def f():\n    pass\nx = 1",
    "decorators and comments": "@a(\n  1,\n)\n# between\n@b\ndef f():\n    pass\n  # in it\n\n# after\nx = 1\n",
    "async": "async  def f():\n    pass\n\n\n@a\nasync def g(): pass\n",
    "in strings": "s = \"\"\"\ndef f():\n    pass\n\"\"\"\nt = '''\n@a\nclass B:\n'''\ndef g(): pass\n",
    "a string at the margin": 'def f():\n    return """\ndef g():\n# """\n\nx = 1\n',
    "a comment with quotes": 'def f():\n    pass\n    # """ and \'\n\n# more """\ndef g():\n    pass\n',
    "quotes in strings": "def f(a='\\'', b=\"#\"):\n    return '\"\"\"'\nx = '''a'''\n",
    "raw strings": "def f():\n    return r'\\\\' + r\"\\'\"\n",
    "brackets at the margin": "def f(\na,\nb\n):\n    return (\na +\nb)\n",
    "a bracket around a definition's words": "x = [\nclass_,\ndef_,\n]\ndef f(): pass\n",
    "line goes on": "x = 1 + \\\n2\ndef f():\n    return 1 + \\\n2\n",
    "one line": "def f(): pass; x = 1\nclass A: x = 1\ny = 2; z = 3\n",
    "blocks": "if a:\n    def f(): pass\nelse:\n    class f: pass\ntry:\n    import b\nexcept E:\n    b = None\n",
    "form feed": "x = 1\n\fdef f():\n    pass\n",
    "docstring": '"""Doc\n\ndef f\n"""\nfrom __future__ import annotations\ndef f(): pass\n',
}


def described(module):
    units = [(u.start, u.end, u.text, u.binds, u.kind, [ast.dump(n, include_attributes=True) for n in u.nodes])
             for u in module.units]  # fmt: skip
    return units, module.bindings, module.stars, module.exports, module.future_annotations


def whole(path, text):
    return _assemble(path, text, text.split("\n"), [], parsed(text).body, None)


@pytest.mark.parametrize("case", ODD)
def test_odd_texts_have_the_units_that_parsing_finds(case):
    module = parse("f.py", ODD[case].encode())
    assert isinstance(module, Module) and module.flaw is None
    assert described(module) == described(whole("f.py", ODD[case]))


@pytest.mark.parametrize("most", [25, pytest.param(120, marks=pytest.mark.slow)])
@pytest.mark.parametrize("folder", FOLDERS)
def test_real_files_have_the_units_that_parsing_finds(folder, most):
    read = 0
    for path in sorted(folder.glob("*.py"))[:most]:
        module = parse(path.name, path.read_bytes())
        if isinstance(module, Broken) or module.flaw is not None:
            with pytest.raises(SyntaxError):
                ast.parse(path.read_bytes())
            continue
        assert described(module) == described(whole(path.name, decode(path.read_bytes()))), path
        read += any("nodes" in unit.code.__dict__ for unit in module.units)
    assert read > 5


def test_a_definition_is_not_parsed_before_it_is_asked_for():
    module = parse("f.py", b"import a\ndef f(): pass\nx = 1\n")
    assert [("nodes" in unit.code.__dict__) for unit in module.units] == [True, False, True]
    assert module.units[1].nodes[0].lineno == 2


def test_equal_definitions_at_equal_lines_are_parsed_once():
    files = {"a/m.py": b"import x\n\ndef f(): pass\n", "b/m.py": b"import y\n\ndef f(): pass\n"}
    repo = Repo({**files, "b/n.py": b"\ndef f(): pass\n"})
    one, same, lower = (repo.module(path) for path in ("a/m.py", "b/m.py", "b/n.py"))
    assert one.units[1].code is same.units[1].code is not lower.units[0].code


def test_a_line_that_goes_on_into_a_comment_keeps_it():
    module = parse("f.py", b"def f():\n    assert 1 \\\n    # said\n\nx = 1\n")
    assert isinstance(module, Module) and module.flaw is None
    assert [len(unit.nodes) for unit in module.units] == [1, 1]


def test_decorated_nothing_cannot_be_outlined():
    assert outline("@a\nx = 1\n", ["@a", "x = 1", ""]) is None


KERNEL = b"import triton\n\n\n@triton.jit\ndef k(x):\n    pass\n"


@pytest.mark.parametrize(
    "flaw", [b"def f():\n    print 'two'\n", b"class A:\n    def f(:\n", b"def f():\n pass\n  x\n"]
)
def test_a_file_with_a_flaw_anywhere_is_a_drop(flaw):
    found = list(extracted({"m.py": KERNEL + b"\n\n" + flaw}))
    assert [(type(one), one.reason) for one in found] == [(Drop, Reason.SYNTAX)]


def test_what_is_no_flaw_to_the_parser_is_none():
    text = KERNEL + b"\n\ndef f():\n    x = 1\n    global x\n\n\nclass A:\n    return 1\n"
    assert [type(one) for one in extracted({"m.py": text})] == [Kernel]


def test_a_closure_that_needs_a_flawed_definition_is_a_drop():
    repo = Repo({"m.py": b"from n import g\n\n\ndef f():\n    return g()\n", "n.py": b"def g():\n    print 'two'\n"})
    closed = close(repo, [("m.py", "f")])
    assert isinstance(closed, Drop) and closed.reason == Reason.SYNTAX and closed.detail.startswith("n.py")
