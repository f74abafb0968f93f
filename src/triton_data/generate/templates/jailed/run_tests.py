"""Tests of many entries in one pytest process: each finds its own two programs under the names of the dataset's fields.

In: [id, python_code, triton_code, test_code] of each entry. Out: {id: [number of tests that passed, first failure]}.
Runs only in the jail, in a process whose Triton interprets or has a GPU. Not covered: entries that take a process of
their own down; the caller asks about those one by one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("python_code", "triton_code")
LONGEST = 300  # characters of a failure that are kept


def run(payload: list[list[str]]) -> dict[str, list[Any]]:
    folders = [_written(*texts) for texts in payload]
    results = _Results({name: [0, ""] for name, *_ in payload})
    words = [
        "-q",
        "--no-header",
        "--import-mode=importlib",
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
    ]
    pytest.main([*words, *map(str, folders)], plugins=[results])
    return results.found


def _written(name: str, python: str, triton: str, test: str) -> Path:
    """A test file of its own name beside the two programs; importlib mode lets two have the same one."""
    folder = Path.cwd() / name
    folder.mkdir()
    (folder / "python_code.py").write_text(python, "utf-8")
    (folder / "triton_code.py").write_text(triton, "utf-8")
    path = folder / f"test_{name.replace('-', '_')}.py"
    path.write_text(test, "utf-8")
    return path


class _EntryModule(pytest.Module):
    """Imports the programs that lie beside this test and not those of the one before."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        for name in PROGRAMS:
            sys.modules.pop(name, None)
        folder = str(self.path.parent)
        sys.path.insert(0, folder)
        try:
            yield from super().collect()
        finally:
            sys.path.remove(folder)


class _Results:
    def __init__(self, found: dict[str, list[Any]]) -> None:
        self.found = found

    def pytest_pycollect_makemodule(self, module_path: Path, parent: Any) -> pytest.Module:
        module: pytest.Module = _EntryModule.from_parent(parent, path=module_path)
        return module

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failed(report.nodeid, str(report.longrepr))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.found[_name(report.nodeid)][0] += 1
        elif report.failed:
            self._failed(report.nodeid, report.longreprtext)

    def _failed(self, node: str, text: str) -> None:
        entry = self.found.get(_name(node))
        if entry is not None and not entry[1]:
            errors = [line for line in text.splitlines() if line.startswith("E ")]
            entry[1] = " ".join(f"{node.partition('::')[2]}: {' '.join(errors or [text])}".split())[:LONGEST]


def _name(node: str) -> str:
    return Path(node.partition("::")[0]).parent.name
