"""Splits by clusters: in proportion, no group on two sides, nothing that was in train is ever in test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.curate.modules import LIKE, distinct
from tests.curate.runs import curated, program
from triton_data.config import CurateConfig
from triton_data.curate.split import SPLITS, TEST, TRAIN, VALIDATION, assign, split_groups

SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=60)
PERCENT = st.tuples(st.integers(0, 40), st.integers(0, 40))
Sides = list[tuple[str, bool]]


def _rows(sizes: list[int]) -> tuple[list[str], list[int]]:
    """Each row a unit of its own, as far as that goes."""
    groups = [group for group, size in enumerate(sizes) for _ in range(size)]
    return [f"u{row}" for row in range(len(groups))], groups


def _split(sizes: list[int], seed: int, percent: tuple[int, int], known: dict[str, str], strata: int = 1) -> Sides:
    units, groups = _rows(sizes)
    return assign(units, groups, split_groups(units, groups, [f"{g % strata}" for g in groups], seed, percent, known))


@given(SIZES, st.integers(0, 3), PERCENT)
def test_a_side_gets_its_share_or_is_short_by_one_group(sizes: list[int], seed: int, percent: tuple[int, int]) -> None:
    sides = [side for side, _ in _split(sizes, seed, percent, {})]
    fits = max((size for size in sizes), default=0)
    for name, share in zip((VALIDATION, TEST), percent, strict=True):
        wanted, got = share / 100 * sum(sizes), sides.count(name)
        assert got <= wanted or got in sizes, "more only where it would have been empty"
        if len(sizes) >= 3 and share:
            assert got, "a side that was asked for is not empty"
        if sum(sizes) >= 100 * fits:
            assert got > wanted - fits - 1
    assert TRAIN in sides or percent == (0, 100)


@given(SIZES, SIZES, st.integers(0, 3), st.integers(1, 3))
def test_no_group_is_on_two_sides_whatever_is_added(sizes: list[int], more: list[int], seed: int, strata: int) -> None:
    units, groups = _rows(sizes)
    before = _split(sizes, seed, (20, 20), {}, strata)
    known = {unit: side for unit, (side, own) in zip(units, before, strict=True) if own}
    whole_units, _ = _rows([*sizes, *more])
    grown = [
        *groups,
        *(group % (len(sizes) + 1) for group in range(len(whole_units) - len(units))),
    ]  # old ones grow, too
    splits = split_groups(whole_units, grown, [f"{g % strata}" for g in grown], seed, (20, 20), known)
    after = assign(whole_units, grown, splits)
    seen: dict[int, str] = {}
    for group, (side, own) in zip(grown, after, strict=True):
        assert not own or seen.setdefault(group, side) == side
    for (old, _), (new, own) in zip(before, after, strict=False):
        assert SPLITS.index(new) <= SPLITS.index(old) and (not own or new == old)


def test_each_family_has_its_share(sizes: tuple[int, ...] = (1,) * 200) -> None:
    sides = _split(list(sizes), 0, (10, 10), {}, strata=4)
    for stratum in range(4):
        own = [side for row, (side, _) in enumerate(sides) if row % 4 == stratum]
        assert (own.count(TEST), own.count(VALIDATION)) == (5, 5)


def test_few_large_clusters_still_leave_something_for_each_side(tmp_path: Path) -> None:
    """Three templates of 12 programs each, and three programs alone, in one repository."""
    originals = distinct(6, seed=31)
    like = next(iter(LIKE.values()))
    texts = [text for each in originals[:3] for text in _grown(each, like)] + originals[3:]
    records = [program(text, "o/one", entry=f"E{number}") for number, text in enumerate(dict.fromkeys(texts))]
    config = CurateConfig(decontaminate="off", dedup="off", split_by="cluster", validation=10, test=10)
    decisions = curated(tmp_path, records, config)
    kept = [each for each in decisions.values() if each.keep]
    assert len(kept) == len(records), "none is on the wrong side"
    assert {each.split for each in kept} == set(SPLITS)
    sides: dict[str, set[str]] = {}
    for each in kept:
        sides.setdefault(each.family, set()).add(each.split)
    assert all(len(each) == 1 for each in sides.values())
    again = curated(tmp_path / "per", records, replace(config, per_family=True))
    assert {each.split for each in again.values()} >= {"train"}


def _grown(text: str, like: Callable[[str], str]) -> list[str]:
    made = [text]
    for _ in range(11):
        made.append(like(made[-1]))
    return made
