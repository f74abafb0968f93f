"""What is known of how a repository's classes are used: seen while its examples ran, or inside of other classes.

In: a `Repo`, the probe that runs foreign code in the jail, and evidence from searches. Out: for a class its `Evidence`,
in which other classes are named by their home, `path::name`.
Not covered: which examples there are (usage/examples.py), what a search does with evidence (jailed/search).
"""

from __future__ import annotations

from triton_data.extract.closure.closure import Closed
from triton_data.extract.limits import USAGE_SECONDS, USAGE_SECONDS_IN_ALL
from triton_data.extract.programs.interpreted import launches_triton
from triton_data.extract.programs.runnable import runnable
from triton_data.extract.source.repo import Key, Repo
from triton_data.extract.usage.evidence import renamed
from triton_data.extract.usage.examples import Examples
from triton_data.extract.usage.snippets import CALL, Snippet
from triton_data.extract.wire import Evidence, EvidenceByClass, FailedAt, Failure, InputSource, ObserveUsage, Prober
from triton_data.records import Drop

MAX_FOR_ONE_CLASS = 8
MAX_TRIED = 3


class ObservedUsage:
    def __init__(self, repo: Repo, seconds: dict[str, float]) -> None:
        """`seconds["usage"]` counts what the examples took."""
        self.repo, self.seconds = repo, seconds
        self.notes: list[tuple[str, str]] = []  # (where a usage stands, why it taught less than it could)
        self._evidence: dict[Key, list[Evidence]] = {}
        self._examples: Examples | None = None
        self._too_slow = 0  # examples so far: where one has a GPU's sizes, others will have them

    def knows(self, key: Key) -> bool:
        return key in self._evidence

    def from_authors(self, key: Key) -> bool:
        """Whether the repository itself shows how the class is used."""
        return any(entry.source is not InputSource.DEDUCED for entry in self._evidence.get(key, ()))

    def best(self, key: Key) -> list[Evidence]:
        """With calls before without, short before long."""
        known = self._evidence.get(key, [])
        return sorted(known, key=lambda entry: (not entry.calls, entry.length))[:MAX_TRIED]

    def learn(self, evidence: EvidenceByClass, closed: Closed, source: InputSource) -> None:
        """`evidence` names classes as the file of `closed` does; names that are not in it are passed over."""
        homes = {name: key for key, name in closed.homes.items()}
        for name, entries in evidence.items():
            key = homes.get(name)
            if key is None:
                continue
            known = self._evidence.setdefault(key, [])
            for entry in entries:
                moved = renamed(entry, lambda n: "::".join(homes[n]) if n in homes else n, source)
                if moved not in known and len(known) < MAX_FOR_ONE_CLASS:
                    known.append(moved)

    def run_examples(self, key: Key, probe: Prober) -> None:
        """Those of the repository, when the first class needs them; then what is left of those that name this class."""
        if self._examples is None:
            self._examples = Examples(self.repo)
            self._run(self._examples.first(), probe)
        if not any(entry.calls for entry in self._evidence.get(key, ())):
            self._run(self._examples.naming(key[1]), probe)

    def _run(self, examples: list[Snippet], probe: Prober) -> None:
        for snippet in examples:
            if self.seconds["usage"] > USAGE_SECONDS_IN_ALL:
                self.notes.append((snippet.origin, "not run: the time for usage is spent"))
                continue
            self.repo.add(snippet.path, snippet.text)
            closed = runnable(self.repo, [(snippet.path, CALL)])
            if isinstance(closed, Drop):
                self.notes.append((snippet.origin, f"{closed.reason}: {closed.detail}"))
                continue
            reply = probe(ObserveUsage(closed.text, CALL, self._patience(closed)))
            self.seconds["usage"] += reply.seconds
            seen = reply.answer
            if seen.error:
                self.notes.append((snippet.origin, seen.error))
            if isinstance(seen, Failure):
                self._too_slow += seen.at is FailedAt.TIMEOUT
            else:
                self._too_slow += seen.too_slow
                self.learn(seen.evidence, closed, snippet.source)

    def _patience(self, closed: Closed) -> float:
        """Seconds for one example. One that is too slow for the interpreter is so by far: its sizes are a GPU's."""
        seconds = USAGE_SECONDS / 3 if launches_triton(closed.text) else USAGE_SECONDS
        return max(USAGE_SECONDS / 5, seconds * 0.5**self._too_slow)
