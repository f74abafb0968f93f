"""How a repository calls the functions that launch its kernels, and what its tests compare them with.

In: a `Repo`, the probe that runs foreign code in the jail, and the Origins of its files. Out: for each launcher the
calls that were seen, and where a test says what it computes a Program of that and a Pair. Each snippet runs once,
whatever launchers it leads to; the time that is spent belongs to the launcher that asks.
Not covered: comparisons that are not clear (comparisons.py).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.kernels.callers import Callers
from triton_data.extract.kernels.comparisons import COMPARING, Comparison, comparisons
from triton_data.extract.kernels.pair_texts import paired
from triton_data.extract.kernels.usage_function import function_of, lines_of, parameters_of
from triton_data.extract.limits import LAUNCH_SECONDS, LAUNCH_SECONDS_OF_ONE, LAUNCH_SNIPPETS_OF_ONE
from triton_data.extract.programs.check import checked
from triton_data.extract.programs.interpreted import launches_triton
from triton_data.extract.programs.runnable import runnable
from triton_data.extract.source.find import dotted, resolve
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Defined, Key, Repo
from triton_data.extract.usage.snippets import CALL, Snippet
from triton_data.extract.wire import Call, Failure, LaunchesSeen, ObserveLaunches, Prober
from triton_data.records import COMPARED, Origin, Pair, Program

MAX_CALLS = 3  # of one launcher: that many sets of inputs


@dataclass(eq=False)
class SeenLauncher:
    """How usages call one launcher, and what they compare the result with."""

    calls: list[tuple[Call, str]] = field(default_factory=list)  # with the source, tests or usage
    unfinished: list[tuple[Call, str]] = field(default_factory=list)  # too large for the interpreter
    pair: Pair | None = None
    program: Program | None = None
    error: str = ""  # of the last usage that taught nothing
    settled: bool = False

    def note(self, calls: tuple[Call, ...], unfinished: tuple[Call, ...], source: str) -> None:
        for known, new in ((self.calls, calls), (self.unfinished, unfinished)):
            seen = [call for call, _ in known]
            known += [(call, source) for call in new if call not in seen]
            del known[MAX_CALLS:]


@dataclass(eq=False)
class Observed:
    repo: Repo
    probe: Prober
    origins: Mapping[str, Origin]
    launchers: set[Key]
    seen: dict[Key, SeenLauncher] = field(default_factory=dict)
    _callers: Callers | None = None
    _run_before: set[str] = field(default_factory=set)  # paths of snippets
    _launching: dict[Key, bool] = field(default_factory=dict)

    def of(self, launcher: Key) -> SeenLauncher:
        seen = self.seen.setdefault(launcher, SeenLauncher())
        if seen.settled:
            return seen
        seen.settled = True
        self._callers = self._callers or Callers(self.repo, frozenset(name for _, name in self.launchers))
        seconds, tried = 0.0, 0
        for snippet in self._callers.of({launcher[1]}):
            if seen.calls and (seen.pair or not _compares(snippet)):
                break
            if snippet.path in self._run_before:
                continue
            if seconds > LAUNCH_SECONDS_OF_ONE or tried >= LAUNCH_SNIPPETS_OF_ONE:
                seen.error = seen.error or "the time for its callers is spent"
                break
            seconds, tried = seconds + self._run(snippet, launcher, seen), tried + 1
        return seen

    def _run(self, snippet: Snippet, wanted: Key, asking: SeenLauncher) -> float:
        self.repo.add(snippet.path, snippet.text)
        module = self.repo.module(snippet.path)
        found = [] if isinstance(module, Broken) else self._comparisons(module, snippet)
        path = snippet.path
        if found:
            path = path.removesuffix(".py") + "_compared.py"
            self.repo.add(path, "\n\n".join([snippet.text, *(each.text for each, _ in found)]))
        closed = runnable(self.repo, [(path, CALL), *((path, each.name) for each, _ in found)])
        if not isinstance(closed, Closed):
            asking.error = f"{snippet.origin}: {closed.reason}: {closed.detail}"
            return 0.0
        homes = self._homes(closed, path, snippet)
        if wanted not in homes:
            return 0.0  # another one of that name
        self._run_before.add(snippet.path)
        inside = {homes[key]: key for key in self.launchers | {key for _, key in found} if key in homes}
        references = {closed.names[path, each.name]: homes[key] for each, key in found if key in homes}
        call = closed.names[path, CALL]
        request = ObserveLaunches(closed.text, call, LAUNCH_SECONDS, tuple(sorted(inside)), references)
        reply = self.probe(request)
        if reply.answer.error:
            asking.error = f"{snippet.origin}: {reply.answer.error}"
        if isinstance(reply.answer, Failure):  # a kernel that ends its process: what is launched is seen all the same
            reply = self.probe(replace(request, launch=False))
        if isinstance(reply.answer, Failure):
            return reply.seconds
        called = self._note_calls(reply.answer, inside, snippet)
        for each, key in found:
            agreed = reply.answer.agreeing.get(closed.names[path, each.name])
            if agreed is not None:
                self._pair(each, key, (path, snippet), agreed, called & self.launchers)
        return reply.seconds

    def _homes(self, closed: Closed, path: str, snippet: Snippet) -> dict[Key, str]:
        """A snippet that repeats a file's text has that file's functions under its own path."""
        repeated = {(snippet.origin, key[1]): name for key, name in closed.homes.items() if key[0] == path}
        return {**repeated, **closed.homes}

    def _note_calls(self, answer: LaunchesSeen, inside: dict[str, Key], snippet: Snippet) -> set[Key]:
        """The functions that were called; names that were not asked for are passed over."""
        called = set()
        for name, key in inside.items():
            calls, unfinished = answer.calls.get(name, ()), answer.unfinished.get(name, ())
            self.seen.setdefault(key, SeenLauncher()).note(calls, unfinished, snippet.source.value)
            if calls or unfinished:
                called.add(key)
        return called

    def _comparisons(self, module: Module, snippet: Snippet) -> list[tuple[Comparison, Key]]:
        usage = function_of(module, snippet)
        if usage is None:
            return []
        function, given = usage

        def key_of(call: ast.Call) -> Key | None:
            chain = dotted(call.func)
            target, rest = resolve(self.repo, module, chain) if chain else (None, ())
            if not isinstance(target, Defined) or rest not in ((), ("apply",)):
                return None
            return (snippet.origin if target.path == snippet.path else target.path, target.name)

        def wanted(call: ast.Call) -> bool:
            key = key_of(call)
            return key is not None and self._launches(key)

        def parameters(call: ast.Call) -> list[str]:
            key = key_of(call)
            return [] if key is None else parameters_of(self.repo, key)

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
        origin = lines_of(self.repo, self.origins[snippet.origin], snippet)
        flags = (f"from_{snippet.source}",)
        program = checked(Program(entry, text, COMPARED, origin, flags=flags), "", self.probe)
        if not isinstance(program, Program):
            self.seen[open_ones[0]].error = f"reference: {program.reason}: {program.detail}"
            return
        module = self.repo.module(key[0])
        assert isinstance(module, Module)
        unit = module.units[module.bindings[key[1]][-1].unit]
        there = replace(self.origins[key[0]], line_start=unit.start, line_end=unit.end)
        for each in open_ones:
            self.seen[each].program = program
            self.seen[each].pair = Pair(program.key, "", new_entry, new, there)


def _compares(snippet: Snippet) -> bool:
    return any(word in snippet.text for word in COMPARING)
