"""A subset of a stage: shards share out the items, and what is left out stays to be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages import Numbered
from triton_data.records import Outcome
from triton_data.running.item_subset import ItemSubset
from triton_data.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path)


def keys(subset: ItemSubset, store: Store) -> list[str]:
    return [item.key for item in subset.of(Numbered(50, {}, name="extract")).todo(store)]


def test_every_item_is_in_one_shard(store: Store) -> None:
    shards = [keys(ItemSubset(shard=n, shards=3), store) for n in range(3)]
    assert sorted(key for shard in shards for key in shard) == sorted(keys(ItemSubset(), store))
    assert all(len(shard) > 5 for shard in shards)


def test_a_limit_goes_on_where_the_last_one_ended(store: Store) -> None:
    first = keys(ItemSubset(limit=4), store)
    store.commit("extract", [Outcome(key) for key in first])
    second = keys(ItemSubset(limit=4), store)
    assert (len(first), len(second)) == (4, 4)
    assert not set(first) & set(second)
    assert ItemSubset(limit=4).of(Numbered(6, {}, name="extract")).count(store) == 2


def test_named_items_only_and_other_stages_whole(store: Store) -> None:
    assert keys(ItemSubset(only=frozenset({"7:ok"})), store) == ["7:ok"]
    rewrite = Numbered(5, {}, name="rewrite")
    assert ItemSubset(limit=1).of(rewrite) is rewrite
