"""Planted copies are found and distinct modules are left alone; so for benchmarks whose problems we made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.curate.modules import COPIES, LIKE, SAME, distinct
from tests.curate.runs import curated, program
from triton_data.config import CurateConfig
from triton_data.curate.benchmarks import fingerprints
from triton_data.errors import Misuse
from triton_data.records import Trace

MANY = 300


@pytest.fixture(scope="module")
def originals() -> list[str]:
    return distinct(MANY, seed=7)


def test_distinct_modules_stay_apart(tmp_path: Path, originals: list[str]) -> None:
    decisions = curated(tmp_path, [program(text, f"o/r{i}") for i, text in enumerate(originals)])
    lost = [d for d in decisions.values() if "duplicate" in d.reasons]
    assert len(decisions) == MANY
    assert len(lost) <= MANY // 100


@pytest.mark.parametrize("how", sorted(LIKE))
def test_what_has_other_constants_is_on_the_same_side_and_kept(tmp_path: Path, originals: list[str], how: str) -> None:
    first = [program(text, f"o/r{i}") for i, text in enumerate(originals[:100])]
    others = [program(LIKE[how](text), f"o/s{i}", entry="Copy") for i, text in enumerate(originals[:100])]
    decisions = curated(tmp_path, [*first, *others], CurateConfig(validation=25, test=25, split_by="cluster"))
    pairs = [(decisions[a.key], decisions[b.key]) for a, b in zip(first, others, strict=True)]
    assert not any(one.cluster == other.cluster for one, other in pairs)
    assert all(one.family == other.family and one.split == other.split for one, other in pairs)
    assert len({one.split for one, _ in pairs}) == 3


OF_SAME = [pytest.param(how, marks=[] if how == "retold" else pytest.mark.slow) for how in sorted(SAME)]


@pytest.mark.parametrize("how", OF_SAME)
def test_planted_copies_are_in_their_originals_cluster(tmp_path: Path, originals: list[str], how: str) -> None:
    first = [program(text, "o/first") for text in originals]
    copies = [program(COPIES[how](text), "o/second", entry="Copy") for text in originals]
    decisions = curated(tmp_path, [*first, *copies])
    found = sum(decisions[a.key].cluster == decisions[b.key].cluster for a, b in zip(first, copies, strict=True))
    assert found >= 0.99 * MANY
    for one, other in zip(first, copies, strict=True):
        if decisions[one.key].cluster == decisions[other.key].cluster:
            assert not (decisions[one.key].keep and decisions[other.key].keep)


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A benchmark of our own: 100 problems on disk, and their fingerprints in a file."""
    folder = tmp_path_factory.mktemp("benchmark")
    problems = distinct(100, seed=11)
    for i, text in enumerate(problems):
        (folder / f"{i}_problem.py").write_text(text)
    fingerprints.write(fingerprints.of_folder(folder, "Ours"), folder / "ours.json.gz")
    return folder / "ours.json.gz", problems


@pytest.mark.parametrize("how", sorted(COPIES))
def test_planted_contamination_is_found(tmp_path: Path, benchmark: tuple[Path, list[str]], how: str) -> None:
    path, problems = benchmark
    planted = [program(COPIES[how](text), "o/scraped") for text in problems]
    decisions = curated(tmp_path, planted, CurateConfig(benchmarks=(str(path),), dedup="off"))
    named = [
        any(name == f"Ours/{i}_problem" for name, _ in decisions[each.key].nearest) for i, each in enumerate(planted)
    ]
    assert sum(named) >= 99
    assert sum("contaminated" in decisions[each.key].reasons for each in planted) >= 99


def test_clean_modules_are_not_called_contaminated(tmp_path: Path, benchmark: tuple[Path, list[str]]) -> None:
    path, problems = benchmark
    clean = [text for text in distinct(400, seed=23) if _operators(text) not in {_operators(p) for p in problems}]
    config = CurateConfig(benchmarks=(str(path),))
    decisions = curated(tmp_path, [program(text, f"o/r{i}") for i, text in enumerate(clean)], config)
    ours = [d for d in decisions.values() if any(n.startswith("Ours/") and "below" not in how for n, how in d.nearest)]
    assert len(clean) > 350
    assert len(ours) <= len(clean) // 100


def _operators(text: str) -> tuple[str, ...]:
    """Read off the template, not by the code under test: the layers and calls without their numbers."""
    lines = [line.split("=", 1)[1] for line in text.splitlines() if " = " in line]
    return tuple(sorted("".join(c for c in line if c not in "0123456789.") for line in lines))


def test_flag_keeps_and_off_does_not_look(tmp_path: Path, benchmark: tuple[Path, list[str]]) -> None:
    path, problems = benchmark
    planted = [program(problems[0], "o/scraped")]
    for mode, keep, looked in (("drop", False, True), ("flag", True, True), ("off", True, False)):
        config = CurateConfig(benchmarks=(str(path),), decontaminate=mode)
        (decision,) = curated(tmp_path / mode, planted, config).values()
        assert (decision.keep, bool(decision.nearest)) == (keep, looked)


def test_a_problem_inside_a_larger_text_is_found(tmp_path: Path, benchmark: tuple[Path, list[str]]) -> None:
    path, problems = benchmark
    larger = problems[3] + "\n\n" + "\n\n".join(distinct(6, seed=99)).replace("def get_inputs", "def other_inputs")
    (decision,) = curated(tmp_path, [program(larger, "o/r")], CurateConfig(benchmarks=(str(path),))).values()
    assert any(name == "Ours/3_problem" and how.startswith("contained") for name, how in decision.nearest)


def test_the_shipped_fingerprints_cover_the_benchmarks_that_are_promised() -> None:
    made = {fingerprints.read(path).name: fingerprints.read(path) for path in fingerprints.shipped()}
    names = {problem.name for problem in made["KernelBench"].problems}
    assert {name.split("/")[0] for name in names} == {"level1", "level2", "level3", "level4"}
    assert len(names) == 270
    assert len(made["TritonBench-G"].problems) >= 184
    assert len(made["TritonBench-T"].problems) == 166
    assert {"relu", "native_layer_norm", "softmax"} <= {problem.name for problem in made["BackendBench"].problems}


def test_fingerprints_are_the_same_bytes_twice(benchmark: tuple[Path, list[str]], tmp_path: Path) -> None:
    path, _ = benchmark
    fingerprints.write(fingerprints.of_folder(path.parent, "Ours"), tmp_path / "again.json.gz")
    assert (tmp_path / "again.json.gz").read_bytes() == path.read_bytes()


ONE = "def relu(x):\n    return torch.relu(x)\n"
TWO = "def both(x):\n    return torch.relu(x) + x\n"


def test_an_operator_suite_names_programs_of_one_operator_and_drops_none(tmp_path: Path) -> None:
    (tmp_path / "suite.txt").write_text("aten.relu.default\nrelu_.default  # in place\nexp.out\n\n")
    suite = fingerprints.of_list(tmp_path / "suite.txt", "Suite")
    assert [problem.name for problem in suite.problems] == ["exp", "relu"]
    fingerprints.write(suite, tmp_path / "suite.json.gz")
    one, two = program(ONE, "o/a", entry="relu"), program(TWO, "o/b", entry="both")
    traces = [Trace(one.key, "a", ("relu",), one.origin), Trace(two.key, "b", ("relu", "add"), two.origin)]
    config = CurateConfig(benchmarks=(str(tmp_path / "suite.json.gz"),))
    decisions = curated(tmp_path / "run", [one, two, *traces], config)
    named = [[name for name, _ in decisions[each.key].nearest if name.startswith("Suite")] for each in (one, two)]
    assert named == [["Suite/relu"], []] and all(decision.keep for decision in decisions.values())


@pytest.mark.parametrize("text", ["", "# nothing\n", "two words\n"])
def test_what_is_no_list_of_operators_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "suite.txt").write_text(text)
    with pytest.raises(Misuse, match="one a line"):
        fingerprints.of_list(tmp_path / "suite.txt", "Suite")
