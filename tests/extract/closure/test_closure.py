"""A closure executes alone, keeps its author's text, and renames only what collides."""

import textwrap

import pytest

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.extract_file import close_kernel
from triton_data.extract.source.find import kernels_in
from triton_data.extract.source.module import Module
from triton_data.extract.source.repo import Repo
from triton_data.records import Drop, Origin


def closed(name, at="pkg/main.py", **files):
    texts = {f"pkg/{stem}.py": textwrap.dedent(text).encode() for stem, text in files.items()}
    return close(Repo({"pkg/__init__.py": b"", **texts}), [(at, name)])


def run(result, name):
    assert isinstance(result, Closed), result
    namespace = {"__name__": "alone"}
    exec(result.text, namespace)
    return namespace[name]


def test_helpers_constants_and_aliases_come_along():
    result = closed(
        "f",
        main="from .a import g as h\nfrom . import b\n\n\ndef f(x):  # kept\n    return h(x) + b.K + b.deep.z(x)\n",
        a="BASE = 10\n\n\ndef g(x):\n    return x + BASE\n\n\ndef unused():\n    pass\n",
        b="from . import deep\n\nK = 100\n",
        deep="def z(x):\n    return 1000 * x\n",
    )
    assert run(result, "f")(1) == 1111
    assert "# kept" in result.text and "unused" not in result.text and "h = g" in result.text


def test_namesakes_are_kept_apart():
    result = closed(
        "f",
        main="from .a import top as g\n\n\ndef helper(x):\n    return x * 2\n\n\ndef f(x):\n    return helper(g(x))\n",
        a="def helper(x):\n    return x + 1\n\n\ndef top(x):\n    helper_local = helper(x)\n    return helper_local\n",
    )
    assert run(result, "f")(3) == 8
    assert "def helper_a(x):" in result.text and "helper_local" in result.text


def test_twins_are_written_once():
    exists = "def exists(x):\n    return x is not None\n\n\n"
    result = closed(
        "f",
        main=f"from .a import g\n\n\n{exists}def f(x):\n    return exists(x) and g(x)\n",
        a=f"{exists}def g(x):\n    return exists(x)\n",
    )
    assert run(result, "f")(0) is True
    assert result.text.count("def exists") == 1


def test_a_local_variable_is_not_renamed():
    result = closed(
        "f",
        main="from .a import size as other\n\nsize = 5\n\n\ndef f():\n    return size + other()\n",
        a="WIDTH = 7\nsize_of = len\n\n\ndef size(size=WIDTH):\n    return size\n",
    )
    assert run(result, "f")() == 12


def test_import_inside_a_function_becomes_what_it_stood_for():
    result = closed(
        "f",
        main="def f():\n    from .a import g as local\n    from .a import K\n    return local() + K\n",
        a="K = 2\n\n\ndef g():\n    return 40\n",
    )
    assert run(result, "f")() == 42
    assert "import" not in result.text


def test_later_changes_of_an_object_come_along():
    result = closed("TABLE", main="TABLE = {}\nTABLE['a'] = 1\nTABLE.update(b=2)\nOTHER = {}\nOTHER['x'] = 1\n")
    assert run(result, "TABLE") == {"a": 1, "b": 2}
    assert "OTHER" not in result.text


def test_globals_bring_their_file():
    result = closed("get", main="def one():\n    return 1\n\n\ndef get(name):\n    return globals()[name]()\n")
    assert run(result, "get")("one") == 1


def test_registry_decorator_of_an_absent_package_is_left_out():
    result = closed("A", main="from absent import register\n\n\n@register('a')  # name\nclass A:\n    pass\n")
    assert run(result, "A").__name__ == "A"
    assert result.needs == ("absent",)


def test_absent_package_in_annotations_only():
    result = closed("f", main="from absent import Thing\n\n\ndef f(x: Thing) -> int:\n    return 1\n")
    assert run(result, "f")(0) == 1


def test_an_absent_class_that_values_are_told_apart_by_is_a_class_of_nothing():
    main = "from absent import Thing\n\n\ndef f(x):\n    return x.data if isinstance(x, (list, Thing)) else x\n"
    result = closed("f", main=main)
    assert run(result, "f")(3) == 3 and result.needs == ("absent",)


def test_absent_base_class_is_a_drop():
    result = closed("A", main="import absent\n\n\nclass A(absent.Base):\n    pass\n")
    assert isinstance(result, Drop) and result.reason == "needs:absent"


def test_repository_module_as_a_value_is_a_drop():
    result = closed("f", main="from . import a\n\n\ndef f():\n    return vars(a)\n", a="X = 1\n")
    assert isinstance(result, Drop) and result.reason == "module_as_value"


@pytest.mark.parametrize(
    "statement", ["import os.path", "import os.path as p", "from os import path", "from os import path as p"]
)
def test_every_form_of_import(statement):
    name = {"import os.path": "os.path"}.get(statement, statement.split()[-1])
    result = closed("f", main=f"{statement}\n\n\ndef f():\n    return {name}.sep\n")
    assert run(result, "f")() == "/"


def test_what_import_time_needs_comes_first():
    result = closed(
        "A",
        main="from .b import Base\n\n\nclass A(Base):\n    pass\n",
        b="from . import c\n\n\ndef mark(k):\n    k.tag = c.TAG\n    return k\n\n\n@mark\nclass Base:\n    pass\n",
        c="TAG = 'seen'\n",
    )
    assert run(result, "A").tag == "seen"


def test_a_kernel_for_another_triton_is_a_drop_that_says_so():
    text = """import triton
from triton.language.math import sin_of_another_version


@triton.jit
def kernel(x):
    sin_of_another_version(x)
"""
    repo = Repo({"k.py": text.encode()})
    module = repo.module("k.py")
    assert isinstance(module, Module)
    (found,) = kernels_in(repo, module)
    dropped = close_kernel(repo, module, found, Origin("dir", path="k.py"))
    assert (dropped.reason, dropped.part) == ("needs:triton", "kernel")
    fine = Repo({"k.py": text.replace("sin_of_another_version", "sin").encode()})
    module = fine.module("k.py")
    assert isinstance(module, Module)
    (found,) = kernels_in(fine, module)
    assert "import sin" in close_kernel(fine, module, found, Origin("dir", path="k.py")).text


def test_a_caught_error_is_nobody_elses_name():
    text = """
        try:
            import absent_thing
        except ImportError as e:
            found, why = False, str(e)
        except Exception as other:
            found, why = False, repr(lambda: other)


        def f():
            return found, why
    """
    assert run(closed("f", main=text), "f")() == (False, "No module named 'absent_thing'")


@pytest.mark.parametrize("line", ["from . import a", "import pkg.a as a", "from . import a, b"])
def test_a_module_that_a_function_imports_is_an_object_with_what_is_asked_of_it(line):
    result = closed(
        "f",
        main=f"def g(x):\n    return -x\n\n\ndef f(x):\n    {line}\n    return a.g(x) + a.K + g(x)\n",
        a="K = 10\n\n\ndef g(x):\n    return 2 * x\n\n\ndef unused():\n    pass\n",
        b="",
    )
    assert run(result, "f")(1) == 11
    assert "unused" not in result.text


@pytest.mark.parametrize(
    "every", ["[getattr(a, n) for n in a.__all__]", "[v for v in vars(a).values() if callable(v)]"]
)
def test_a_module_that_a_function_imports_and_looks_through_has_all_its_names(every):
    result = closed(
        "f",
        main=f"def tools():\n    from . import a\n    return {every}\n\n\ndef f(x):\n    return tools()[0](x)\n",
        a="import os\nfrom .b import double\n\n__all__ = ['double']\n",
        b="def double(x):\n    return 2 * x\n",
    )
    assert run(result, "f")(3) == 6


def test_a_module_with_nothing_to_take_is_missed_only_where_it_is_reached():
    result = closed(
        "f", main="def f(x, all=False):\n    if all:\n        from . import a\n        print(a)\n    return x\n", a=""
    )
    assert run(result, "f")(3) == 3
    with pytest.raises(ImportError):
        run(result, "f")(3, all=True)


def test_what_a_handler_caught_is_no_name_of_the_module():
    result = closed(
        "f",
        main="import warnings\n\ntry:\n    SIGN = {}['none']\nexcept KeyError as error:\n"
        "    warnings.warn(f'{error}' + ''.join(str(error) for _ in range(2)))\n    SIGN = -1\n\n\n"
        "def f(x):\n    return x * SIGN\n",
    )
    with pytest.warns(UserWarning, match="none"):
        assert run(result, "f")(3) == -3


def test_what_is_too_large_is_closed_without_what_functions_import_for_themselves():
    many = "\n\n\n".join(f"def part_{n}(x):\n    return '{'x' * 1000}'" for n in range(500))
    result = closed(
        "f",
        main="from .b import g\n\n\ndef save(x):\n    from . import a\n    return [getattr(a, n) for n in x]\n\n\n"
        "def load(x):\n    from .a import table\n    return table\n\n\n"
        "def f(x, keep=False):\n    return (save(x), load(x)) if keep else g(x)\n",
        a=many + "\n\n\ntable = [" + ", ".join(f"part_{n}" for n in range(500)) + "]\n",
        b="def g(x):\n    return 2 * x\n",
    )
    assert run(result, "f")(3) == 6 and "part_7" not in result.text
    with pytest.raises(ImportError):
        run(result, "f")(3, keep=True)


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_imports_for_type_checkers_bring_nothing(test):
    result = closed(
        "f",
        main=f"""
            from __future__ import annotations
            import typing
            from typing import TYPE_CHECKING

            if {test}:
                from .heavy import Config
            else:
                from .light import Config as Other


            def f(x: Config):
                return Other(x)
        """,
        heavy="import absent_thing\n\n\nclass Config(absent_thing.Base):\n    pass\n",
        light="def Config(x):\n    return x + 1\n",
    )
    assert run(result, "f")(1) == 2


def test_an_annotation_that_nothing_binds_is_no_obstacle_where_nobody_evaluates_it():
    body = "def f(x: Forgotten | None = None):\n    return x\n"
    assert run(closed("f", main="from __future__ import annotations\n\n\n" + body), "f")(3) == 3
    assert isinstance(closed("f", main=body), Drop)


def test_an_annotation_that_leads_nowhere_in_a_module_of_the_repository_neither():
    main = "from . import a\n\n\ndef f(x: a.Gone = None) -> a.Lost:\n    return x\n"
    assert run(closed("f", main="from __future__ import annotations\n" + main, a="X = 1\n"), "f")(3) == 3
    assert isinstance(closed("f", main=main, a="X = 1\n"), Drop)


def test_what_only_annotations_name_is_left_out_where_it_is_too_much(monkeypatch):
    loss = "class Loss:\n    def __call__(self, model: Model) -> int:\n        return 1\n"
    files = {"main": f"from .a import Model\n\n\n{loss}", "a": f"class Model:\n    text = {'x' * 3000!r}\n"}
    assert "xxx" in closed("Loss", **files).text
    monkeypatch.setattr("triton_data.extract.closure.closure.MAX_CHARACTERS", 2000)
    result = closed("Loss", **files)
    assert "xxx" not in result.text and "model: Model" in result.text
    assert run(result, "Loss")()(0) == 1


def test_a_name_that_is_bound_again_is_used_as_it_was_at_that_line():
    main = "table = [0, 0]\ntable.append(3)\ntable = tuple(table)\n\n\ndef f():\n    return table\n"
    assert run(closed("f", main=main), "f")() == (0, 0, 3)


FACTORY = """import functools

class Factory:
    def __init__(self):
        self.made = {}

    def register(self, name):
        return lambda function: self.made.setdefault(name, function)

    def also(self, name, function):
        self.made[name] = function

LAYERS = Factory()

@LAYERS.register("double")
def double(x):
    return 2 * x

LAYERS.also("triple", lambda x: 3 * x)

class Other:
    pass

@functools.singledispatch
def size(x):
    return 0

@size.register
def size_of_text(x: str):
    return len(x)

def build(name):
    return LAYERS.made[name]
"""


def test_what_is_registered_with_an_object_comes_along():
    built = closed("build", main=FACTORY)
    assert run(built, "build")("double")(4) == 8 and run(built, "build")("triple")(4) == 12
    assert "Other" not in built.text and "size_of_text" not in built.text
    assert run(closed("size", main=FACTORY), "size")("four") == 4


def test_what_only_decorates_a_definition_does_not_bring_the_others():
    assert "def double" in (alone := closed("double", main=FACTORY).text)
    assert "triple" in alone, "a statement of its own comes with what it changes"
    more = FACTORY + '@LAYERS.register("half")\ndef half(x):\n    return x / 2\n'
    assert "def half" not in closed("double", main=more).text


def test_what_a_guarded_import_decorates_does_not_come_along():
    text = "try:\n    import functools\nexcept ImportError:\n    functools = None\n\n\n"
    text += "@functools.cache\ndef other():\n    return 1\n\n\ndef f():\n    return functools.reduce(max, (1, 2))\n"
    result = closed("f", main=text)
    assert run(result, "f")() == 2 and "other" not in result.text
