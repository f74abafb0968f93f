"""For any small package: the closure of its entry computes what the package itself computes."""

import importlib
import sys
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.source.repo import Repo

NAMES = ("alpha", "beta", "gamma", "delta")  # few, so that files collide


@st.composite
def packages(draw):
    """Files m0..mN; each imports from later ones only, by any spelling, and defines values, functions and classes."""
    count = draw(st.integers(2, 4))
    defined: dict[int, list[str]] = {}
    files: dict[str, str] = {}
    for n in reversed(range(count)):
        lines, usable = _imports(draw, n, defined)
        defined[n] = []
        mine = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
        usable = [u for u in usable if u not in mine]  # an import that is redefined later would mean two things
        for name in mine:
            lines.append(_definition(draw, name, [u for u in usable if u != name]))
            usable = [u for u in usable if u != name] + [name]
            defined[n].append(name)
        files[f"pkg/m{n}.py"] = "\n".join(lines) + "\n"
    body = " + ".join(f"{name}()" for name in defined[0])
    files["pkg/m0.py"] += f"\n\ndef entry():\n    return {body}\n"
    return files


def _imports(draw, n, defined):
    lines, usable = [], []
    for other, names in defined.items():
        how = draw(st.sampled_from(["name", "alias", "module", "module alias", "star", "none"]))
        if how == "name":
            name = draw(st.sampled_from(names))
            lines.append(f"from .m{other} import {name}")
            usable = [u for u in usable if u != name] + [name]
        elif how == "alias":
            lines.append(f"from pkg.m{other} import {names[0]} as from_m{other}")
            usable.append(f"from_m{other}")
        elif how == "module":
            lines.append(f"from . import m{other}")
            usable.append(f"m{other}.{names[-1]}")
        elif how == "module alias":
            lines.append(f"import pkg.m{other} as other{other}")
            usable.append(f"other{other}.{names[0]}")
        elif how == "star":
            lines.append(f"from .m{other} import *")
            usable = [u for u in usable if u not in names] + names
    return lines, usable


def _definition(draw, name, usable):
    number = draw(st.integers(0, 9))
    called = "".join(f" + 3 * {u}()" for u in draw(st.lists(st.sampled_from(usable), max_size=2))) if usable else ""
    kind = draw(st.sampled_from(["function", "lambda", "shadow", "class", "default"]))
    if kind == "function":
        return f"\n\ndef {name}():  # comment of {name}\n    return {number}{called}\n"
    if kind == "lambda":
        return f"{name} = lambda: {number}{called}"
    if kind == "default":
        return f"\n\ndef {name}(value={number}{called}):\n    return value\n"
    if kind == "class":
        return f"\n\nclass {name}(int):\n    def __new__(cls):\n        return int.__new__(cls, {number}{called})\n"
    local = draw(st.sampled_from(NAMES))
    if any(u.split(".")[0] == local for u in usable) or local == name:
        return f"\n\ndef {name}():\n    return {number}\n"
    return f"\n\ndef {name}():\n    {local} = {number}\n    return (lambda {local}: {local})({local})\n"


def _original(files):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            Path(folder, path).parent.mkdir(exist_ok=True)
            Path(folder, path).write_text(text)
        sys.path.insert(0, folder)
        try:
            importlib.invalidate_caches()
            return int(importlib.import_module("pkg.m0").entry())
        finally:
            sys.path.remove(folder)
            for name in [name for name in sys.modules if name == "pkg" or name.startswith("pkg.")]:
                del sys.modules[name]


@settings(max_examples=120, deadline=None)
@given(packages())
def test_a_closure_computes_what_its_package_computes(files):
    files = {"pkg/__init__.py": "", **files}
    result = close(Repo({path: text.encode() for path, text in files.items()}), [("pkg/m0.py", "entry")])
    assert isinstance(result, Closed), result
    namespace = {"__name__": "alone"}
    exec(compile(result.text, "alone.py", "exec"), namespace)
    assert int(namespace["entry"]()) == _original(files), result.text
    assert "import pkg" not in result.text and "from ." not in result.text
