"""Inputs for the functions that launch kernels, and pairs of them with what a test compares them with.

Enters: a `Repo`, the probe that runs foreign code in the jail, and the Origins of its files. Leaves: for each Kernel
the Kernel with the `get_inputs()` that its repository shows, and, where a test says what it computes, a Program of that
and a Pair. Where nothing calls a launcher its arguments are guessed. Not covered: comparisons that are not clear
(comparisons.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.kernels.comparisons import Comparison, comparisons
from triton_data.extract.kernels.guess_launch import guessed_usage
from triton_data.extract.kernels.launcher_callers import launchers_of, reaching, useful
from triton_data.extract.kernels.pair_texts import paired
from triton_data.extract.limits import (
    LAUNCH_SEARCH_SECONDS,
    LAUNCH_SEARCH_SECONDS_IN_ALL,
    LAUNCH_SECONDS,
    LAUNCH_SECONDS_IN_ALL,
)
from triton_data.extract.programs.interpreted import launches_triton
from triton_data.extract.programs.program_text import inputs_text
from triton_data.extract.programs.programs import Prober, checked, runnable
from triton_data.extract.source.find import dotted, resolve
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Defined, Repo
from triton_data.extract.usage.snippets import CALL, Snippet
from triton_data.records import COMPARED, Kernel, Origin, Pair, Program

Key = tuple[str, str]
Facts = dict[str, Any]


@dataclass(eq=False)
class _Shown:
    """What was seen of one launcher."""

    inputs: Facts | None = None
    source: str = ""
    pair: Pair | None = None
    program: Program | None = None


@dataclass(eq=False)
class Launched:
    repo: Repo
    probe: Prober
    origins: dict[str, Origin]
    shown: dict[Key, _Shown] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)  # (where a usage stands, why it taught nothing)
    seconds: float = 0.0
    searching: float = 0.0
    _guesses: dict[str, list[str] | None] = field(default_factory=dict)
    _begun: bool = False
    _launching: dict[Key, bool] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def of(self, kernel: Kernel, launcher: Key) -> Iterator[Kernel | Program | Pair]:
        """The Kernel with what is known of its launcher; a Program and a Pair once."""
        if not self._begun:
            self._begun = True
            self._observe(launchers_of(self.repo))
        shown = self.shown.get(launcher, _Shown())
        if shown.pair is not None and shown.program is not None:
            kernel = replace(kernel, reference=shown.pair.key)
            if shown.pair.key not in self._told:
                self._told.add(shown.pair.key)
                yield from (shown.program, shown.pair)
        arguments, source = _written(shown.inputs), shown.source
        if arguments is None:
            arguments, source = self._guessed(kernel), "deduced"
        if arguments is not None:
            kernel = replace(kernel, inputs=inputs_text(kernel.text, arguments), inputs_from=source)
        yield kernel

    def _guessed(self, kernel: Kernel) -> list[str] | None:
        """Once for all kernels of a launcher; by its text, which they share."""
        text = guessed_usage(kernel.text, kernel.launcher)
        if text is None or self.searching > LAUNCH_SEARCH_SECONDS_IN_ALL:
            return None
        if text not in self._guesses:
            payload = {"op": "launches", "text": text, "call": CALL, "seconds": LAUNCH_SEARCH_SECONDS}
            facts = self.probe({**payload, "functions": [kernel.launcher], "references": {}})
            self.searching += facts.get("seconds", 0.0)
            calls = facts.get("calls", {}).get(kernel.launcher, [])
            self._guesses[text] = _written(calls[0]) if calls else None
        return self._guesses[text]

    def _observe(self, launchers: set[Key]) -> None:
        names = reaching(self.repo, {name for _, name in launchers})
        for snippet in useful(self.repo, names):
            if self.seconds > LAUNCH_SECONDS_IN_ALL:
                self.notes.append((snippet.origin, "not run: the time for usage is spent"))
                continue
            self._run(snippet, launchers)

    def _run(self, snippet: Snippet, launchers: set[Key]) -> None:
        self.repo.add(snippet.path, snippet.text)
        module = self.repo.module(snippet.path)
        found = [] if isinstance(module, Broken) else self._comparisons(module, snippet)
        path = snippet.path
        if found:
            path = path.removesuffix(".py") + "_compared.py"
            self.repo.add(path, "\n\n".join([snippet.text, *(each.text for each, _ in found)]))
        closed = runnable(self.repo, [(path, CALL), *((path, each.name) for each, _ in found)])
        if not isinstance(closed, Closed):
            self.notes.append((snippet.origin, f"{closed.reason}: {closed.detail}"))
            return
        inside = {closed.homes[key]: key for key in launchers | {key for _, key in found} if key in closed.homes}
        if not self._teaches(set(inside.values()) & launchers, bool(found)):
            return
        references = {closed.names[path, each.name]: closed.homes[key] for each, key in found if key in closed.homes}
        facts = self.probe(
            {"op": "launches", "text": closed.text, "call": closed.names[path, CALL], "seconds": LAUNCH_SECONDS,
             "functions": sorted(inside), "references": references}
        )  # fmt: skip
        self.seconds += facts.get("seconds", 0.0)
        if facts.get("error"):
            self.notes.append((snippet.origin, facts["error"]))
        called = {inside[name] for name, calls in facts.get("calls", {}).items() if calls}
        for name, calls in facts.get("calls", {}).items():
            shown = self.shown.setdefault(inside[name], _Shown())
            if calls and shown.inputs is None:
                shown.inputs, shown.source = calls[0], snippet.kind
        for each, key in found:
            texts = facts.get("agreeing", {}).get(closed.names[path, each.name])
            if texts is not None:
                self._pair(each, key, (path, snippet), texts, called & launchers)

    def _teaches(self, inside: set[Key], compares: bool) -> bool:
        """Whether it shows a launcher that has not been seen, or not been compared."""
        known = [self.shown.get(key, _Shown()) for key in inside]
        return any(shown.inputs is None or (compares and shown.pair is None) for shown in known)

    def _comparisons(self, module: Module, snippet: Snippet) -> list[tuple[Comparison, Key]]:
        shown = _function(module, snippet)
        if shown is None:
            return []
        function, given = shown

        def key_of(call: ast.Call) -> Key | None:
            chain = dotted(call.func)
            target, rest = resolve(self.repo, module, chain) if chain else (None, ())
            known = isinstance(target, Defined) and rest in ((), ("apply",))
            return (target.path, target.name) if known and isinstance(target, Defined) else None

        def wanted(call: ast.Call) -> bool:
            key = key_of(call)
            return key is not None and self._launches(key)

        def parameters(call: ast.Call) -> list[str]:
            key = key_of(call)
            return [] if key is None else _parameters(self.repo, key)

        found = comparisons(module, function, given, wanted, parameters)
        return [(each, key) for each in found if (key := key_of(each.call)) is not None]

    def _launches(self, key: Key) -> bool:
        if key not in self._launching:
            closed = close(self.repo, [key])
            self._launching[key] = isinstance(closed, Closed) and launches_triton(closed.text)
        return self._launching[key]

    def _pair(self, found: Comparison, key: Key, where: tuple[str, Snippet], texts: Facts, launchers: set[Key]) -> None:
        path, snippet = where
        candidate = close(self.repo, [key], strict=True)
        if not isinstance(candidate, Closed):
            return
        open_ones = [each for each in launchers & candidate.homes.keys() if self.shown[each].pair is None]
        made = paired(self.repo, found, key, path, texts, candidate) if open_ones else None
        if made is None:
            return
        (entry, text), (new_entry, new) = made
        origin = _lines_of(self.repo, self.origins[snippet.origin], snippet)
        program = checked(Program(entry, text, COMPARED, origin, flags=(f"from_{snippet.kind}",)), "", self.probe)
        if not isinstance(program, Program):
            self.notes.append((snippet.origin, f"{program.reason}: {program.detail}"))
            return
        module = self.repo.module(key[0])
        assert isinstance(module, Module)
        unit = module.units[module.bindings[key[1]][-1].unit]
        there = replace(self.origins[key[0]], line_start=unit.start, line_end=unit.end)
        for each in open_ones:
            self.shown[each].program = program
            self.shown[each].pair = Pair(program.key, "", new_entry, new, there)


def _written(call: Facts | None) -> list[str] | None:
    if call is None:
        return None
    return [*call["args"], *(f"{name}={value}" for name, value in call["kwargs"].items())]


def _function(module: Module, snippet: Snippet) -> tuple[ast.FunctionDef, dict[str, str]] | None:
    """The function that the snippet calls, with what it is given; or the snippet's own."""
    last = module.tree.body[-1]
    if not isinstance(last, ast.FunctionDef) or last.name != CALL:
        return None
    if snippet.kind != "tests":
        return last, {}
    call = last.body[0].value if isinstance(last.body[0], ast.Expr) else None
    if not isinstance(call, ast.Call):
        return None
    name = ast.unparse(call.func).rpartition(".")[2]
    if name == "debug":
        name = next((n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)), "")
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg}
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    return (functions[-1], given) if functions else None


def _lines_of(repo: Repo, origin: Origin, snippet: Snippet) -> Origin:
    module = repo.module(snippet.path)
    shown = None if isinstance(module, Broken) else _function(module, snippet)
    if shown is None or snippet.kind != "tests":
        return origin  # the snippet's lines are not those of the file
    return replace(origin, line_start=shown[0].lineno, line_end=shown[0].end_lineno)


def _parameters(repo: Repo, key: Key) -> list[str]:
    module = repo.module(key[0])
    for node in module.tree.body if isinstance(module, Module) else ():
        if isinstance(node, ast.FunctionDef) and node.name == key[1]:
            return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        if isinstance(node, ast.ClassDef) and node.name == key[1]:
            methods = [m for m in node.body if isinstance(m, ast.FunctionDef) and m.name in ("apply", "forward")]
            return [argument.arg for argument in methods[0].args.args[1:]] if methods else []
    return []
