"""Attacks are made on a jail of their own: it is looked at from outside while they last."""

import pytest

from triton_data.jail.standing import place


@pytest.fixture(autouse=True, scope="module")
def own_jails():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(place.VARIABLE, place.OFF)
        yield
