"""What the judge's tasks name is there: a name that leads nowhere is seen only when a task runs."""

import importlib

import pytest

from triton_data.verify.judge import entries

NAMES = {name: value for name, value in vars(entries).items() if name.isupper()}


@pytest.mark.parametrize("entry", NAMES.values(), ids=NAMES)
def test_names_lead_to_functions(entry: str) -> None:
    module, _, name = entry.partition(":")
    assert callable(getattr(importlib.import_module(module), name))
