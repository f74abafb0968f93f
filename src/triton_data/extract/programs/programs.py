"""Programs: each class of a repository with arguments that were seen to work, best evidence first.

Enters: a `Repo` and a probe, a callable that runs probe.py's operations on a payload in the jail. Leaves: for each
class one Program or one Drop. What was learnt from one class's run (how the classes inside it were made and called) is
kept as evidence for the others. Without a probe nothing is executed and only inputs that the file itself gives
are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.limits import INTERPRETED_SECONDS, SECONDS, USAGE_SECONDS, USAGE_SECONDS_IN_ALL
from triton_data.extract.programs.copied_classes import Twins, names_in
from triton_data.extract.programs.failures import drop_of
from triton_data.extract.programs.interpreted import FLAG, launches_triton, with_interpreter
from triton_data.extract.programs.llm_inputs import Ask, usage_from
from triton_data.extract.programs.program_text import assemble
from triton_data.extract.reasons import Reason
from triton_data.extract.source.find import FoundClass
from triton_data.extract.source.module import Module
from triton_data.extract.source.repo import Repo
from triton_data.extract.usage.class_users import Users
from triton_data.extract.usage.evidence import local, mapped, references
from triton_data.extract.usage.examples import Examples
from triton_data.extract.usage.snippets import CALL, Snippet
from triton_data.extract.usage.subclasses import Heirs
from triton_data.llm.answers import NoAnswer
from triton_data.records import Drop, Origin, Program

Facts = dict[str, Any]
Prober = Callable[[Facts], Facts]
Key = tuple[str, str]
MAX_DEPTH = 12


def runnable(repo: Repo, roots: list[Key]) -> Closed | Drop:
    """The closure, which runs with and without a GPU."""
    closed = close(repo, roots)
    return closed if isinstance(closed, Drop) else replace(closed, text=with_interpreter(closed.text))


class Programs:
    def __init__(self, repo: Repo, probe: Prober | None, ask: Ask | None = None) -> None:
        """`ask`: a language model, for classes whose inputs nothing else finds."""
        self.repo, self.probe, self.ask = repo, probe, ask
        self.evidence: dict[Key, list[Facts]] = {}
        self.texts: dict[str, str] = {}
        self.searched: dict[tuple[str, str], Key] = {}  # closures whose inputs were searched, and for whom
        self.seconds: dict[str, float] = {"usage": 0.0, "search": 0.0, "check": 0.0}
        self.notes: list[tuple[str, str]] = []  # (where a usage stands, why it taught less than it could)
        self.results: dict[Key, Program | Drop] = {}
        self.users = Users(repo)
        self.twins = Twins()
        self.heirs = Heirs(repo)
        self._begun: set[Key] = set()
        self._examples: Examples | None = None
        self._too_slow = 0  # examples so far: where one has a GPU's sizes, others will have them

    def make(self, module: Module, found: FoundClass, origin: Origin) -> Program | Drop:
        """Classes that use this one come first: what runs inside them is evidence for it."""
        key = (module.path, found.name)
        if key not in self.results:
            if self.probe is not None and key not in self._begun and len(self._begun) < MAX_DEPTH:
                self._begun.add(key)
                self._observe_usage(key)
                for outer_module, outer in self.users.of(key) if key not in self.evidence else ():
                    self.make(outer_module, outer, origin)
                self._begun.discard(key)
            if key not in self.results:
                self.results[key] = self._make(module, found, origin)
        result = self.results[key]
        return replace(result, origin=origin) if isinstance(result, Program) else result

    def _make(self, module: Module, found: FoundClass, origin: Origin) -> Program | Drop:
        if found.nested:
            return Drop(Reason.NESTED, "defined inside a function", found.name)
        key = (module.path, found.name.split(".")[0])
        if "get_inputs" in module.bindings and "get_init_inputs" in module.bindings:
            return self._given(key, origin)
        closed = runnable(self.repo, [key])
        if isinstance(closed, Drop):
            return closed
        if self.probe is None:
            return Drop(Reason.NO_INPUTS, "no probe: nothing was executed", found.name)
        found_for_twin = self._as_its_twin(found, key, closed, origin, self.probe)
        return found_for_twin or self._search(found, key, closed, origin, self.probe)

    def _as_its_twin(
        self, found: FoundClass, key: Key, closed: Closed, origin: Origin, probe: Prober
    ) -> Program | None:
        facts = self.twins.arguments(found.name, found.unit.text, closed)
        shown = any(entry["source"] != "deduced" for entry in self.evidence.get(key, ()))
        if facts is None or shown or (closed.text, closed.names[key]) in self.searched:
            return None
        checked = self._checked(_program(key, closed, facts, origin), key[1], probe)
        if isinstance(checked, Drop):
            return None
        self.searched[closed.text, closed.names[key]] = key
        return checked

    def _given(self, key: Key, origin: Origin) -> Program | Drop:
        roots = [key, (key[0], "get_inputs"), (key[0], "get_init_inputs")]
        closed = close(self.repo, roots)
        if isinstance(closed, Drop):
            return closed
        if self.probe is None:
            return Program(closed.names[key], closed.text, "given", origin)
        return self._checked(Program(closed.names[key], closed.text, "given", origin), key[1], self.probe)

    def _observe_usage(self, key: Key) -> None:
        """What the repository shows, when the first class needs it; then what is left of that about this class."""
        if self.probe is None:
            return
        if self._examples is None:
            self._examples = Examples(self.repo)
            self._observe(self._examples.first(), self.probe)
        if not any(entry["calls"] for entry in self.evidence.get(key, ())):
            self._observe(self._examples.naming(key[1]), self.probe)

    def _observe(self, examples: list[Snippet], probe: Prober) -> None:
        for snippet in examples:
            if self.seconds["usage"] > USAGE_SECONDS_IN_ALL:
                self.notes.append((snippet.origin, "not run: the time for usage is spent"))
                continue
            self.repo.add(snippet.path, snippet.text)
            closed = runnable(self.repo, [(snippet.path, CALL)])
            if isinstance(closed, Drop):
                self.notes.append((snippet.origin, f"{closed.reason}: {closed.detail}"))
                continue
            # an example that is too slow for the interpreter is so by far: its sizes are a GPU's
            seconds = USAGE_SECONDS / 3 if launches_triton(closed.text) else USAGE_SECONDS
            seconds = max(USAGE_SECONDS / 5, seconds / 2**self._too_slow)
            facts = probe({"op": "observe", "text": closed.text, "call": CALL, "seconds": seconds})
            self.seconds["usage"] += facts.get("seconds", 0.0)
            if facts.get("error"):
                self.notes.append((snippet.origin, facts["error"]))
                self._too_slow += facts["error"].startswith("TooSlow") or facts.get("stage") == "timeout"
            self._learn(facts.get("evidence", {}), closed, snippet.kind)

    def _learn(self, evidence: dict[str, list[Facts]], closed: Closed, source: str) -> None:
        homes = {name: key for key, name in closed.homes.items()}
        for name, entries in evidence.items():
            key = homes.get(name)
            if key is None:
                continue
            known = self.evidence.setdefault(key, [])
            for entry in entries:
                moved = mapped(entry, lambda n: "::".join(homes[n]) if n in homes else n)
                moved["source"] = source
                if moved not in known and len(known) < 8:
                    known.append(moved)

    def _search(self, found: FoundClass, key: Key, closed: Closed, origin: Origin, probe: Prober) -> Program | Drop:
        evidence = sorted(self.evidence.get(key, ()), key=lambda e: (not e["calls"], len(str(e))))[:3]
        with_others = self._with_references(key, closed, evidence)
        usable = [e for e in evidence if with_others is not closed or not references(e)]
        shown = [mapped(e, lambda n: local(n, with_others)) for e in usable]
        earlier = self.searched.setdefault((closed.text, closed.names[key]), key)
        if earlier != key and (len(evidence) == 0 or isinstance(self.results.get(earlier), Program)):
            return self._same(earlier, key[1])
        payload: Facts = {"op": "search", "text": with_others.text, "entry": with_others.names[key], "evidence": shown}
        seconds = INTERPRETED_SECONDS if launches_triton(closed.text) else SECONDS
        payload["seconds"] = seconds * self.twins.patience(found.name, found.unit.text)
        facts = probe(payload)
        self.seconds["search"] += facts.get("seconds", 0.0)
        if not facts.get("ok") and self.ask is not None:
            facts = self._asked(self.ask, payload, facts, probe)
        self.twins.remember(found.name, found.unit.text, facts)
        if not facts.get("ok"):
            return drop_of(facts, closed, key[1])
        self._learn(facts["evidence"], with_others, facts["from"])
        used = names_in(facts) & set(with_others.homes.values())
        return self._checked(_program(key, with_others if used else closed, facts, origin), key[1], probe)

    def _asked(self, ask: Ask, payload: Facts, failed: Facts, probe: Prober) -> Facts:
        """What the model says is observed like an author's example, and counts only if it then runs."""
        if failed.get("stage") not in ("construct", "forward", "no_tensor", "not_finite"):
            return failed
        entry = payload["entry"]
        try:
            text = usage_from(ask, payload["text"], entry, str(failed.get("error", "")))
        except NoAnswer as error:
            return {**failed, "error": f"{failed.get('error', '')} (language model: {error})"}
        seen = probe({"op": "observe", "text": text, "call": CALL, "seconds": USAGE_SECONDS})
        self.seconds["usage"] += seen.get("seconds", 0.0)
        shown = [{**each, "source": "llm"} for each in seen.get("evidence", {}).get(entry, ())]
        if not shown:
            return failed
        facts = probe({**payload, "evidence": shown, "guess": False})
        self.seconds["search"] += facts.get("seconds", 0.0)
        return facts if facts.get("ok") else failed

    def _same(self, earlier: Key, part: str) -> Drop:
        """The same standalone text stands elsewhere in the repository: what became of it there."""
        result = self.results.get(earlier)
        if isinstance(result, Drop):
            return replace(result, part=part)
        return Drop(Reason.DUPLICATE, f"{earlier[0]}:{earlier[1]}", part)

    def _with_references(self, key: Key, closed: Closed, evidence: list[Facts]) -> Closed:
        shown = {ref for entry in evidence for ref in references(entry)}
        others = sorted((shown or set(self.heirs.of(*key))) - {key})
        if not others:
            return closed
        larger = runnable(self.repo, [key, *others])
        return larger if isinstance(larger, Closed) else closed

    def _checked(self, program: Program, part: str, probe: Prober) -> Program | Drop:
        result = checked(program, part, probe, self.seconds)
        if isinstance(result, Drop):
            return result
        here = f"{program.origin.path}:{program.entry}"
        first = self.texts.setdefault(program.text, here)
        return result if first == here else Drop(Reason.DUPLICATE, first, part)


def checked(program: Program, part: str, probe: Prober, seconds: dict[str, float] | None = None) -> Program | Drop:
    """The Program as it is after two runs with one seed, or why it is none; `seconds` counts what that took."""
    facts = probe({"op": "check", "text": program.text, "entry": program.entry})
    if seconds is not None:
        seconds["check"] += facts.get("seconds", 0.0)
    if not facts.get("ok"):
        return drop_of(facts, None, part)
    flags = program.flags if facts["deterministic"] else (*program.flags, "nondeterministic")
    flags = flags if facts["any_seed"] else (*flags, "one_seed")
    return replace(program, layers=tuple(facts.get("layers", ())), flags=flags)


def _program(key: Key, closed: Closed, facts: Facts, origin: Origin) -> Program:
    flags = (f"input_sets:{1 + len(facts.get('more', ()))}", *((FLAG,) if launches_triton(closed.text) else ()))
    text = assemble(closed.text, facts)
    return Program(closed.names[key], text, facts["from"], origin, tuple(facts.get("layers", ())), flags)
