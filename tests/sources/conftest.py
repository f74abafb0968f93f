"""One command line run against a hub on loopback, in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from triton_data import pipeline
from triton_data.config import Config, ScrapeConfig
from triton_data.records import Candidate, SourceFile
from triton_data.running.engine.local import LocalEngine
from triton_data.running.stage import run_stage
from triton_data.sources import rounds
from triton_data.sources.discover import DiscoverStage
from triton_data.sources.fetching import retry_after
from triton_data.store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers inherit neither patches nor this; they get short waits by their settings."""
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(retry_after, "FIRST_RETRY", 0.01)
    monkeypatch.setattr(rounds, "FIRST_PAUSE", 0.05)


def settings(base: str, **more: Any) -> ScrapeConfig:
    plain: dict[str, Any] = {"sources": ("github:",), "query": "topic:triton", "base_url": base, "stall": 2.0}
    return ScrapeConfig(**{**plain, **more})


def scrape(run_dir: Path, config: ScrapeConfig) -> None:
    """Both stages with real workers, as `triton-data scrape` runs them."""
    pipeline.execute(Config(run_dir=str(run_dir), jobs=2, scrape=config), pipeline.GATHERING)


def discover(run_dir: Path, config: ScrapeConfig) -> None:
    """Candidates and nothing else."""
    with Store.open(run_dir) as store:
        pipeline.remember(store, Config(run_dir=str(run_dir), scrape=config))
        stage = DiscoverStage(config, run_dir)
        while stage.count(store):
            run_stage(stage, store, LocalEngine(1))


def command(*args: str | Path, token: str = "", cwd: Path = ROOT, module: bool = True) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("GITHUB_TOKEN", "GH_TOKEN")}
    env |= {"GITHUB_TOKEN": token} if token else {}
    line = [sys.executable, *(["-m", "triton_data"] if module else []), *map(str, args)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd=cwd)


def files(run_dir: Path) -> dict[str, SourceFile]:
    with Store.read(run_dir) as store:
        return {f"{f.origin.repo}:{f.origin.path}": f for f in store.records(SourceFile)}


def candidates(run_dir: Path) -> dict[str, Candidate]:
    with Store.read(run_dir) as store:
        return {c.origin.repo: c for c in store.records(Candidate)}


def drops(run_dir: Path) -> Counter[str]:
    with Store.read(run_dir) as store:
        return Counter({reason: n for _, _, status, reason, n, _ in store.outcome_counts() if status == "dropped"})
