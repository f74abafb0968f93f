"""Inputs for the functions that launch kernels, and pairs of them with what a test compares them with.

In: a `Repo`, the probe that runs foreign code in the jail, and the Origins of its files. Out: for each Kernel
the Kernel with the `get_inputs()` that its repository shows, and, where a test says what it computes, a Program of that
and a Pair. Where nothing calls a launcher its arguments are guessed. Not covered: comparisons that are not clear
(comparisons.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.kernels.comparisons import Comparison, comparisons
from triton_data.extract.kernels.guess_launch import guessed_usage
from triton_data.extract.kernels.launcher_callers import calling_snippets, launchers_of, reaching
from triton_data.extract.kernels.pair_texts import paired
from triton_data.extract.limits import (
    LAUNCH_SEARCH_SECONDS,
    LAUNCH_SEARCH_SECONDS_IN_ALL,
    LAUNCH_SECONDS,
    LAUNCH_SECONDS_IN_ALL,
)
from triton_data.extract.programs.check import checked
from triton_data.extract.programs.interpreted import launches_triton
from triton_data.extract.programs.program_text import inputs_text
from triton_data.extract.programs.runnable import runnable
from triton_data.extract.source.find import dotted, resolve
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Defined, Key, Repo
from triton_data.extract.usage.snippets import CALL, Snippet
from triton_data.extract.wire import Call, Failure, InputSource, LaunchesSeen, ObserveLaunches, Prober
from triton_data.records import COMPARED, Kernel, Origin, Pair, Program


@dataclass(eq=False)
class _SeenLauncher:
    """How a usage calls one launcher, and what it compares the result with."""

    call: Call | None = None
    source: str = ""
    pair: Pair | None = None
    program: Program | None = None


@dataclass(eq=False)
class LauncherInputs:
    repo: Repo
    probe: Prober
    origins: Mapping[str, Origin]
    seen: dict[Key, _SeenLauncher] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)  # (where a usage stands, why it taught nothing)
    seconds: float = 0.0
    searching: float = 0.0
    _guesses: dict[str, Call | None] = field(default_factory=dict)
    _begun: bool = False
    _launching: dict[Key, bool] = field(default_factory=dict)
    _yielded: set[str] = field(default_factory=set)  # keys of pairs

    def of(self, kernel: Kernel, launcher: Key) -> Iterator[Kernel | Program | Pair]:
        """The Kernel with what is known of its launcher; a Program and a Pair once."""
        if not self._begun:
            self._begun = True
            self._observe(launchers_of(self.repo))
        seen = self.seen.get(launcher, _SeenLauncher())
        if seen.pair is not None and seen.program is not None:
            kernel = replace(kernel, reference=seen.pair.key)
            if seen.pair.key not in self._yielded:
                self._yielded.add(seen.pair.key)
                yield from (seen.program, seen.pair)
        call, source = seen.call, seen.source
        if call is None:
            call, source = self._guessed(kernel), InputSource.DEDUCED.value
        if call is not None:
            kernel = replace(kernel, inputs=inputs_text(kernel.text, call.as_written()), inputs_from=source)
        yield kernel

    def _guessed(self, kernel: Kernel) -> Call | None:
        """Once for all kernels of a launcher; by its text, which they share."""
        text = guessed_usage(kernel.text, kernel.launcher)
        if text is None or self.searching > LAUNCH_SEARCH_SECONDS_IN_ALL:
            return None
        if text not in self._guesses:
            reply = self.probe(ObserveLaunches(text, CALL, LAUNCH_SEARCH_SECONDS, (kernel.launcher,), {}))
            self.searching += reply.seconds
            calls = () if isinstance(reply.answer, Failure) else reply.answer.calls.get(kernel.launcher, ())
            self._guesses[text] = calls[0] if calls else None
        return self._guesses[text]

    def _observe(self, launchers: set[Key]) -> None:
        names = reaching(self.repo, {name for _, name in launchers})
        for snippet in calling_snippets(self.repo, names):
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
        call = closed.names[path, CALL]
        reply = self.probe(ObserveLaunches(closed.text, call, LAUNCH_SECONDS, tuple(sorted(inside)), references))
        self.seconds += reply.seconds
        if reply.answer.error:
            self.notes.append((snippet.origin, reply.answer.error))
        if isinstance(reply.answer, Failure):
            return
        called = self._note_calls(reply.answer, inside, snippet)
        for each, key in found:
            agreed = reply.answer.agreeing.get(closed.names[path, each.name])
            if agreed is not None:
                self._pair(each, key, (path, snippet), agreed, called & launchers)

    def _note_calls(self, answer: LaunchesSeen, inside: dict[str, Key], snippet: Snippet) -> set[Key]:
        """The functions that were called; names that were not asked for are passed over."""
        calls_by_key = {inside[name]: calls for name, calls in answer.calls.items() if name in inside}
        for key, calls in calls_by_key.items():
            seen = self.seen.setdefault(key, _SeenLauncher())
            if calls and seen.call is None:
                seen.call, seen.source = calls[0], snippet.source.value
        return {key for key, calls in calls_by_key.items() if calls}

    def _teaches(self, inside: set[Key], compares: bool) -> bool:
        """Whether it shows a launcher that has not been seen, or not been compared."""
        known = [self.seen.get(key, _SeenLauncher()) for key in inside]
        return any(seen.call is None or (compares and seen.pair is None) for seen in known)

    def _comparisons(self, module: Module, snippet: Snippet) -> list[tuple[Comparison, Key]]:
        usage = _function(module, snippet)
        if usage is None:
            return []
        function, given = usage

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

    def _pair(self, found: Comparison, key: Key, where: tuple[str, Snippet], call: Call, launchers: set[Key]) -> None:
        path, snippet = where
        candidate = close(self.repo, [key], strict=True)
        if not isinstance(candidate, Closed):
            return
        open_ones = [each for each in launchers & candidate.homes.keys() if self.seen[each].pair is None]
        texts = paired(self.repo, found, key, path, call, candidate) if open_ones else None
        if texts is None:
            return
        (entry, text), (new_entry, new) = texts
        origin = _lines_of(self.repo, self.origins[snippet.origin], snippet)
        program = checked(Program(entry, text, COMPARED, origin, flags=(f"from_{snippet.source}",)), "", self.probe)
        if not isinstance(program, Program):
            self.notes.append((snippet.origin, f"{program.reason}: {program.detail}"))
            return
        module = self.repo.module(key[0])
        assert isinstance(module, Module)
        unit = module.units[module.bindings[key[1]][-1].unit]
        there = replace(self.origins[key[0]], line_start=unit.start, line_end=unit.end)
        for each in open_ones:
            self.seen[each].program = program
            self.seen[each].pair = Pair(program.key, "", new_entry, new, there)


def _function(module: Module, snippet: Snippet) -> tuple[ast.FunctionDef, dict[str, str]] | None:
    """The function that the snippet calls, with what it is given; or the snippet's own."""
    last = module.tree.body[-1]
    if not isinstance(last, ast.FunctionDef) or last.name != CALL:
        return None
    if snippet.source is not InputSource.TESTS:
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
    usage = None if isinstance(module, Broken) else _function(module, snippet)
    if usage is None or snippet.source is not InputSource.TESTS:
        return origin  # the snippet's lines are not those of the file
    return replace(origin, line_start=usage[0].lineno, line_end=usage[0].end_lineno)


def _parameters(repo: Repo, key: Key) -> list[str]:
    module = repo.module(key[0])
    for node in module.tree.body if isinstance(module, Module) else ():
        if isinstance(node, ast.FunctionDef) and node.name == key[1]:
            return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        if isinstance(node, ast.ClassDef) and node.name == key[1]:
            methods = [m for m in node.body if isinstance(m, ast.FunctionDef) and m.name in ("apply", "forward")]
            return [argument.arg for argument in methods[0].args.args[1:]] if methods else []
    return []
