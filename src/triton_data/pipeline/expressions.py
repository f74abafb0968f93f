"""The operator table as expressions that a hand-written kernel may be recognised by.

In: the table of generate/operators. Out: its entries as templates, with the settings that a few draws give them.
Not covered: filling them in (extract/jailed/launchers/).
"""

from __future__ import annotations

from functools import cache

from triton_data.extract.references.expression import Expression

DRAWS = 12
SETTINGS = 4  # values of one setting


@cache
def expressions() -> tuple[Expression, ...]:
    from triton_data.generate.operators.draw import Draw  # who only counts what is to do waits for no table
    from triton_data.generate.operators.table import ask, table

    found = []
    for name, operator in table().items():
        draw = Draw(name)
        calls = [call for _ in range(DRAWS) if (call := ask(operator, draw)) is not None]
        if not calls:
            continue
        settings: dict[str, dict[str, None]] = {}
        for call in calls:
            for setting, value in call.settings.items():
                settings.setdefault(setting, {})[str(value)] = None
        values = {setting: tuple(list(texts)[:SETTINGS]) for setting, texts in settings.items()}
        found.append(Expression(name, operator.code, len(calls[0].arguments), values))
    return tuple(found)
