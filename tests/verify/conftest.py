"""One jail with the interpreter for all of these tests: starting it takes longer than a verification."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from triton_data.verify.bench.bench import Bench, open_bench


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    with open_bench() as opened:
        yield opened
