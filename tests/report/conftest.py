"""Reports for tests: one of two thousand pairs (`-m slow`: ten thousand), and the browser that opens it from disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import browser as chromium
import made_run
from triton_data.commands.looking.report import make
from triton_data.report.folder import Report
from triton_data.store import Store

PAIRS = [2_000, pytest.param(10_000, marks=pytest.mark.slow)]


@pytest.fixture(scope="package", params=PAIRS)
def pairs(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="package")
def large(pairs: int, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    run = made_run.make(tmp_path_factory.mktemp("large") / "run", pairs)
    with Store.read(run) as store:
        return run, make(store)


@pytest.fixture(scope="package")
def driver() -> Iterator[Any]:
    if why := chromium.missing():
        pytest.skip(why)
    with chromium.browser() as started:
        started.set_script_timeout(30)
        yield started
