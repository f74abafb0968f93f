"""Scores are what they should be for answers whose worth is known, wherever the answers come from."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.a_run import SCALE, SCALE_NEW
from tests.mistakes import mistake
from tests.train.test_training import cli
from triton_data.cli import main
from triton_data.formats.prompts import fenced
from triton_data.train import reward
from triton_data.train.score import interval, pass_at_k, program_in, scores

ANSWERS = {
    "right": SCALE_NEW,
    "wrong": SCALE_NEW.replace("0.0)", "0.5)"),
    "uncompiled": SCALE_NEW.replace("tl.maximum(x, 0.0)", "tl.no_such_function(x)"),
    "unlaunched": SCALE_NEW.replace("scale_kernel[(triton.cdiv(n, 64),)](x, self.factor, out, n, BLOCK=64)", "out = x"),
    "kernelless": SCALE.replace("class Scale", "class ScaleNew"),
    "unparsable": "def forward(self:\n",
}
LEVELS = {  # how far each gets: parses, has_kernel, compiles, correct
    "right": 4, "wrong": 3, "uncompiled": 2, "unlaunched": 2, "kernelless": 1, "unparsable": 0,
}  # fmt: skip


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems/Scale.py").write_text(SCALE)
    return tmp_path / "problems"


def test_each_answer_gets_as_far_as_it_should(tmp_path: Path, problems: Path) -> None:
    words = []
    for name, program in ANSWERS.items():
        row = {"key": "Scale", "completion": f"Here it is:\n\n{fenced(program)}\n\nIt is fast."}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
        words.append(f"{name}={name}.jsonl")
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(io.StringIO()) as written:
        main(["eval", *words, "--tasks", "problems", "--out", "found", "--json"])
    said = json.loads(written.getvalue())
    passed = {name: sum(score["value"] for score in each) for name, each in said.items()}
    assert passed == LEVELS
    why = {name: json.loads((tmp_path / f"found/{name}.jsonl").read_text())["why"] for name in ANSWERS}
    assert why["wrong"] == "wrong_values" and why["unlaunched"] == "not_launched" and not why["right"]
    assert "no_such_function" in why["uncompiled"]


WORTH = [
    ("right", 1.0), pytest.param("wrong", 0.2, marks=pytest.mark.slow), ("kernelless", 0.1), ("unparsable", 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "worth"), WORTH)
def test_a_reward_is_what_the_verifier_says(name: str, worth: float) -> None:
    truth = json.dumps({"entry": "Scale", "python_code": SCALE})
    assert reward.compute_score("triton_data", fenced(ANSWERS[name]), truth, {}) == worth


def test_a_verifier_that_cannot_run_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_DATA", shlex.join([sys.executable, "-m", "triton_data", "--no-such-option"]))
    with pytest.raises(RuntimeError, match="no-such-option"):
        reward.compute_score("triton_data", fenced(SCALE_NEW), json.dumps({"python_code": SCALE}))


class Server(BaseHTTPRequestHandler):
    """OpenAI's protocol, as far as a completion needs it; the first question of all is answered with 503."""

    asked: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body))
        if len(self.asked) == 1:
            self.send_response(503)
            self.end_headers()
            return
        good = body["seed"] % 2 == 0
        text = fenced(SCALE_NEW) if good else "I cannot do that."
        if self.path.endswith("/chat/completions"):
            choice: dict[str, Any] = {"message": {"role": "assistant", "content": text}}
        else:  # the prompt has opened the fence
            choice = {"text": text.removeprefix("```python\n")}
        data = json.dumps({"choices": [{"index": 0, **choice}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Server.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/v1"
        http.shutdown()


@pytest.mark.parametrize("how", ["--chat", pytest.param("--text", marks=pytest.mark.slow)])
def test_a_server_that_speaks_openais_protocol(tmp_path: Path, problems: Path, server: str, how: str) -> None:
    words = ["--tasks", "problems", "--samples", "2", "--k", "1,2", "--device", "none", "--no-write-up", how]
    said = json.loads(cli("eval", f"it={server}#a-model", *words, "--json", cwd=tmp_path))
    found = {(score["level"], score["k"]): score["value"] for score in said["it"]}
    assert found[("compiles", 1)] == 0.5 and found[("compiles", 2)] == 1.0
    assert ("correct", 1) not in found  # it was not asked
    path, body = Server.asked[-1]
    assert body["model"] == "a-model" and len(Server.asked) == 3
    assert path == ("/v1/chat/completions" if how == "--chat" else "/v1/completions")
    prompt = body["messages"][1]["content"] if how == "--chat" else body["prompt"]
    assert SCALE.strip() in prompt and "ScaleNew" in prompt


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.jsonl"], "NAME=SOURCE"),
        (["a=nowhere"], "neither a URL"),
        (["a=a.jsonl"], "has the key of a task"),
        (["a=http://127.0.0.1:9/v1"], "no answer"),
        (["a=a.jsonl", "--k", "3"], "--samples 3"),
        (["a=a.jsonl", "--target", "sm_1"], "sm_1"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path, problems: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "a.jsonl").write_text('{"key": "other", "completion": ""}\n')
    assert said in mistake(["eval", *words, "--tasks", "problems"], tmp_path, monkeypatch, capsys)


# ---- numbers -------------------------------------------------------------------------------------------------------


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_is_the_share_of_draws_with_a_pass(numbers: tuple[int, int, int]) -> None:
    from math import comb

    samples, passed, k = numbers
    without = comb(samples - passed, k) if samples - passed >= k else 0
    assert pass_at_k(samples, passed, k) == pytest.approx(1 - without / comb(samples, k))


@given(st.integers(1, 500), st.floats(0, 1))
def test_the_interval_holds_its_value(tasks: int, value: float) -> None:
    low, high = interval(value, tasks)
    assert 0 <= low <= value + 1e-9 and value - 1e-9 <= high <= 1


def test_what_could_not_be_asked_is_not_counted() -> None:
    asked = {"parses": True, "has_kernel": True, "compiles": True, "correct": None}
    assert {score.level for score in scores({"a": [asked]}, [1])} == {"parses", "has_kernel", "compiles"}


def test_the_program_is_the_longest_fenced_one() -> None:
    assert program_in("x\n```python\na = 1\n```\n```python\na = 1\nb = 2\n```\n") == "a = 1\nb = 2\n"
    assert program_in("a = 1") == "a = 1"
    assert program_in("a = 1\n```\nand so on", "```python\n") == "a = 1\n"
    assert program_in("```\na = 1\n") == "a = 1\n"  # cut off before its end
