"""What hurt people in their first hour, each as it was: a mistake is one line, and nothing good is lost to it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.export.a_run import kernel, make_run
from triton_data import __version__, pipeline
from triton_data.capture.toolchain import versions
from triton_data.cli import cli
from triton_data.commands.looking.dropped import line, printable
from triton_data.errors import Misuse
from triton_data.export.publish import staged
from triton_data.records import Drop, Kernel, Outcome
from triton_data.sources.folder import Folder
from triton_data.store import Store

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "examples/program.py"


def said(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


def typed(*args: str | Path, cwd: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    env = os.environ if path is None else {**os.environ, "PATH": path}
    command = [sys.executable, "-m", "triton_data", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env, timeout=120)


# ---- nothing is replaced by less ---------------------------------------------------------------------------------


def put(place: Path, text: str, entries: int, made_of: str, force: bool = False) -> None:
    with staged(place, force, made_of) as made:
        made.path.write_text(text)
        made.entries = entries


def test_a_file_is_replaced_by_more_of_the_same(tmp_path: Path) -> None:
    put(tmp_path / "a.json", "two", 2, "the run A")
    put(tmp_path / "a.json", "three", 3, "the run A")
    assert (tmp_path / "a.json").read_text() == "three"


@pytest.mark.parametrize(
    ("entries", "made_of", "why"),
    [(1, "the run A", "holds 2 entries, and this would leave 1"), (9, "the run B", "was made of the run A")],
)
def test_a_file_is_not_replaced_by_less_or_by_something_else(
    tmp_path: Path, entries: int, made_of: str, why: str
) -> None:
    put(tmp_path / "a.json", "two", 2, "the run A")
    with pytest.raises(Misuse, match=why):
        put(tmp_path / "a.json", "new", entries, made_of)
    assert (tmp_path / "a.json").read_text() == "two"
    put(tmp_path / "a.json", "new", entries, made_of, force=True)
    assert (tmp_path / "a.json").read_text() == "new"


def test_what_an_older_version_wrote_is_known_by_its_digest_alone(tmp_path: Path) -> None:
    put(tmp_path / "a.json", "two", 2, "the run A")
    marker = tmp_path / ".triton-data.json"
    marker.write_text(json.dumps({name: each["digest"] for name, each in json.loads(marker.read_text()).items()}))
    put(tmp_path / "a.json", "one", 1, "the run B")
    assert (tmp_path / "a.json").read_text() == "one"


def test_create_json_of_an_empty_folder_leaves_a_good_dataset_alone(tmp_path: Path) -> None:
    door = [sys.executable, str(ROOT / "triton-data/create_json.py")]
    good, empty = tmp_path / "good", tmp_path / "empty"
    for folder in (good, empty):
        folder.mkdir()
    (good / "k.py").write_text("import triton\n\n\n@triton.jit\ndef f(x):\n    pass\n")
    subprocess.run([*door, "good"], cwd=tmp_path, check=True, capture_output=True)
    before = (tmp_path / "datasets/triton_functions.json").read_bytes()
    done = subprocess.run([*door, "empty"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "no @triton.jit function under empty" in done.stderr
    assert (tmp_path / "datasets/triton_functions.json").read_bytes() == before


# ---- runs and their folders --------------------------------------------------------------------------------------


def test_a_run_goes_on_from_another_folder_and_without_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, elsewhere = tmp_path / "here/source", tmp_path / "elsewhere"
    source.mkdir(parents=True)
    elsewhere.mkdir()
    (source / "k.py").write_text("import triton\n")
    monkeypatch.chdir(tmp_path / "here")
    assert said("scrape", "dir:source", "--run-dir", tmp_path / "run").exit_code == 0
    with Store.read(tmp_path / "run") as store:
        assert pipeline.saved_config(store).scrape.sources == (f"dir:{source}",)
    (source / "k.py").unlink()
    source.rmdir()
    monkeypatch.chdir(elsewhere)
    for verb in (["status"], ["extract"], ["rewrite"], ["curate"], ["export", "--out", str(elsewhere / "out")]):
        done = said(*verb, "--run-dir", tmp_path / "run")
        assert done.exit_code == 0, (verb, done.output, done.exception)


@pytest.mark.parametrize("verb", ["extract", "capture", "rewrite", "verify", "curate", "export", "status"])
def test_a_mistyped_run_dir_makes_nothing(tmp_path: Path, verb: str) -> None:
    done = said(verb, "--run-dir", tmp_path / "rnu")
    assert isinstance(done.exception, Misuse) and "no run in" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_another_config_is_not_mixed_into_a_run_unsaid(tmp_path: Path) -> None:
    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.toml").write_text(
            f'run_dir = "{tmp_path / "run"}"\n[scrape]\nsources = ["dir:{tmp_path / name}"]\n[export]\nformats = []\n'
            "[report]\nmake = false\n"
        )
    said("scrape", f"dir:{tmp_path / 'mine'}", "--run-dir", tmp_path / "run")
    mixed = said("run", tmp_path / "other.toml")
    assert isinstance(mixed.exception, Misuse) and "--add to have both in one run" in str(mixed.exception)
    with (tmp_path / "mine.toml").open("a") as file:
        file.write('[capture]\ntargets = ["sm_80"]\n')
    again = said("run", tmp_path / "mine.toml")
    assert 'was asked otherwise: capture.targets: ["sm_90"] before, ["sm_80"] now' in again.stderr, again.output
    assert "was asked otherwise" not in said("run", tmp_path / "mine.toml").stderr
    assert not isinstance(said("run", tmp_path / "other.toml", "--add").exception, Misuse)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "run.db") as other:
        other.execute("CREATE TABLE mine (x)")
    before = (tmp_path / "run.db").read_bytes()
    for verb in (["status"], ["scrape", f"dir:{ROOT / 'examples/minirepo'}"]):
        done = said(*verb, "--run-dir", tmp_path)
        assert isinstance(done.exception, Misuse) and "somebody else's database" in str(done.exception)
    assert (tmp_path / "run.db").read_bytes() == before


def test_without_git_a_git_source_is_refused_at_once(tmp_path: Path) -> None:
    done = typed("scrape", "git:https://example.org/a/b.git", "--run-dir", "run", cwd=tmp_path, path=str(tmp_path))
    assert done.returncode == 2 and "git is not installed, and git:https://example.org/a/b.git needs it" in done.stderr
    assert not (tmp_path / "run").exists()


# ---- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["capture", "rewrite", "extract"])
def test_an_out_that_cannot_be_written_is_said_before_the_work(tmp_path: Path, verb: str) -> None:
    (tmp_path / "file").write_text("")
    started = time.monotonic()
    done = typed(verb, PROGRAM, "--out", tmp_path / "file/out", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "cannot write under" in done.stderr
    assert time.monotonic() - started < 60, "and no process is left that is waited for"


def test_two_targets_of_a_rewrite_are_called_two(tmp_path: Path) -> None:
    done = said("rewrite", PROGRAM, "--target", "sm_90,sm_80", "--out", tmp_path)
    assert isinstance(done.exception, Misuse) and "one GPU here" in str(done.exception)


# ---- what was dropped --------------------------------------------------------------------------------------------


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    run = make_run(tmp_path / "run", (kernel(1),))
    with Store.open(run) as store:
        (one,) = store.records(Kernel)
        parts = tuple(Drop("needs:frozendict", "No module named 'frozendict'", f"net.py:Net{n}") for n in range(3))
        store.commit("extract", [Outcome("revision", (), parts)])
        store.commit("alone", [Outcome(one.key, (), (Drop("odd", "\x1b[2Jboom\nmore"),))])
    return run


def test_drops_have_their_place_and_message(dropped: Path) -> None:
    rows = [json.loads(row) for row in said("status", "--run-dir", dropped, "--dropped", "--json").output.splitlines()]
    assert [row["what"] for row in rows if row["reason"] == "needs:frozendict"] == ["net.py:Net0", "net.py:Net1",
                                                                                   "net.py:Net2"]  # fmt: skip
    (odd,) = (row for row in rows if row["reason"] == "odd")
    assert odd["what"] == kernel(1).name and odd["where"].startswith(kernel(1).origin.repo)
    assert line(odd).isprintable() and "boom more" in line(odd)


def test_drops_of_one_reason_and_of_a_misspelt_one(dropped: Path) -> None:
    assert said("status", "--run-dir", dropped, "--dropped", "odd").output.count("\n") == 1
    wrong = said("status", "--run-dir", dropped, "--dropped", "needs:frozendct")
    assert isinstance(wrong.exception, Misuse) and "did you mean 'needs:frozendict'" in str(wrong.exception)


def test_what_an_item_takes_does_not_count_what_lay_between(dropped: Path) -> None:
    """A stage may have two rounds with others between them, or go on the next day."""
    with Store.open(dropped) as store:
        for n, finished in enumerate((1000.0, 90000.0)):
            store.commit("rewrite", [Outcome(f"item{n}", (), (Drop("odd", ""),), seconds=3.0)])
            store.db.execute("UPDATE outcomes SET finished = ? WHERE item = ?", (finished, f"item{n}"))
        store.db.commit()
    counted = json.loads(said("status", "--run-dir", dropped, "--json").output)
    assert counted["stages"]["rewrite"]["seconds_per_item"] == 3.0
    assert "s/item" in said("status", "--run-dir", dropped).output


def test_status_says_what_would_help_most(dropped: Path) -> None:
    assert "3 classes need frozendict: install it" in said("status", "--run-dir", dropped).output


def test_a_stage_that_made_nothing_of_everything_fails(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/model.py").write_text("def broken(:\n")
    done = said("scrape", f"given:{tmp_path / 'broken'}", "--run-dir", tmp_path / "run")
    assert done.exit_code == 1 and "given: nothing came of 1 items" in done.stderr


def test_unprintable_characters_do_not_reach_a_terminal() -> None:
    assert printable("a\x1b[31mb\u202ec\x07") == "a [31mb c "


# ---- ids and versions --------------------------------------------------------------------------------------------


def test_captures_name_this_version() -> None:
    assert dict(versions())["triton_data"] == __version__


# ---- silence -----------------------------------------------------------------------------------------------------


def test_a_folder_in_which_nothing_is_found_is_said(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(bytes(range(256)))
    done = said("extract", tmp_path)
    assert done.exit_code == 1 and "nothing was found" in done.stderr


def test_a_source_in_which_nothing_is_found_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = said("scrape", f"dir:{tmp_path / 'empty'}", "--run-dir", tmp_path / "run")
    assert done.exit_code == 1 and "nothing was found in dir:" in done.stderr


def test_a_place_that_cannot_be_written_is_said_by_init() -> None:
    done = said("init", "/proc/nowhere")
    assert isinstance(done.exception, Misuse) and "cannot write /proc/nowhere/triton-data.toml" in str(done.exception)


def test_two_files_that_are_not_there_are_said_before_torch_is_loaded(tmp_path: Path) -> None:
    """What loads torch first also keeps the jail waiting, which loads at the same time."""
    script = "import sys; from triton_data.cli import cli\ntry: cli(sys.argv[1:], standalone_mode=False)\n"
    script += "except Exception as error: print(type(error).__name__, 'torch' in sys.modules)"
    words = ["verify", str(tmp_path / "a.py"), str(tmp_path / "b.py")]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True)
    assert done.stdout.split() == ["Misuse", "False"], done.stderr


def test_a_folder_that_cannot_be_read_is_said() -> None:
    with tempfile.TemporaryDirectory() as place:  # not pytest's own, which is closed to others
        closed = Path(place, "closed")
        closed.mkdir()
        Path(place).chmod(0o755)
        closed.chmod(0)
        for folder in (place, closed):
            assert as_ordinary_user(partial(listed, str(folder))).startswith("cannot read")
        closed.chmod(0o700)


def listed(folder: str) -> object:
    return Folder.parse(folder).paths()


def as_ordinary_user(ask: Callable[[], object]) -> str:
    """What a mistake says, in a fork that is nobody: root may read everything."""
    reading, writing = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            ask()
        except Misuse as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        return answer.read()
