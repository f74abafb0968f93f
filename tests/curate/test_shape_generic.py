"""A rewritten pair is for any size where its capture was, and the judge found another size at which it is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from triton_data.curate.stages import LabelStage
from triton_data.curate.subjects import subjects
from triton_data.records import Capture, Drop, Graph, InductorKernel, Origin, Outcome, Pair, Verdict
from triton_data.store import Store

ORIGIN = Origin("given")


@pytest.mark.parametrize(
    ("mode", "said", "generic"),
    [
        ("dynamic", "right at 16 as 15, refused", True),
        ("dynamic", "refused", False),
        ("dynamic", "none that the reference runs at", False),
        ("dynamic", "", True),  # nobody asked
        ("inference", "right at 16 as 15", False),
    ],
)
def test_the_label_says_what_the_judge_found(mode: str, said: str, generic: bool, tmp_path: Path) -> None:
    capture = Capture("program", "f", "sm_90", mode, (), (), ORIGIN)
    pair = Pair("program", capture.key, "fNew", "def fNew(x):\n    return x\n", ORIGIN)
    checks = (("other sizes", said), ("other arguments", "right at nothing")) if said else ()
    verdict = Verdict(pair.key, "cpu", "2", True, "", checks, ORIGIN)
    stage = LabelStage()
    with Store.open(tmp_path) as store:
        store.commit("verify", [Outcome("one", (capture, pair, verdict))])
        labels = [label for item in stage.todo(store) for label in stage.work(item)]
    assert [label.generic for label in labels if label.subject == pair.key] == [generic]


def test_kernels_of_a_capture_that_needed_no_pair_are_no_entries_of_their_own(tmp_path: Path) -> None:
    kernel = InductorKernel("k", "@triton.jit\ndef k(x):\n    pass\n")
    graph = Graph("inference", "", (kernel,))
    needed, declined = (Capture(name, "f", "sm_90", "inference", (graph,), (), ORIGIN) for name in ("a", "b"))
    with Store.open(tmp_path) as store:
        store.commit("capture", [Outcome("a", (needed,)), Outcome("b", (declined,))])
        store.commit("rewrite", [Outcome(needed.key), Outcome(declined.key, (), (Drop("no_kernel"),))])
        assert [subject.program for subject in subjects(store)] == ["b"]
