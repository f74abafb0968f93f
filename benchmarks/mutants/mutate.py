"""All mutants of one file: each operator at each place where it applies.

In: the text of a Triton program, hand-written or rewritten from Inductor's. Out: `Mutant`s, each the same text but for
one node, in the order of the file within an operator; the same file gives the same mutants. Not covered: whether a
mutant gives other results than its original. Some do not, such as a mask dropped where nothing is left over.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mutants import arithmetic, bounds, launch, memory, values
from triton_data.verify.reading.edit import Edit, applied, host_functions, kernels_of

Operator = Callable[[ast.FunctionDef], Iterable[Edit]]

IN_KERNELS: dict[str, Operator] = {
    "dropped_mask": memory.dropped_mask,
    "weaker_mask": memory.weaker_mask,
    "wrong_fill": memory.wrong_fill,
    "wrong_offset": memory.wrong_offset,
    "wrong_stride": memory.wrong_stride,
    "stale_pointer": memory.stale_pointer,
    "store_for_atomic": memory.store_for_atomic,
    "zeroed_tile": memory.zeroed_tile,
    "off_by_one": bounds.off_by_one,
    "missing_iteration": bounds.missing_iteration,
    "missing_tail": bounds.missing_tail,
    "wrong_axis": bounds.wrong_axis,
    "turned_block": bounds.turned_block,
    "wrong_program_axis": bounds.wrong_program_axis,
    "wrong_initial_value": values.wrong_initial_value,
    "missing_accumulation": values.missing_accumulation,
    "downcast": values.downcast,
    "wrong_constant": values.wrong_constant,
    "missing_scale": arithmetic.missing_scale,
    "swapped_operands": arithmetic.swapped_operands,
    "wrong_operator": arithmetic.wrong_operator,
    "wrong_function": arithmetic.wrong_function,
    "dropped_where": arithmetic.dropped_where,
    "dropped_transpose": arithmetic.dropped_transpose,
}
IN_HOST: dict[str, Operator] = {
    "missing_tail": bounds.missing_tail,
    "dropped_launch": launch.dropped_launch,
    "swapped_arguments": launch.swapped_arguments,
    "missing_program": launch.missing_program,
    "short_size": launch.short_size,
    "uninitialised": launch.uninitialised,
    "dropped_contiguous": launch.dropped_contiguous,
}
OPERATORS = tuple(dict.fromkeys([*IN_KERNELS, *IN_HOST]))


@dataclass(frozen=True, slots=True)
class Mutant:
    operator: str
    line: int  # in the original
    text: str


def mutants(text: str) -> Iterator[Mutant]:
    tree = ast.parse(text)
    seen = {text}
    for operators, functions in ((IN_KERNELS, kernels_of(tree)), (IN_HOST, host_functions(tree))):
        for name, operator in operators.items():
            for function in functions:
                for edit in sorted(operator(function), key=lambda e: (e.node.lineno, e.node.col_offset)):
                    mutated = applied(text, edit)
                    if mutated not in seen:
                        seen.add(mutated)
                        yield Mutant(name, edit.node.lineno, mutated)
