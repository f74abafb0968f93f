"""The whole way from a draw to a file, with answers of a real server: each is classified right, paid for once, and kept
or counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.generate.mock import mocked
from tests.generate.scripted import NAME, failures, fenced, good, module, shapes_of_answers
from tests.npm import NotInstalled, install
from triton_data.generate.llm_modules.prompts import load
from triton_data.generate.llm_modules.sampling import draw
from triton_data.generate.llm_modules.settings import settings
from triton_data.pipeline.synthesis.generating import generate
from triton_data.records import Attempt, Program, Sample
from triton_data.store import Store

pytest.importorskip("openai")
pytestmark = pytest.mark.network
KEY = "sk-never-to-be-seen"


@pytest.fixture(scope="session", autouse=True)
def installed():
    try:
        install(Path(__file__).parent / "npm")
    except NotInstalled as missing:
        pytest.skip(str(missing))


def chosen(tmp_path, samples, **more):
    usual = {"model_name": "openai", "num_total_samples": samples, "validate": "eager", "max_retries": 0,
             "steer": False, "output_dir": str(tmp_path / "out"), "validation_timeout": 12.0}  # fmt: skip
    return settings(**{**usual, **more})


def names_of(setting, number):
    """Names of the first samples that are wanted once only."""
    aims = {name: tuple(prompt.aims) for name, prompt in load(setting.prompts).items()}
    return [draw(setting, index, {}, aims).name for index in range(number)]


def run(tmp_path, monkeypatch, setting, script, run="run"):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with mocked(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        result = generate(setting, tmp_path / run, ())
        return result, server.answered(), server.refused()


def verdicts(run_dir):
    with Store.read(run_dir) as store:
        names = {sample.key: sample.name for sample in store.records(Sample)}
        return {(names[each.sample], each.number): (each.category, each.detail) for each in store.records(Attempt)}


def classified(tmp_path, monkeypatch, rounds):
    """Every kind of answer so many times."""
    cases = []
    for n in range(rounds):
        cases += [("", f"{name} {n}", reply) for name, reply in shapes_of_answers(8 * n).items()]
        cases += [(category, f"{name} {n}", reply) for name, (category, reply) in failures(n).items()]
    setting = chosen(tmp_path, len(cases))
    names = names_of(setting, len(cases))
    assert len(set(names)) == len(names), "take another seed"
    script = {name: [[case[2]]] for name, case in zip(names, cases, strict=True)}
    result, answered, _ = run(tmp_path, monkeypatch, setting, script)
    found = verdicts(tmp_path / "run")
    wrong = [
        (label, wanted, found[name, 0])
        for name, (wanted, label, _) in zip(names, cases, strict=True)
        if found[name, 0][0] != wanted
    ]
    assert wrong == []
    assert answered == result.spending.answers == len(cases)
    assert result.tally.valid == len(list((tmp_path / "out").glob("*.py"))) == sum(1 for case in cases if not case[0])
    return names


def test_every_kind_of_answer_is_classified_right(tmp_path, monkeypatch):
    classified(tmp_path, monkeypatch, 1)
    for path in (tmp_path / "run").rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()
    for path in (tmp_path / "out").glob("*.py"):
        assert f"class {path.stem}(nn.Module)" in path.read_text()
    assert any("class SubModel" in path.read_text() for path in (tmp_path / "out").glob("*.py"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_answers_are_classified_right(tmp_path, monkeypatch):
    classified(tmp_path, monkeypatch, 6)


def test_a_failure_goes_back_with_its_error_and_a_busy_server_is_waited_for(tmp_path, monkeypatch):
    setting = chosen(tmp_path, 2, max_retries=2)
    first, second = names_of(setting, 2)
    busy = {"error": {"message": "slow down"}, "status": 429, "retryAfter": 1}
    script = {
        first: [[busy, {"content": "no code here"}], [{"content": fenced(good(1))}]],
        second: [[{"content": ""}], [{"content": "again nothing"}], [{"content": "nothing at all"}]],
    }
    result, answered, refused = run(tmp_path, monkeypatch, setting, script)
    assert (answered, refused) == (5, 1)
    found = verdicts(tmp_path / "run")
    assert [found[first, n][0] for n in range(2)] == ["no_code", ""]
    assert [found[second, n][0] for n in range(3)] == ["empty", "no_code", "no_code"]
    assert (result.tally.done, result.tally.valid, result.spending.answers) == (2, 1, 5)
    with Store.read(tmp_path / "run") as store:
        again = store.db.execute("SELECT request FROM questions WHERE request LIKE '%not usable yet%'").fetchall()
        attempt = next(store.records(Attempt, "t.category = ''"))
        program = next(store.records(Program))
    assert len(again) == 3 and any("no_code: no Python program in the answer" in request for (request,) in again)
    assert attempt.program == program.key and attempt.prompt_tokens > 0 and attempt.cost > 0
    assert (attempt.provider, attempt.model) == ("openai", "gpt-4.1-mini") and "temperature=0.7" in attempt.sampling
    assert program.origin.source == "generated" and program.origin.generator.startswith("llm:openai/gpt-4.1-mini")
    assert "not for models that compete" in attempt.terms


def test_the_same_command_again_asks_nothing_and_a_larger_number_goes_on(tmp_path, monkeypatch):
    setting = chosen(tmp_path, 4)
    names = names_of(setting, 6)
    script = {name: [[{"content": fenced(good(number))}]] for number, name in enumerate(names)}
    result, answered, _ = run(tmp_path, monkeypatch, setting, script)
    assert answered == result.tally.valid == 4
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.py")}
    again, answered, _ = run(tmp_path, monkeypatch, setting, script)
    assert (again.tally.done, answered) == (0, 0) and again.spending == result.spending
    more, answered, _ = run(tmp_path, monkeypatch, chosen(tmp_path, 6), script)
    assert (more.tally.done, answered) == (2, 2)
    assert all((tmp_path / "out" / name).read_bytes() == data for name, data in written.items())


@pytest.mark.slow
def test_what_is_known_is_not_kept_again(tmp_path, monkeypatch):
    """Two equal, two nearly equal, and what a benchmark has."""
    from triton_data.curate.benchmarks import fingerprints

    problem = good(40, "Model")
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench/problem.py").write_text(problem)
    fingerprints.write(fingerprints.of_folder(tmp_path / "bench", "own"), tmp_path / "own.json.gz")
    monkeypatch.setattr(fingerprints, "shipped", lambda: (tmp_path / "own.json.gz",))
    setting = chosen(tmp_path, 5, num_worker=1)
    names = names_of(setting, 5)
    lines = [
        "x = torch.relu(x)",
        "x = torch.sin(x) * 0.5",
        "x = x - x.mean(1, keepdim=True)",
        "x = torch.tanh(x) + x",
        "x = torch.abs(x) - 0.1",
        "x = x * torch.sigmoid(x)",
        "x = x / (1.0 + x.amax(1, keepdim=True))",
    ]
    long = module("\n        ".join([*lines, "return x"]))
    swapped = module("\n        ".join([*lines[1::-1], *lines[2:], "return x"]))
    texts = [long, long.replace("def forward", "# a comment\n    def forward"), swapped, problem, good(2)]
    script = {name: [[{"content": fenced(text)}]] for name, text in zip(names, texts, strict=True)}
    run(tmp_path, monkeypatch, setting, script)
    found = verdicts(tmp_path / "run")
    assert [found[name, 0][0] for name in names] == ["", "duplicate", "near_duplicate", "contamination", ""]
    assert "own/problem" in found[names[3], 0][1]


def test_no_budget_is_exceeded(tmp_path, monkeypatch):
    prices = tmp_path / "prices.toml"
    prices.write_text('[openai]\n"gpt-4.1-mini" = [1.0, 10.0]\n')
    setting = chosen(tmp_path, 30, budget=0.02, prices=str(prices), max_tokens=500, num_worker=4)
    result, answered, _ = run(tmp_path, monkeypatch, setting, {"*": [[{"content": "no"}]]})
    assert "budget is reached" in result.stopped and 0 < answered < 30
    assert result.spending.most <= 20_000_000 and result.spending.answers == answered
    with Store.read(tmp_path / "run") as store:
        left = store.count_unfinished(Sample, "llm_modules")
    assert left > 0, "nothing is lost: what was not asked is left to do"


@pytest.mark.slow
def test_batches_go_the_whole_way_too(tmp_path, monkeypatch):
    monkeypatch.setattr("triton_data.llm.batches.QUIET", 0.2)
    setting = chosen(tmp_path, 3, batch=True)
    names = names_of(setting, 3)
    script = {name: [[{"content": fenced(good(number))}]] for number, name in enumerate(names)}
    result, asked_singly, _ = run(tmp_path, monkeypatch, setting, script)
    assert (result.tally.done, result.spending.answers) == (3, 3)
    assert result.spending.cost > 0 and result.stopped == "" and asked_singly in (0, 3)


def test_gemini_is_asked_at_its_compatible_endpoint(tmp_path, monkeypatch):
    setting = chosen(tmp_path, 1, model_name="gemini")
    script = {"*": [[{"content": fenced(good(1))}]]}
    with mocked(script) as server:
        monkeypatch.setenv("GEMINI_API_KEY", KEY)
        result = generate(chosen(tmp_path, 1, model_name="gemini", base_url=f"{server.address}/v1beta/openai"),
                          tmp_path / "run", ())  # fmt: skip
        assert server.answered() == result.tally.valid == 1
    with Store.read(tmp_path / "run") as store:
        request = json.loads(store.db.execute("SELECT request FROM questions").fetchone()[0])
    assert request["model"] == "gemini-2.5-flash" and "seed" not in request and request["max_tokens"] == 4096
    assert setting.provider == "gemini" and NAME not in request["messages"][1]["content"]
