"""The collector does not see a repository's trees, and sees everything again once the repository is done."""

from __future__ import annotations

import gc

from triton_data.extract.source.gc_pause import no_collection, one_repository


def test_set_aside_until_the_repository_ends() -> None:
    before = gc.get_freeze_count()
    with one_repository():
        with no_collection():
            assert not gc.isenabled()
            kept = [[n] for n in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(kept)
    assert gc.get_freeze_count() == 0


def test_nested_and_off_already() -> None:
    gc.disable()
    try:
        with no_collection():
            pass
        assert not gc.isenabled(), "whoever switched it off switches it on"
    finally:
        gc.enable()
