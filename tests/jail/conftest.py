"""Tests of the jail start their own: they end its processes."""

import pytest

from triton_data.jail.standing import place


@pytest.fixture(autouse=True, scope="module")
def own_jails():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(place.VARIABLE, place.OFF)
        yield
