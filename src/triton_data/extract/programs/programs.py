"""Programs: each class of a repository with arguments that were seen to work, best evidence first.

In: a `Repo` and the probe that runs foreign code in the jail. Out: for each class one Program or one Drop. What a
class's run shows of the classes inside it is evidence for those. Without a probe nothing is executed and only inputs
that the file itself gives are used.
Not covered: the order of the files (extract_file.py), how inputs are searched (jailed/search).
"""

from __future__ import annotations

from dataclasses import replace

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.closure.licence import licensed
from triton_data.extract.limits import INTERPRETED_SECONDS, SECONDS, USAGE_SECONDS
from triton_data.extract.programs.check import checked
from triton_data.extract.programs.copied_classes import CopiedClasses, names_in
from triton_data.extract.programs.failures import drop_of
from triton_data.extract.programs.interpreted import FLAG, launches_triton
from triton_data.extract.programs.llm_inputs import Ask, usage_from
from triton_data.extract.programs.observed_usage import ObservedUsage
from triton_data.extract.programs.program_text import assemble
from triton_data.extract.programs.runnable import runnable
from triton_data.extract.reasons import Reason
from triton_data.extract.source.find import FoundClass
from triton_data.extract.source.module import Module
from triton_data.extract.source.repo import Key, Repo
from triton_data.extract.usage.class_users import Users
from triton_data.extract.usage.evidence import local, references, renamed
from triton_data.extract.usage.snippets import CALL
from triton_data.extract.usage.subclasses import Subclasses
from triton_data.extract.wire import (
    Arguments,
    Evidence,
    FailedAt,
    Failure,
    InputsFound,
    InputSource,
    ObserveUsage,
    Prober,
    SearchInputs,
)
from triton_data.llm.answers import NoAnswer
from triton_data.records import Drop, Origin, Program

MAX_DEPTH = 12
_LLM_MAY_KNOW = (FailedAt.CONSTRUCT, FailedAt.FORWARD, FailedAt.NO_TENSOR, FailedAt.NOT_FINITE)


class Programs:
    def __init__(self, repo: Repo, probe: Prober | None, ask: Ask | None = None) -> None:
        """`ask`: a language model, for classes whose inputs nothing else finds."""
        self.repo, self.probe, self.ask = repo, probe, ask
        self.seconds: dict[str, float] = {"usage": 0.0, "search": 0.0, "check": 0.0}
        self.results: dict[Key, Program | Drop] = {}
        self.usage = ObservedUsage(repo, self.seconds)
        self.users = Users(repo)
        self.copied_classes = CopiedClasses()
        self.subclasses = Subclasses(repo)
        self._texts: dict[str, str] = {}  # a Program's text → where it was first
        self._searched: dict[tuple[str, str], Key] = {}  # closures whose inputs were searched, and for whom
        self._begun: set[Key] = set()

    def make(self, module: Module, found: FoundClass, origin: Origin) -> Program | Drop:
        """Classes that use this one come first: what runs inside them is evidence for it."""
        key = (module.path, found.name)
        if key not in self.results:
            if self.probe is not None and key not in self._begun and len(self._begun) < MAX_DEPTH:
                self._begun.add(key)
                self.usage.run_examples(key, self.probe)
                for outer_module, outer in self.users.of(key) if not self.usage.knows(key) else ():
                    self.make(outer_module, outer, origin)
                self._begun.discard(key)
            if key not in self.results:
                self.results[key] = self._make(module, found, origin)
        result = self.results[key]
        if not isinstance(result, Program):
            return result
        return replace(result, origin=replace(origin, licence=result.origin.licence))  # that of the whole closure

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
        like_its_copy = self._like_its_copy(found, key, closed, origin, self.probe)
        return like_its_copy or self._search(found, key, closed, origin, self.probe)

    def _given(self, key: Key, origin: Origin) -> Program | Drop:
        closed = close(self.repo, [key, (key[0], "get_inputs"), (key[0], "get_init_inputs")])
        if isinstance(closed, Drop):
            return closed
        program = Program(closed.names[key], closed.text, "given", licensed(self.repo, closed, origin))
        return program if self.probe is None else self._checked(program, key[1], self.probe)

    def _like_its_copy(
        self, found: FoundClass, key: Key, closed: Closed, origin: Origin, probe: Prober
    ) -> Program | None:
        inputs = self.copied_classes.inputs(found.name, found.unit.text, closed)
        if inputs is None or self.usage.from_authors(key) or (closed.text, closed.names[key]) in self._searched:
            return None
        program = self._checked(_program(key, closed, inputs, licensed(self.repo, closed, origin)), key[1], probe)
        if isinstance(program, Drop):
            return None
        self._searched[closed.text, closed.names[key]] = key
        return program

    def _search(self, found: FoundClass, key: Key, closed: Closed, origin: Origin, probe: Prober) -> Program | Drop:
        evidence = self.usage.best(key)
        with_others = self._with_references(key, closed, evidence)
        usable = [entry for entry in evidence if with_others is not closed or not references(entry)]
        earlier = self._searched.setdefault((closed.text, closed.names[key]), key)
        if earlier != key and (len(evidence) == 0 or isinstance(self.results.get(earlier), Program)):
            return self._same(earlier, key[1])
        seconds = INTERPRETED_SECONDS if launches_triton(closed.text) else SECONDS
        request = SearchInputs(
            with_others.text,
            with_others.names[key],
            tuple(renamed(entry, lambda name: local(name, with_others), entry.source) for entry in usable),
            seconds * self.copied_classes.patience(found.name, found.unit.text),
        )
        inputs = self._asked_for(request, probe)
        if isinstance(inputs, Failure) and self.ask is not None:
            inputs = self._from_llm(self.ask, request, inputs, probe)
        self.copied_classes.remember(found.name, found.unit.text, inputs)
        if isinstance(inputs, Failure):
            return drop_of(inputs, closed, key[1])
        self.usage.learn(inputs.evidence, with_others, inputs.source)
        used = names_in(inputs.arguments) & set(with_others.homes.values())
        whole = with_others if used else closed
        return self._checked(_program(key, whole, inputs, licensed(self.repo, whole, origin)), key[1], probe)

    def _asked_for(self, request: SearchInputs, probe: Prober) -> InputsFound | Failure:
        reply = probe(request)
        self.seconds["search"] += reply.seconds
        return reply.answer

    def _from_llm(self, ask: Ask, request: SearchInputs, failed: Failure, probe: Prober) -> InputsFound | Failure:
        """What the model says is observed like an author's example, and counts only if it then runs."""
        if failed.at not in _LLM_MAY_KNOW:
            return failed
        try:
            text = usage_from(ask, request.text, request.entry, failed.error)
        except NoAnswer as error:
            return replace(failed, error=f"{failed.error} (language model: {error})")
        reply = probe(ObserveUsage(text, CALL, USAGE_SECONDS))
        self.seconds["usage"] += reply.seconds
        seen = {} if isinstance(reply.answer, Failure) else reply.answer.evidence
        evidence = tuple(replace(entry, source=InputSource.LLM) for entry in seen.get(request.entry, ()))
        if not evidence:
            return failed
        inputs = self._asked_for(replace(request, evidence=evidence, guess=False), probe)
        return failed if isinstance(inputs, Failure) else inputs

    def _same(self, earlier: Key, part: str) -> Drop:
        """The same standalone text stands elsewhere in the repository: what became of it there."""
        result = self.results.get(earlier)
        if isinstance(result, Drop):
            return replace(result, part=part)
        return Drop(Reason.DUPLICATE, f"{earlier[0]}:{earlier[1]}", part)

    def _with_references(self, key: Key, closed: Closed, evidence: list[Evidence]) -> Closed:
        """With the classes that evidence names, or that finish what the constructor asks for."""
        named = {reference for entry in evidence for reference in references(entry)}
        others = sorted((named or set(self.subclasses.of(*key))) - {key})
        if not others:
            return closed
        larger = runnable(self.repo, [key, *others])
        return larger if isinstance(larger, Closed) else closed

    def _checked(self, program: Program, part: str, probe: Prober) -> Program | Drop:
        result = checked(program, part, probe, self.seconds)
        if isinstance(result, Drop):
            return result
        here = f"{program.origin.path}:{program.entry}"
        first = self._texts.setdefault(program.text, here)
        return result if first == here else Drop(Reason.DUPLICATE, first, part)


def _program(key: Key, closed: Closed, inputs: InputsFound, origin: Origin) -> Program:
    arguments: Arguments = inputs.arguments
    flags = (f"input_sets:{1 + len(arguments.more_inputs)}", *((FLAG,) if launches_triton(closed.text) else ()))
    return Program(closed.names[key], assemble(closed.text, arguments), inputs.source.value, origin, flags=flags)
