"""Every attack, contained. `pytest -m slow tests/attacks` adds the other configurations; table.py prints them all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks import deceit, exhaustion, fourth_look, reach, second_look, third_look
from tests.attacks.attack import Attack
from tests.attacks.controls import HARMFUL, TELLING
from tests.attacks.undisturbed import Clean
from tests.attacks.world import World
from triton_data.jail import Jail

ATTACKS: list[Attack] = [
    attack
    for module in (exhaustion, reach, deceit, second_look, third_look, fourth_look)
    for attack in module.suite.attacks
]
WITHOUT_NAMESPACES = ("landlock", "seccomp")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    # Not under pytest's own folder, which every pytest that starts on this machine closes to other users.
    with tempfile.TemporaryDirectory(prefix="world-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # nothing but the jail may protect it
        world = World(directory)
        yield world
        world.close()


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail() as jail:
        yield jail
        assert Clean(jail).strays() == []


@pytest.fixture(scope="module")
def clean(jail: Jail) -> Clean:
    return Clean(jail)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_contained(attack: Attack, jail: Jail, world: World, clean: Clean) -> None:
    outcome = attack.run(jail, world.payload())
    assert attack.contained(outcome), (outcome.status, outcome.reason, outcome.value, outcome.output[-500:])
    assert world.harm() == []
    assert clean.disturbed() == ""


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_contained_without_namespaces(attack: Attack, jail: Jail, world: World, clean: Clean) -> None:
    outcome = attack.run(jail, world.payload(), layers=WITHOUT_NAMESPACES)
    assert attack.contained(outcome), (outcome.status, outcome.reason, outcome.value, outcome.output[-500:])
    assert world.harm() == []
    assert clean.disturbed() == ""


@pytest.fixture(scope="module")
def open_jail() -> Iterator[Jail]:
    with Jail(preload=(), allow_unsafe=True) as jail:
        yield jail


@pytest.mark.parametrize("name", [*HARMFUL, *TELLING])
def test_these_attacks_succeed_without_the_layers(name: str, world: World, open_jail: Jail) -> None:
    """Else the suite would prove nothing: the same text, the same uid, no Landlock and no seccomp."""
    attack = next(attack for attack in ATTACKS if attack.name == name)
    outcome = attack.run(open_jail, world.payload(), layers=())
    harm = world.harm(patience_s=2.0 if HARMFUL.get(name) == "reached" else 0.0)
    if "bystander" in harm:
        world.new_bystander()
    world.reset()
    assert "LEAK" in f"{outcome.value} {outcome.output}", outcome
    assert name in TELLING or any(line.startswith(HARMFUL[name]) for line in harm), harm
