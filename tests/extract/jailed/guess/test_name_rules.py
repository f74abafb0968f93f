"""Every row of the name tables is reached, and by the name that it is there for."""

import re

import pytest

from triton_data.extract.jailed.guess.name_rules import (
    CONSTRUCTOR_RULES,
    INPUT_RULES,
    InputRule,
    NameRule,
    input_by_name,
    values_by_name,
)


@pytest.mark.parametrize("rule", CONSTRUCTOR_RULES, ids=lambda rule: rule.example)
def test_a_row_decides_about_its_example(rule: NameRule) -> None:
    first = next(each for each in CONSTRUCTOR_RULES if re.search(each.pattern, rule.example))
    assert first is rule
    assert values_by_name(rule.example)[: len(rule.values)] == list(rule.values)


@pytest.mark.parametrize("rule", INPUT_RULES, ids=lambda rule: rule.example)
def test_a_row_decides_about_its_input(rule: InputRule) -> None:
    assert input_by_name(rule.example) is rule


@pytest.mark.parametrize("letter", "cdnkqvmf")
def test_the_last_row_is_the_fallback_for_eight_letters(letter: str) -> None:
    assert values_by_name(f"{letter}zzz") == list(CONSTRUCTOR_RULES[-1].values)


def test_what_no_row_knows_has_no_values() -> None:
    assert values_by_name("zzz") == []
    assert input_by_name("x") is None
