"""Problems of a benchmark in other clothes are found by what they compute; neighbours are not."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.curate import disguises, second_disguises, third_disguises
from tests.curate.disguises import OTHER, SAME, WITHIN
from tests.curate.found import Found, found_in, names, wrong
from tests.curate.not_found import FLAGGED, NOT_FOUND


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("first"), disguises)


@pytest.mark.parametrize("name", sorted(SAME))
def test_a_disguised_problem_is_left_out(found: Found, name: str) -> None:
    assert f"Ours/{SAME[name][0]}" in names(found[name])
    assert "contaminated" in found[name].reasons


@pytest.mark.parametrize("name", sorted(WITHIN))
def test_what_holds_a_problem_and_more_is_flagged(found: Found, name: str) -> None:
    decision = found[name]
    assert f"Ours/{WITHIN[name][0]}" in names(decision)
    if "contaminated" not in decision.reasons:  # its words are enough to leave it out for some
        assert "contains_problem" in decision.reasons and decision.keep


@pytest.mark.parametrize("name", sorted(OTHER))
def test_a_neighbour_is_let_alone(found: Found, name: str) -> None:
    assert not names(found[name])


@pytest.mark.parametrize(("name", "of"), [("second", second_disguises), ("third", third_disguises)])
def test_of_the_other_sets_just_these_are_missed(tmp_path: Path, name: str, of: ModuleType) -> None:
    seen = wrong(found_in(tmp_path, of), of)
    assert seen.missed == NOT_FOUND[name]
    assert seen.flagged == FLAGGED[name]
    assert not seen.not_within
