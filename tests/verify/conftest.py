"""One jail with the interpreter for all of these tests: starting it takes longer than a verification."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from triton_data.jail import Jail
from triton_data.verify.verify import open_jail


@pytest.fixture(scope="session")
def jail() -> Iterator[Jail]:
    with open_jail() as opened:
        yield opened
