"""Each kernel of a rewritten program alone: its fused expression in PyTorch, and the kernel with a launcher.

In: the kernels as they stand in the file and the launches. Out: (Program, Pair) for every kernel whose comment tells
what it computes: many small, clean pairs from one module. Not covered: symbolic sizes, integer inputs (what they may
hold is not in the comment), kernels that write to their inputs.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import keyword
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triton_data.records import FRAGMENT, Capture, Pair, Program
from triton_data.rewrite import assemble, printer, tree
from triton_data.rewrite.host import body
from triton_data.rewrite.host.read_call import Launch
from triton_data.rewrite.kernel.fragment import DEVICE, Fragment, Kind, contiguous, fragment_of
from triton_data.rewrite.kernel.readable_aten import spoken
from triton_data.rewrite.kernel.standalone import Made
from triton_data.rewrite.kernel.written import Written
from triton_data.rewrite.module import Shell
from triton_data.rewrite.naming import fresh
from triton_data.rewrite.options import Options

STEP = printer.STEP
_DTYPES = {"f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64", "b8": "bool"}
_TAKEN = {"torch", "triton", "tl", "libdevice", "math", "device", "grid", "meta", *dir(builtins)}


@dataclass(frozen=True)
class _Roles:
    """Which pointer of the kernel holds which value of the fragment."""

    inputs: dict[str, str]  # pointer -> value
    outputs: dict[str, str]
    in_place: str = ""  # the pointer that holds both


def pairs(program: Program, capture: Capture, made: Made, options: Options) -> Iterator[tuple[Program, Pair]]:
    seen: set[str] = set()
    for launch, written in made.launches:
        if written.title in seen or not all(_is_number(size) for size in _sizes(launch)):
            continue
        seen.add(written.title)
        result = _alone(program.entry, launch, written, made.allocations, options)
        if result is not None:
            entry, reference, name, text = result
            small = small_program(program, entry, reference, launch.kernel.name)
            yield small, Pair(small.key, capture.key, name, text, small.origin)


def small_program(program: Program, entry: str, reference: str, kernel: str) -> Program:
    """Where it comes from is where the whole comes from; `kernel` is what Inductor calls it (export/rows.py asks)."""
    origin = dataclasses.replace(program.origin, generator=f"kernel {kernel} of {program.entry}")
    return Program(entry, reference, FRAGMENT, origin, program.layers, environment=program.environment)


def kernel_in(generator: object) -> str:
    """The kernel that `small_program` noted; '' in what is no such note, for it may be a jailed answer."""
    words = str(generator).split()
    return words[1] if len(words) > 3 and words[0] == "kernel" and words[1].isidentifier() else ""


def _sizes(launch: Launch) -> list[ast.expr]:
    passed = zip(launch.kernel.signature.items(), launch.arguments, strict=False)
    return [value for (_, kind), value in passed if not kind.startswith("*") and kind != "constexpr"]


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _alone(
    parent: str, launch: Launch, written: Written, allocations: dict[str, tuple[str, str]], options: Options
) -> tuple[str, str, str, str] | None:
    pointers = [name for name, kind in launch.kernel.signature.items() if kind.startswith("*")]
    stores = [name for name in pointers if "out_ptr" in name]
    fragment = fragment_of(launch.kernel.comment, len(stores))
    roles = _roles(pointers, stores, fragment) if fragment else None
    if fragment is None or roles is None or not _all_real(fragment):
        return None
    if not _as_allocated(launch, roles, fragment, allocations):
        return None
    entry = _entry(written.title)
    name = f"{entry}_new" if options.suffix == "New" else entry + options.suffix
    taken = {*_TAKEN, entry, name, written.title}
    names = {value: fresh(_local(written, pointer), taken) for pointer, value in roles.inputs.items()}
    reference = _reference(parent, entry, written.title, fragment, names, taken)
    return entry, reference, name, _candidate(name, launch, written, fragment, roles, names)


def _roles(pointers: Sequence[str], stores: Sequence[str], fragment: Fragment) -> _Roles | None:
    loads = [name for name in pointers if name.startswith("in_ptr")]
    in_place = [name for name in stores if name.startswith("in_out_ptr")]
    values = list(fragment.inputs)
    if len(loads) == len(values):  # what is written in place, if anything, is scratch of its own
        return _Roles(dict(zip(loads, values, strict=True)), dict(zip(stores, fragment.outputs, strict=True)))
    if len(stores) == len(in_place) == 1 and len(loads) + 1 == len(values):
        result = fragment.kinds[fragment.outputs[0]]
        free = [v for v in values if not v.startswith(("arg", "primals"))]
        fit = [v for v in free if fragment.kinds[v].dtype == result.dtype and fragment.kinds[v].count == result.count]
        if len(fit) == 1:  # Inductor writes over what nothing else needs, never over an argument
            values.remove(fit[0])
            inputs = {in_place[0]: fit[0], **dict(zip(loads, values, strict=True))}
            return _Roles(inputs, {in_place[0]: fragment.outputs[0]}, in_place[0])
    return None


def _all_real(fragment: Fragment) -> bool:
    kinds = [fragment.kinds[name] for name in (*fragment.inputs, *fragment.outputs)]
    return bool(fragment.inputs) and all(kind.dtype in _DTYPES for kind in kinds)


def _as_allocated(launch: Launch, roles: _Roles, fragment: Fragment, allocations: dict[str, tuple[str, str]]) -> bool:
    """The strides of a result are those that the host code allocates: Inductor may have chosen others than the graph's.
    False where the allocation has another shape, and it cannot be told what the result's strides are."""
    passed = dict(zip(launch.kernel.signature, launch.arguments, strict=False))
    for pointer, value in roles.outputs.items():
        size, stride = allocations.get(ast.unparse(passed[pointer]), ("", ""))
        kind = fragment.kinds[value]
        if stride and size != str(kind.size):
            return False
        if stride:
            fragment.kinds[value] = dataclasses.replace(kind, stride=ast.literal_eval(stride))
        elif size and not kind.is_contiguous:
            if size != str(kind.size):
                return False
            fragment.kinds[value] = dataclasses.replace(kind, stride=contiguous(kind.size))
    return True


def _entry(title: str) -> str:
    name = title.removesuffix("_kernel")
    return f"{name}_op" if name in _TAKEN or keyword.iskeyword(name) else name


def _local(written: Written, pointer: str) -> str:
    return written.names.get(pointer, pointer).removesuffix("_ptr")


def _reference(parent: str, entry: str, title: str, fragment: Fragment, names: dict[str, str], taken: set[str]) -> str:
    known: dict[str, ast.expr] = {value: ast.Name(name, ast.Load()) for value, name in names.items()}
    known[DEVICE] = tree.expression(f"{next(iter(names.values()))}.device")
    lines = [f'"""What `{title}` of {parent} computes."""', "", "import torch", "", ""]
    lines += [f"def {entry}({', '.join(names.values())}):"]
    for call in fragment.calls:
        value = tree.Substitute(known).visit(spoken(call))
        name = fresh(call.name, taken)
        known[call.name] = ast.Name(name, ast.Load())
        lines += printer.statement(ast.fix_missing_locations(ast.Assign([ast.Name(name, ast.Store())], value)), STEP)
    returned = ", ".join(ast.unparse(known[output]) for output in fragment.outputs)
    lines += [f"{STEP}return {returned}", "", "", *_inputs(fragment, names)]
    text = "\n".join(lines) + "\n"
    needed = [name for name in ("inf", "nan") if name in tree.used(ast.parse(text))]
    numbers = f"from math import {', '.join(needed)}\n\n" if needed else ""
    return text.replace("import torch\n", f"{numbers}import torch\n", 1)


def _inputs(fragment: Fragment, names: dict[str, str]) -> list[str]:
    made = [f"{STEP * 2}{_drawn(fragment.kinds[value])}," for value in names]
    return ["def get_inputs():", f"{STEP}return [", *made, f"{STEP}]"]


def _drawn(kind: Kind) -> str:
    size = ", ".join(map(str, kind.size)) or "()"
    if kind.dtype == "b8":
        return f"torch.rand({size}) > 0.5"
    dtype = "" if kind.dtype == "f32" else f", dtype=torch.{_DTYPES[kind.dtype]}"
    if kind.is_contiguous:
        return f"torch.randn({size}{dtype})"
    return f"torch.empty_strided({kind.size}, {kind.stride}{dtype}).normal_()"


def _candidate(
    name: str, launch: Launch, written: Written, fragment: Fragment, roles: _Roles, names: dict[str, str]
) -> str:
    lines = [f"def {name}({', '.join(names.values())}):"]
    uses: set[str] = set()
    for value, local in names.items():
        kind = fragment.kinds[value]
        stride = "" if kind.is_contiguous else str(kind.stride)
        lines += [STEP + line for line in (body.of_shape(local, str(kind.size)), body.laid_out(local, stride, uses))]
    where = next(iter(names.values()))
    passed = {pointer: names[value] for pointer, value in roles.inputs.items()}
    results, taken = list[str](), {*names.values(), *_TAKEN}
    for pointer, value in roles.outputs.items():
        results.append(fresh("out", taken))
        kind = fragment.kinds[value]
        made = _copied(passed[pointer], fragment, roles) if pointer == roles.in_place else _allocated(kind, where)
        lines.append(f"{STEP}{results[-1]} = {made}")
        passed[pointer] = results[-1]
    arguments = [
        ast.Name(passed[parameter], ast.Load()) if parameter in passed else argument
        for parameter, argument in zip(launch.kernel.signature, launch.arguments, strict=False)
    ]
    for statement in written.launch(arguments):
        lines += printer.statement(ast.fix_missing_locations(statement), STEP)
    lines.append(f"{STEP}return {', '.join(results)}")
    shell = Shell(False, "", tuple(names.values()), (), (), (), ("\n".join(_inputs(fragment, names)),))
    title = f"{written.title} and its launcher"
    return assemble.file_text(shell, title, [written], uses, lines)


def _copied(name: str, fragment: Fragment, roles: _Roles) -> str:
    """What the kernel writes over, in the shape of its result."""
    before, after = (fragment.kinds[held[roles.in_place]] for held in (roles.inputs, roles.outputs))
    return f"{name}.clone()" if before.size == after.size else f"{name}.clone().view({after.size})"


def _allocated(kind: Kind, beside: str) -> str:
    options = f"dtype=torch.{_DTYPES[kind.dtype]}, device={beside}.device"
    if kind.is_contiguous:
        return f"torch.empty({kind.size}, {options})"
    return f"torch.empty_strided({kind.size}, {kind.stride}, {options})"
