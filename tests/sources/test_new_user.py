"""What someone meets who starts here: no token, a wrong one, a plan before the work, and typing mistakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.conftest import ROOT, command, files
from tests.sources.hub import FakeRepo, Fault, Hub, make_bare, serving


def hub(tmp_path: Path) -> Hub:
    repo = FakeRepo(1, "a/kernels", 500, {"k.py": b"import triton\n"})
    make_bare(tmp_path, repo)
    return Hub([repo], tmp_path)


def test_the_door_with_no_token(tmp_path: Path) -> None:
    env = {**os.environ, "GITHUB_TOKEN": "", "GH_TOKEN": ""}
    with serving(hub(tmp_path)) as base:
        line = [sys.executable, str(ROOT / "triton-data/scrape_github.py"), "--base-url", base, "--json"]
        done = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert "no GitHub token" in done.stderr and "5,000" in done.stderr
    assert json.loads(done.stdout)["stages"]["scrape"]["records"] == {"files": 1}
    assert list(files(tmp_path / "runs/github")) == ["a/kernels:k.py"]


def test_a_wrong_token_is_one_line(tmp_path: Path) -> None:
    with serving(hub(tmp_path)) as base:
        process = command("scrape", "github:", "--base-url", base, "--run-dir", tmp_path / "run", token="wrong-secret")
        out, told = process.communicate()
    assert process.returncode == 2 and out == ""
    assert told.count("\n") == 1 and "refuses the GitHub token" in told and "GITHUB_TOKEN" in told
    assert "wrong-secret" not in told


@pytest.mark.parametrize("token", ["", "good-token"])
def test_a_plan_before_the_work(tmp_path: Path, token: str) -> None:
    many = [FakeRepo(i, f"o/r{i}", 100 + i) for i in range(2500)]
    with serving(Hub(many)) as base:
        args = (
            "scrape",
            "github:",
            "--query",
            "topic:triton",
            "--base-url",
            base,
            "--run-dir",
            tmp_path / "run",
            "--dry-run",
            "--json",
        )
        process = command(*args, token=token)
        out, told = process.communicate()
    assert process.returncode == 0, told
    plan = json.loads(out)
    assert plan["steps"][0]["results"] == 2500 and plan["steps"][0]["slices"] > 2
    assert 25 < plan["total"]["requests"] < 120 and plan["total"]["minutes"] > 0
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["githb:"], "did you mean 'github'?"),
        (["https://github.com/a/b"], "write github:https://github.com/a/b"),
        (["https://gitlab.com/a/b"], "write git:https://gitlab.com/a/b"),
        (["a/b"], "write github:a/b"),
        (["tests"], "write dir:tests"),
        (["github:https://gitlab.com/a/b"], "on gitlab.com, not on GitHub"),
        (["github:nobody"], "write github:OWNER/NAME"),
        (["github:", "--repos-file", "absent.txt"], "absent.txt: No such file"),
        (["github:", "--since", "yesterday"], "is not a date"),
        (["github:", "--base-url", "example"], "is not a URL"),
        (["github:", "--base-url", "https://me:secret@h/api/v3"], "leave user and password out of --base-url"),
        (["pypi-top:5"], "--names-file"),
        (["pypi-top:few", "--names-file", "x"], "needs a number"),
        (["pypi:a b"], "is not a package"),
        (["git:/absent"], "no git repository /absent"),
        (["dir:.", "--query", "x"], "need the source github:"),
        (["github:", "--repos-file", "/dev/null/x"], "cannot read the repos file"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, args: list[str], says: str) -> None:
    process = command("scrape", *args, "--run-dir", tmp_path / "run")
    out, told = process.communicate()
    assert process.returncode == 2 and out == ""
    assert told.count("\n") == 1 and says in told, told
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_host_that_is_not_there_is_one_line(tmp_path: Path, more: tuple[str, ...]) -> None:
    with serving(Hub([])) as base:
        pass  # nobody listens there any more
    process = command("scrape", "github:", "--base-url", base, "--run-dir", tmp_path / "run", *more, token="good-token")
    out, told = process.communicate()
    assert process.returncode == 2 and out == ""
    assert told.count("\n") == 1 and "look at the network" in told and "until" not in told, told


def test_a_web_address_instead_of_the_api_is_one_line(tmp_path: Path) -> None:
    small = hub(tmp_path)
    small.faults.append(Fault("rate_limit|GET /web/? ", lambda h: h.reply(404, b"<html>no such page") is None, times=9))
    with serving(small) as base:
        process = command("scrape", "github:", "--base-url", f"{base}/web", "--run-dir", tmp_path / "run")
        out, told = process.communicate()
    assert process.returncode == 2 and out == ""
    assert "https://HOST/api/v3" in told.splitlines()[-1] and "Traceback" not in told


def test_settings_that_let_nothing_through(tmp_path: Path) -> None:
    config = tmp_path / "run.toml"
    config.write_text('run_dir = "run"\n[scrape]\nsources = ["dir:."]\nstall = 0\n')
    process = command("run", config, cwd=tmp_path)
    _, told = process.communicate()
    assert process.returncode == 2
    assert "stall = 0" in told and told.count("\n") == 1
