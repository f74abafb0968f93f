"""Inputs for the functions that launch kernels, and what they are compared with.

In: a `Repo`, the probe that runs foreign code in the jail, and the Origins of its files. Out: for each Kernel
the Kernel with the `get_inputs()` that its repository shows (else a guess), and where something says what it computes,
a Program of that and a Pair. What is missing, and why, is said in the Kernel.
Not covered: kernels that nothing launches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from triton_data.extract.kernels.guess_launch import guessed_usage
from triton_data.extract.kernels.launcher import launchers_of
from triton_data.extract.kernels.observed import Observed, SeenLauncher
from triton_data.extract.kernels.written_calls import Inputs, inputs_of, smaller
from triton_data.extract.limits import LAUNCH_SEARCH_SECONDS, LAUNCH_TRY_SECONDS
from triton_data.extract.references.expression import Expression
from triton_data.extract.references.recognised import Reference, recognised
from triton_data.extract.source.repo import Key, Repo
from triton_data.extract.usage.snippets import CALL
from triton_data.extract.wire import Failure, InputSource, ObserveLaunches, Prober, RunLauncher
from triton_data.records import Kernel, Origin, Pair, Program

NO_LAUNCHER = "no function launches it"
NO_REFERENCE = "nothing says what it computes"
NOT_LAUNCHED = "the call that is recognised does not launch it"
NO_CALLER = "nothing calls its launcher"


@dataclass(eq=False)
class LauncherInputs:
    repo: Repo
    probe: Prober
    origins: Mapping[str, Origin]
    expressions: tuple[Expression, ...] = ()  # that a kernel may compute
    _observed: Observed | None = None
    _inputs: dict[tuple[Key, str], tuple[Inputs | None, str]] = field(default_factory=dict)
    _recognised: dict[str, list[Reference]] = field(default_factory=dict)  # by text
    _unrecognised: dict[str, str] = field(default_factory=dict)  # text → why
    _yielded: set[str] = field(default_factory=set)  # keys of pairs

    @property
    def observed(self) -> Observed:
        if self._observed is None:
            self._observed = Observed(self.repo, self.probe, self.origins, launchers_of(self.repo))
        return self._observed

    def of(self, kernel: Kernel, launcher: Key) -> Iterator[Kernel | Program | Pair]:
        """The Kernel with what is known of its launcher; a Program and a Pair once."""
        seen = self.observed.of(launcher)
        if (launcher, kernel.text) not in self._inputs:  # once for all kernels of a launcher
            self._inputs[launcher, kernel.text] = self._find(kernel, seen)
        inputs, why = self._inputs[launcher, kernel.text]
        if inputs is not None:
            kernel = replace(kernel, inputs=inputs.text, inputs_from=inputs.source)
            why = self._reference(kernel, seen)
        found = self._known(kernel, seen)
        if found is not None:
            source = next((flag.removeprefix("from_") for flag in found.program.flags if flag.startswith("from_")), "")
            kernel, why = replace(kernel, reference=found.pair.key, reference_from=source), ""
            if found.pair.key not in self._yielded:
                self._yielded.add(found.pair.key)
                yield from (found.program, found.pair)
        yield replace(kernel, missing=why)

    def _known(self, kernel: Kernel, seen: SeenLauncher) -> Reference | None:
        """A test speaks for all that the launcher launches; what was recognised, for what that call launched."""
        if seen.pair is not None and seen.program is not None:
            return Reference(seen.program, seen.pair, ())
        name = kernel.name.rsplit(".", 1)[-1]
        return next((each for each in self._recognised.get(kernel.text, ()) if name in each.kernels), None)

    def _reference(self, kernel: Kernel, seen: SeenLauncher) -> str:
        """Why there is none."""
        if seen.pair is not None or not self.expressions:
            return "" if seen.pair is not None else NO_REFERENCE
        if kernel.text not in self._recognised:  # which all kernels of a launcher share
            found = recognised(kernel, self.expressions, self.probe)
            self._recognised[kernel.text] = [] if isinstance(found, str) else found
            self._unrecognised[kernel.text] = found if isinstance(found, str) else NOT_LAUNCHED
        return self._unrecognised[kernel.text]

    def _find(self, kernel: Kernel, seen: SeenLauncher) -> tuple[Inputs | None, str]:
        found = inputs_of(kernel.text, seen.calls)
        if found is not None:
            return found, ""
        why = seen.error or NO_CALLER
        for call, source in seen.unfinished:
            texts = smaller(kernel.text, call)
            reply = self.probe(RunLauncher(kernel.text, kernel.launcher, texts, LAUNCH_TRY_SECONDS))
            if not isinstance(reply.answer, Failure) and reply.answer.place >= 0:
                return Inputs(texts[reply.answer.place], source), ""
            why = f"too large for the interpreter, and at smaller sizes: {reply.answer.error}"
        guess = self._guessed(kernel)
        return guess, "" if guess is not None else why

    def _guessed(self, kernel: Kernel) -> Inputs | None:
        text = guessed_usage(kernel.text, kernel.launcher)
        if text is None:
            return None
        reply = self.probe(ObserveLaunches(text, CALL, LAUNCH_SEARCH_SECONDS, (kernel.launcher,), {}))
        calls = () if isinstance(reply.answer, Failure) else reply.answer.calls.get(kernel.launcher, ())
        return inputs_of(kernel.text, [(call, InputSource.DEDUCED.value) for call in calls[:1]])
