"""What a tensor was computed from, as an expression in one spelling: `x @ w + b` is a linear layer, whoever wrote it.

In: operators on expressions. Out: expressions whose digests agree where the mathematics does, numbers aside: terms
and factors in any order, transposes pushed to where they vanish, what is known from the start (parameters, masks,
positions) as one `const`, activations and norms written out. Not covered: axes, sizes, identities beyond those here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triton_data.records import digest

COMMUTE = frozenset({"add", "mul", "maximum", "minimum"})
# They say little: factors, orders of axes, and what only stands inside of a norm or an activation.
LIGHT = frozenset({
    "scale", "shift", "recip", "transpose", "permute", "const", "input", "random", "sum", "square", "sqrt", "erf",
    "mask",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    of: tuple[Node, ...] = ()
    digest: str = ""
    extra: tuple[int, ...] = ()  # which input, which order of axes: no part of the fingerprint

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def node(name: str, *of: Node, extra: tuple[int, ...] = ()) -> Node:
    return Node(name, of, digest(name, str(extra), *(each.digest for each in of)), extra)


CONST, RANDOM = node("const"), node("random")


def source(number: int) -> Node:
    return node("input", extra=(number,))


def applied(name: str, *of: Node) -> Node:
    """Any operator that has no rule of its own."""
    if of and all(each is CONST for each in of):
        return CONST
    return node(name, *sorted(of, key=lambda each: each.digest) if name in COMMUTE else of)


# ---- sums and products -----------------------------------------------------------------------------------------


def scale(x: Node) -> Node:
    """Times a number, or over one."""
    return x if x is CONST or x.name == "scale" or _has_const(x, "mul") else node("scale", x)


def shift(x: Node) -> Node:
    return x if x is CONST or x.name == "shift" or _has_const(x, "add") else node("shift", x)


def add(*terms: Node) -> Node:
    flat = list(_flat("add", terms))
    shifted = any(each.name == "shift" for each in flat)
    flat = [part for each in flat for part in _flat("add", [each.of[0] if each.name == "shift" else each])]
    rest = _once([each for each in flat if each is not CONST], scale)
    if len(rest) < len(flat) and CONST in flat:
        return CONST if not rest else node("add", *sorted([*rest, CONST], key=lambda each: each.digest))
    made = rest[0] if len(rest) == 1 else _log_softmax(rest) or applied("add", *rest)
    return shift(made) if shifted else made


def sub(x: Node, y: Node) -> Node:
    return add(x, scale(y))


def mul(*factors: Node) -> Node:
    flat = list(_flat("mul", factors))
    scaled = any(each.name == "scale" for each in flat)
    flat = [part for each in flat for part in _flat("mul", [each.of[0] if each.name == "scale" else each])]
    rest = _once([each for each in flat if each is not CONST], square)
    rest = _gated(_softmaxed(rest))
    if CONST in flat:
        return CONST if not rest else node("mul", *sorted([*rest, CONST], key=lambda each: each.digest))
    made = rest[0] if len(rest) == 1 else applied("mul", *rest)
    return scale(made) if scaled else made


def div(x: Node, y: Node) -> Node:
    return mul(x, recip(y))


def _flat(name: str, parts: Iterable[Node]) -> Iterable[Node]:
    for each in parts:
        yield from each.of if each.name == name else (each,)


def _has_const(x: Node, name: str) -> bool:
    """What a constant vector does already, a number adds nothing to."""
    return x.name == name and CONST in x.of


def _once(parts: list[Node], twice: object) -> list[Node]:
    """x + x as 2 x, x x as x squared."""
    counts: dict[Node, int] = {}
    for each in parts:
        counts[each] = counts.get(each, 0) + 1
    return [each if number == 1 else twice(each) for each, number in counts.items()]  # type: ignore[operator]


def _softmaxed(factors: list[Node]) -> list[Node]:
    """exp(x) / sum(exp(x)), whether or not the maximum was taken off before."""
    for each in factors:
        total = recip(reduced(each))
        if each.name == "exp" and total in factors:
            rest = [other for other in factors if other not in (each, total)]
            return [*rest, softmax(_unshifted(each.of[0]))]
    return factors


def _gated(factors: list[Node]) -> list[Node]:
    """x (x > 0) is relu(x)."""
    for each in factors:
        if each.name == "gt" and each.of[0] in factors:
            return [*(other for other in factors if other not in (each, each.of[0])), relu(each.of[0])]
    return factors


def _log_softmax(terms: list[Node]) -> Node | None:
    """x - log(sum(exp(x)))"""
    for each in terms:
        if scale(log(reduced(exp(each)))) in terms and len(terms) == 2:
            return log(softmax(each))
    top = [each for each in terms if each.name == "amax"]
    if len(terms) == 2 and top and log(reduced(exp(sub(top[0].of[0], top[0])))) in terms:
        return log(reduced(exp(top[0].of[0])))
    return None


def _unshifted(x: Node) -> Node:
    if x.name == "add":
        for each in x.of:
            others = [other for other in x.of if other != each]
            if each.name == "scale" and each.of[0].name == "amax" and others and add(*others) == each.of[0].of[0]:
                return add(*others)
    return x


# ---- functions of one operand ----------------------------------------------------------------------------------


def recip(x: Node) -> Node:
    if x is CONST:
        return x
    if x.name == "recip":
        return x.of[0]
    if x.name == "scale":
        return scale(recip(x.of[0]))
    if x.name == "exp":
        return exp(scale(x.of[0]))
    if x.name == "mul":
        return mul(*map(recip, x.of))
    if x.name == "shift" and x.of[0].name == "exp" and x.of[0].of[0].name == "scale":  # 1 / (1 + exp(-x))
        return applied("sigmoid", x.of[0].of[0].of[0])
    return applied("recip", x)


def square(x: Node) -> Node:
    if x.name in ("scale", "recip"):
        return {"scale": scale, "recip": recip}[x.name](square(x.of[0]))
    if x.name == "sqrt":
        return x.of[0]
    return applied("square", _either_way(x))


def absolute(x: Node) -> Node:
    return applied("abs", _either_way(x.of[0] if x.name == "scale" else x))


def _either_way(x: Node) -> Node:
    """a - b or b - a, where the sign is lost."""
    if x.name == "add" and len(x.of) == 2:
        bare = [each.of[0] if each.name == "scale" else each for each in x.of]
        if bare != list(x.of):
            return min(sub(bare[0], bare[1]), sub(bare[1], bare[0]), key=lambda each: each.digest)
    return x


def sqrt(x: Node) -> Node:
    if x.name in ("scale", "recip"):
        return {"scale": scale, "recip": recip}[x.name](sqrt(x.of[0]))
    return absolute(x.of[0]) if x.name == "square" else applied("sqrt", x)


def exp(x: Node) -> Node:
    return applied("exp", x)


def log(x: Node) -> Node:
    return applied("log", x)


def relu(x: Node) -> Node:
    return x if x.name == "relu" else applied("relu", x)


def softmax(x: Node) -> Node:
    return applied("softmax", x)


def sigmoid(x: Node) -> Node:
    return applied("sigmoid", x)


def reduced(x: Node) -> Node:
    """Summed, over whatever axes."""
    return scale(reduced(x.of[0])) if x.name == "scale" else applied("sum", x)


def mean(x: Node) -> Node:
    return scale(reduced(x))


def mask(x: Node) -> Node:
    """Some elements replaced, at places known from the start."""
    if x.name in ("scale", "mask"):
        return scale(mask(x.of[0])) if x.name == "scale" else x
    return applied("mask", x)


# ---- matrices ----------------------------------------------------------------------------------------------------


def transpose(x: Node) -> Node:
    """The last two axes."""
    if x is CONST:
        return x
    if x.name == "transpose":
        return x.of[0]
    if x.name == "scale":
        return scale(transpose(x.of[0]))
    if x.name == "mm" and CONST not in x.of:
        return mm(transpose(x.of[1]), transpose(x.of[0]))
    return node("transpose", x)


def permute(x: Node, order: tuple[int, ...]) -> Node:
    if x is CONST or order == tuple(range(len(order))):
        return x
    if x.name == "permute" and len(x.extra) == len(order):
        return permute(x.of[0], tuple(x.extra[each] for each in order))
    if order == (*range(len(order) - 2), len(order) - 1, len(order) - 2):
        return transpose(x)
    return node("permute", x, extra=order)


def mm(x: Node, y: Node) -> Node:
    """Of a matrix that is known from the start, which side it stands on and how it is stored is nobody's business."""
    if x.name == "scale" or y.name == "scale":
        return scale(mm(*(each.of[0] if each.name == "scale" else each for each in (x, y))))
    if x is CONST and y is not CONST:
        return transpose(mm(transpose(y), CONST))
    return applied("mm", x, y)


# ---- what it weighs ----------------------------------------------------------------------------------------------


def nodes(roots: Iterable[Node]) -> list[Node]:
    """Each once, operands before what is made of them."""
    seen: dict[Node, None] = {}
    waiting: list[tuple[Node, bool]] = [(root, False) for root in roots]
    while waiting:
        each, ready = waiting.pop()
        if ready:
            seen.setdefault(each)
        elif each not in seen:
            waiting.append((each, True))
            waiting += [(child, False) for child in reversed(each.of)]
    return list(seen)


def weight(found: Iterable[Node]) -> int:
    """Operators that say something."""
    return sum(each.name not in LIGHT for each in found)


def fingerprint(roots: Iterable[Node]) -> str:
    """One for all that differ in the order of inputs or of axes; which of them is transposed for a product counts."""
    known: dict[Node, str] = {}
    roots = list(roots)
    for each in nodes(roots):
        parts = [known[child] for child in each.of]
        known[each] = (
            parts[0]
            if each.name == "permute"
            else digest(each.name, *(sorted(parts) if each.name in COMMUTE else parts))
        )
    return digest("computes", *(known[root] for root in roots))
