"""Requirements that a repository or package states, read from its files and never by running them.

In: paths and bytes. Out: packaging's `Requirement`s that hold for this interpreter, and apart those of extras.
Read are METADATA and PKG-INFO, pyproject.toml (PEP 621 and poetry), setup.cfg, the literals of setup.py, and
requirements*.txt; of each kind the files nearest to the root. Not covered: conda's files, Pipfiles, names that setup.py
computes, requirements by URL.
"""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import PurePosixPath
from typing import Any

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement

ASIDE = {"test", "tests", "testing", "doc", "docs"}  # what lies there has needs of its own
DEEPEST = 2  # folders above a file that still speaks for the repository
COMMENT = re.compile(r"(^|\s)#.*$")
REQUIREMENTS = re.compile(r"requirements?([-_.].*)?\.txt$|.*[-_.]requirements?\.txt$", re.I)
POETRY_CARET = re.compile(r"^[\^~]?(\d[\w.]*)$")


@dataclass(frozen=True, slots=True)
class Declared:
    needed: tuple[Requirement, ...]
    optional: tuple[Requirement, ...]  # of an extra, a dependency group, or a file for development


def declared(files: Mapping[str, bytes]) -> Declared:
    needed: dict[str, Requirement] = {}
    optional: dict[str, Requirement] = {}
    for path in sorted((path for path in files if _speaks(path)), key=lambda path: (path.count("/"), path)):
        for line, extra in _lines(path, files[path].decode("utf-8", "replace")):
            requirement = _parsed(line)
            if requirement is not None:
                holds = not extra and _holds(requirement)
                (needed if holds else optional).setdefault(requirement.name.lower(), requirement)
    return Declared(tuple(needed.values()), tuple(each for name, each in optional.items() if name not in needed))


def _speaks(path: str) -> bool:
    *folders, name = PurePosixPath(path).parts
    return len(folders) <= DEEPEST and not ASIDE.intersection(folders) and _reader(name) is not None


def _reader(name: str) -> Callable[[str], Iterable[tuple[str, bool]]] | None:
    known = {"METADATA": _metadata, "PKG-INFO": _metadata, "pyproject.toml": _pyproject, "setup.cfg": _setup_cfg,
             "setup.py": _setup_py}  # fmt: skip
    return _text if REQUIREMENTS.fullmatch(name) else known.get(name)


def _lines(path: str, text: str) -> Iterator[tuple[str, bool]]:
    """(requirement, whether it is of an extra); nothing of a file that its own tool could not read either."""
    name = PurePosixPath(path).name
    reader = _reader(name)
    assert reader is not None
    development = re.search(r"dev|test|doc|lint|build|optional|extra", name, re.I) is not None
    try:
        for line, extra in reader(text):
            yield line, extra or (reader is _text and development)
    except (ValueError, SyntaxError, configparser.Error, RecursionError):
        return


def _metadata(text: str) -> Iterator[tuple[str, bool]]:
    for line in HeaderParser().parsestr(text).get_all("Requires-Dist", []):
        yield str(line), "extra" in str(line).partition(";")[2]


def _text(text: str) -> Iterator[tuple[str, bool]]:
    for line in text.splitlines():
        yield COMMENT.sub("", line).strip().partition(" --")[0], False


def _pyproject(text: str) -> Iterator[tuple[str, bool]]:
    tables = tomllib.loads(text)
    project, poetry = _table(tables, "project"), _table(tables, "tool", "poetry")
    yield from ((line, False) for line in _strings(project.get("dependencies")))
    for group in (*_table(project, "optional-dependencies").values(), *_table(tables, "dependency-groups").values()):
        yield from ((line, True) for line in _strings(group))
    yield from _poetry(_table(poetry, "dependencies"), False)
    for group in _table(poetry, "group").values():
        yield from _poetry(_table(group, "dependencies") if isinstance(group, dict) else {}, True)


def _poetry(table: Mapping[str, Any], extra: bool) -> Iterator[tuple[str, bool]]:
    for name, stated in table.items():
        version = stated.get("version", "*") if isinstance(stated, dict) else stated
        if name.lower() == "python" or not isinstance(version, str):
            continue
        caret = POETRY_CARET.match(version.strip())
        limits = f">={caret[1]}" if caret else version if re.match(r"[<>=!]", version) else ""
        yield f"{name}{limits}", extra or (isinstance(stated, dict) and bool(stated.get("optional")))


def _setup_cfg(text: str) -> Iterator[tuple[str, bool]]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    for section, extra in (("options", False), ("options.extras_require", True)):
        for name, value in parser.items(section) if parser.has_section(section) else ():
            if extra or name == "install_requires":
                yield from ((line.strip(), extra) for line in value.splitlines())


def _setup_py(text: str) -> Iterator[tuple[str, bool]]:
    """What stands there as a literal, by itself or under a name of the file."""
    tree = ast.parse(text)
    names = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        for keyword in node.keywords if isinstance(node, ast.Call) else ():
            if keyword.arg in ("install_requires", "requires", "extras_require"):
                value = names.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else keyword.value
                yield from ((line, keyword.arg == "extras_require") for line in _literals(value, keyword.arg))


def _literals(value: ast.expr | None, keyword: str) -> Iterator[str]:
    """Texts in lists; of a dictionary its values, whose keys are names of extras."""
    if isinstance(value, ast.Dict) and keyword == "extras_require":
        for each in value.values:
            yield from _literals(each, "")
    elif isinstance(value, (ast.List, ast.Tuple)):
        yield from (item.value for item in value.elts if isinstance(item, ast.Constant) and isinstance(item.value, str))
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        yield from _literals(value.left, keyword)
        yield from _literals(value.right, keyword)


def _parsed(line: str) -> Requirement | None:
    try:
        requirement = Requirement(line)
    except InvalidRequirement:  # an option, a path, a URL, or nothing
        return None
    return None if requirement.url else requirement


def _holds(requirement: Requirement) -> bool:
    try:
        return requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    except UndefinedEnvironmentName:
        return False


def _table(tables: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        found = tables.get(name)
        tables = found if isinstance(found, dict) else {}
    return tables


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
