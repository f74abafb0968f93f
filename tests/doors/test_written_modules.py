"""`generate_synth_torch.py` as its write-ups spell it, tried as by somebody new."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.generate.scripted import fenced, good
from tests.llm.billing import Billing, listening
from triton_data.records import Attempt, Program, Sample
from triton_data.store import Store

DOOR = Path(__file__).parents[2] / "triton-data/synthetic_torch_modules/generate_synth_torch.py"
KEYS = ("OPENAI_API_KEY", "GEMINI_API_KEY", "OPENAI_BASE_URL", "GEMINI_BASE_URL")


def knock(*words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in KEYS}
    return subprocess.run(
        [sys.executable, str(DOOR), *words], capture_output=True, text=True, cwd=cwd, env={**env, **more}
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((".single_debug",), "no key for gemini: put GEMINI_API_KEY=… into .env"),
        ((".parallel", "num_total_samples=5000", "model_name=openai"), "no key for openai"),
        ((".paralel",), "did you mean '.parallel'?"),
        ((".parallel", "num_workers=3"), "did you mean 'num_worker'?"),
        ((".parallel", "num_total_samples=many"), "is not a whole number"),
        ((".parallel", "num_core_ops_range=[5,1]"), "is no range"),
        ((".parallel", "p_value=0"), "above 0"),
        ((".parallel", "model_name=gemni"), "did you mean 'gemini'?"),
        ((".parallel", "model_name=custom", "custom=none.py"), "generate_custom_llm"),
        ((".parallel", "model_name=openai", "prompts=prompts_sam"), "no key"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, words, says):
    done = knock(*words, cwd=tmp_path)
    assert done.returncode == 2 and says in done.stderr
    assert done.stderr.count("\n") == 1 and done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_says_what_it_would_cost_without_a_key(tmp_path):
    done = knock(".parallel", "num_total_samples=5000", "dry_run=true", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "gemini/gemini-2.5-flash: 5000 samples left" in done.stdout and "$" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_one_module_with_neither_key_nor_network(tmp_path):
    done = knock(".single_debug", "model_name=offline", "validate=eager", "output_dir=made", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "offline is no language model" in done.stderr and "── verdict ──\nvalid" in done.stderr
    assert "1 of 1 samples are valid modules in made" in done.stdout
    (path,) = (tmp_path / "made").glob("*.py")
    assert f"class {path.stem}(nn.Module)" in path.read_text()


def test_a_key_in_the_dotenv_is_used_and_shown_nowhere(tmp_path):
    (tmp_path / ".env").write_text("export OPENAI_API_KEY='sk-from-the-file'\n")
    with listening(Billing(lambda body, number: fenced(good(1, "Model")))) as server:
        done = knock(".single_debug", "model_name=openai", f"base_url={server.url}", "validate=eager", cwd=tmp_path)
        assert server.heads[0]["authorization"] == "Bearer sk-from-the-file"
    assert done.returncode == 0, done.stderr
    assert "sk-from-the-file" not in done.stdout + done.stderr
    files = [path for path in (tmp_path / "generated_programs").rglob("*") if path.is_file()]
    assert files and not any(b"sk-from-the-file" in path.read_bytes() for path in files)


@pytest.mark.slow
def test_a_local_server_is_asked_for_its_model(tmp_path):
    with listening(Billing(lambda body, number: fenced(good(2, "Model")))) as server:
        done = knock(".single_debug", "model_name=local", f"base_url={server.url}", "validate=eager", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with Store.read(tmp_path / "generated_programs/.run-single") as store:
        assert next(store.records(Attempt)).model == "tiny"


@pytest.mark.slow
def test_a_function_of_ones_own_is_asked(tmp_path):
    (tmp_path / "mine.py").write_text(
        f"def generate_custom_llm(prompt, **kwargs):\n    return {fenced(good(3, 'Model'))!r}\n"
    )
    done = knock(".single_debug", "model_name=custom", "custom=mine.py", "validate=eager", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_operators_can_be_counted(tmp_path):
    count = "from operators import *; print(len(core_operators + compound_operators + supporting_operators))"
    done = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, cwd=DOOR.parent)
    assert done.returncode == 0 and int(done.stdout) > 100


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_three_at_once_into_one_folder_and_on_into_the_pipeline(tmp_path):
    """The mixed strategy of the write-ups, a file tried by hand, and --evaluate-all over what they made."""
    usual = ["model_name=offline", "num_total_samples=2", "validate=eager", "num_core_ops_range=[1,2]",
             "num_compound_ops_range=[0,0]", "num_supporting_ops_range=[1,3]"]  # fmt: skip
    started = [
        subprocess.Popen([sys.executable, str(DOOR), ".parallel", *usual, f"p_value={p}"], cwd=tmp_path)
        for p in (0.1, 0.3, 0.5)
    ]
    assert [process.wait(600) for process in started] == [0, 0, 0]
    files = sorted((tmp_path / "generated_programs").glob("*.py"))
    assert 4 <= len(files) <= 6
    ask = f"from utils import test_synthetic_model; print(test_synthetic_model({str(files[0])!r}))"
    tried = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, cwd=DOOR.parent)
    assert tried.stdout.endswith("valid\nTrue\n"), tried.stderr
    main = DOOR.parents[1] / "scraper/generator/main.py"
    command = [sys.executable, str(main), "--evaluate-all", "--compile_mode", "dynamo", "--backend", "inductor",
               "--jobs", "2", "--run-dir", "runs/combined", "--synthetic_data_dir", "generated_programs/"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with Store.read(tmp_path / "runs/combined") as store:
        assert store.count(Program) >= len(files)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_again_and_again_it_pays_once_and_ends_as_if_nothing_had_been(tmp_path):
    rng, number, kills, workers = random.Random(3), 40, 8, 4
    with listening(Billing(lambda body, asked: fenced(good(int(body["seed"]) % 64, "Model")), delay=0.2)) as server:
        words = [".parallel", "model_name=openai", f"base_url={server.url}", "validate=eager", "steer=false",
                 f"num_total_samples={number}", f"num_worker={workers}", "max_retries=0"]  # fmt: skip
        env = {**os.environ, "OPENAI_API_KEY": "sk-none"}
        command = [sys.executable, str(DOOR), *words]
        for _ in range(kills):
            process = subprocess.Popen(
                command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            before = server.requests
            while server.requests == before and process.poll() is None:
                time.sleep(0.01)
            time.sleep(rng.uniform(0.0, 2.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
        (run_dir,) = (tmp_path / "generated_programs").glob(".run-*")
        had = (
            sqlite3.connect(run_dir / "run.db").execute("SELECT request FROM questions WHERE reply NOT NULL").fetchall()
        )
        bills = dict(server.bills)
        done = knock(*words, cwd=tmp_path, OPENAI_API_KEY="sk-none")
        assert done.returncode == 0, done.stderr
        assert all(server.bills[request] == bills[request] for (request,) in had)
        assert sum(server.bills.values()) - len(server.bills) <= kills * workers
    with Store.read(run_dir) as store:
        assert store.count(Sample) == number and store.count_unfinished(Sample, "llm_modules") == 0
        kept = {program.entry: program.text for program in store.records(Program)}
    files = {path.stem: path.read_text() for path in (tmp_path / "generated_programs").glob("*.py")}
    assert files == kept
