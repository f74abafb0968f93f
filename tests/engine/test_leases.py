"""Who has which item, without a cluster: each is answered once, whatever nodes do."""

from __future__ import annotations

import random

from tests.stages import Named
from triton_data.records import Drop, Outcome
from triton_data.running.engine.cluster.leases import Leases


def leases(n: int, seconds: float = 100.0) -> Leases:
    return Leases((Named(str(i)) for i in range(n)), seconds)


def died(key: str) -> Outcome:
    return Outcome(key, (), (Drop("worker_died", "signal 9 (SIGKILL)"),))


def test_the_first_answer_counts() -> None:
    left = leases(1)
    left.take("slow", 1, now=0)
    assert left.overdue(now=101) == {"slow": {"0"}}
    assert [lease.key for lease in left.take("quick", 1, now=101)] == ["0"]
    assert left.settle([Outcome("0")]) == [Outcome("0")]
    assert left.settle([Outcome("0")]) == []
    assert left.take("slow", 1, now=102) == [] and not left.open


def test_a_worker_that_dies_twice_is_the_items_fault() -> None:
    left = leases(1)
    left.take("a", 1, now=0)
    assert left.settle([died("0")]) == []
    left.take("b", 1, now=0)
    (outcome,) = left.settle([died("0")])
    assert outcome.drops == (Drop("worker_died", "2 times; signal 9 (SIGKILL)"),)
    assert left.take("a", 1, now=0) == [] and not left.open


def test_a_crash_is_blamed_on_one_item_and_not_on_its_neighbours() -> None:
    """Item 3 crashes every node that has it; the others were only beside it."""
    left = leases(20)
    done: list[Outcome] = []
    crashes = 0
    while left.open:
        taken = {node: [lease.key for lease in left.take(node, 5, now=0)] for node in ("a", "b")}
        for node, keys in taken.items():
            if "3" in keys:
                crashes += 1
                done += left.lost(node, crashed=True)
            else:
                done += left.settle([Outcome(key) for key in keys])
    assert crashes == 3
    assert [(each.item, each.drops[0].reason) for each in done if each.drops] == [("3", "node_died")]
    assert sorted(each.item for each in done) == sorted(map(str, range(20)))


def test_machines_that_are_taken_away_cost_no_item() -> None:
    left = leases(4)
    for _ in range(5):
        assert len(left.take("a", 4, now=0)) == 4 or left.waiting
        assert left.lost("a", crashed=False) == []
    done = []
    while left.open:
        done += left.settle([Outcome(lease.key) for lease in left.take("b", 4, now=0)])
    assert len(done) == 4


def test_what_every_node_declines_is_a_drop() -> None:
    left = leases(1)
    left.take("a", 1, now=0)
    assert left.declined("a", {"0": "no network"}, ["a", "b"]) == []
    assert left.take("a", 1, now=0) == []
    left.take("b", 1, now=0)
    (outcome,) = left.declined("b", {"0": "no network"}, ["a", "b"])
    assert outcome.drops == (Drop("no_node", "no network"),)


def test_stopping_leaves_undone_what_has_not_begun() -> None:
    left = leases(10)
    left.take("a", 4, now=0)
    left.stop()
    left.returned("a", ["2", "3"])
    assert left.take("b", 4, now=0) == []
    assert left.open and len(left.settle([Outcome("0"), Outcome("1")])) == 2
    assert not left.open


def test_a_thousand_items_through_everything_that_can_happen() -> None:
    rng = random.Random(7)
    left = leases(1000, seconds=3.0)
    done: list[Outcome] = []
    now = 0.0
    late: list[Outcome] = []  # answers of nodes that were given up
    while left.open:
        now += 1.0
        for node in "abc":
            left.take(node, rng.randint(0, 20), now)
            had = [lease.key for lease in left.of(node)]
            some = rng.sample(had, rng.randint(0, len(had)))
            match rng.randint(0, 5):
                case 0:
                    late += [Outcome(key) for key in had]
                    done += left.lost(node, crashed=False)
                case 1:
                    left.returned(node, some)
                case 2:
                    done += left.settle([*late, *(died(key) for key in some[:1])])
                    late = []
                case _:
                    done += left.settle([Outcome(key) for key in some])
        left.overdue(now)
    assert sorted(each.item for each in done) == sorted(map(str, range(1000)))
