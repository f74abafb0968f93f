"""A module out of a list of operators, by typed construction: every shape is known when its line is written.

In: operators, a name, a seed. Out: the program's text; which operators were placed. The same seed gives the same text.
This is no language model: it has one way to write each operator, and its modules are chains with side inputs.
Not covered: operators that nobody has written a rule for; they are left out, and the module says so.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from copy import deepcopy

from triton_data.generate.llm_modules.offline.draft import Draft, Unplaceable
from triton_data.generate.llm_modules.offline.functions import FUNCTIONS
from triton_data.generate.llm_modules.offline.layers import ANY, LAYERS

RULES = {**LAYERS, **FUNCTIONS}
_FIRST = {
    2: ((2, 4, 8, 16), ((16, 24, 30, 48, 64),)),
    3: ((2, 4, 8), ((4, 8, 12, 15), (16, 20, 24, 32))),
    4: ((2, 4), ((3, 4, 8, 12), (8, 10, 12, 16), (8, 9, 12, 16))),
    5: ((1, 2), ((2, 3, 4), (6, 8), (6, 8), (6, 7, 8))),
}


def compose(operators: Sequence[str], name: str, seed: str) -> str:
    """'' where nothing of it could be placed."""
    rng = random.Random(seed)
    known = [each for each in operators if each in RULES]
    draft = Draft(rng, _first_shape(rng, known))
    for operator in in_order(rng, known):
        draft = _placed(draft, operator)
    if not draft.placed:
        return ""
    left_out = [each for each in operators if each not in draft.placed]
    return _file(draft, name, left_out)


def in_order(rng: random.Random, operators: Sequence[str]) -> list[str]:
    """Ranks fall, so that nothing has to be made up for what was flattened; what takes any rank stands anywhere."""
    fixed = [each for each in operators if RULES[each][0] != ANY]
    order = sorted(fixed, key=lambda each: -RULES[each][0])
    for each in operators:
        if RULES[each][0] == ANY:
            order.insert(rng.randint(0, len(order)), each)
    return order


def _first_shape(rng: random.Random, operators: Sequence[str]) -> tuple[int, ...]:
    rank = max((RULES[each][0] for each in operators), default=ANY) or rng.choice((2, 3, 3, 4))
    batches, sizes = _FIRST[rank]
    return (rng.choice(batches), *(rng.choice(each) for each in sizes))


def _placed(draft: Draft, operator: str) -> Draft:
    """The draft as it was where the operator does not fit."""
    before = deepcopy(draft)
    rank, place = RULES[operator]
    try:
        if rank != ANY:
            draft.to_rank(rank)
        place(draft)
    except Unplaceable:
        before.rng = draft.rng
        return before
    draft.placed.append(operator)
    if draft.rng.random() < 0.3:
        draft.keep()
    return draft


def _file(draft: Draft, name: str, left_out: Sequence[str]) -> str:
    arguments = ", ".join(each for each, _ in draft.inputs)
    used = "\n".join(draft.body)
    kept = [line for line in draft.body if not _unused(line, used)]
    made = [f"        {line}" for line in draft.made] or ["        pass"]
    needs_f = any("F." in line for line in draft.body)
    inputs = ",\n".join(f"        torch.randn({', '.join(map(str, shape))})" for _, shape in draft.inputs)
    return "\n".join(
        [
            "import torch",
            "import torch.nn as nn",
            *(["import torch.nn.functional as F"] if needs_f else []),
            "",
            "",
            f"class {name}(nn.Module):",
            *([f"    # without {', '.join(left_out)}: no place was found"] if left_out else []),
            "    def __init__(self):",
            "        super().__init__()",
            *(made if draft.made else []),
            "",
            f"    def forward(self, {arguments}):",
            *(f"        {line}" for line in kept),
            "        return x",
            "",
            "",
            "def get_inputs():",
            "    return [",
            f"{inputs},",
            "    ]",
            "",
            "",
            "def get_init_inputs():",
            "    return [], {}",
            "",
        ]
    )


def _unused(line: str, body: str) -> bool:
    """A name for a result that nothing asks for again."""
    name, _, value = line.partition(" = ")
    return (
        value == "x" and name != "x" and body.count(f"{name})") + body.count(f"{name},") + body.count(f"{name} ") == 1
    )
