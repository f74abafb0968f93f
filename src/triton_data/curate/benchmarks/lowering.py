"""ATen's operators in the words of the algebra: what several of them say in one call, in the parts that others write.

In: an operator's name, its tensors as expressions, its other arguments. Out: the expressions of its results. An
operator without an entry stands for itself. Not covered: calling anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from triton_data.curate.benchmarks import algebra as a
from triton_data.curate.benchmarks.algebra import CONST, Node

SAME = frozenset({
    "view", "_unsafe_view", "reshape", "expand", "unsqueeze", "squeeze", "detach", "alias", "clone", "lift_fresh",
    "_to_copy", "contiguous", "_reshape_alias", "lift", "expand_as", "view_as_real", "positive",
})  # fmt: skip
RANDOM = frozenset(
    {"rand", "randn", "randint", "rand_like", "randn_like", "bernoulli", "normal", "uniform", "randperm"}
)
PARTS = frozenset({"slice", "select", "split", "chunk", "narrow", "unbind", "split_with_sizes", "unsafe_split"})


@dataclass(frozen=True)
class Call:
    """Arguments in their places; where a tensor stood, its expression."""

    args: Sequence[Any]
    kwargs: dict[str, Any]

    def at(self, place: int, name: str = "", default: Any = None) -> Any:
        return self.args[place] if place < len(self.args) else self.kwargs.get(name, default)

    def of(self, place: int) -> Node:
        found = self.at(place)
        return found if isinstance(found, Node) else CONST


Rule: TypeAlias = Callable[[Call], Node]


def _add(call: Call) -> Node:
    x, y = call.at(0), call.at(1)
    if not isinstance(y, Node):
        return a.shift(x)
    return a.add(x, a.scale(y) if call.kwargs.get("alpha", 1) != 1 else y)


def _mul(call: Call) -> Node:
    return a.mul(call.of(0), call.of(1)) if isinstance(call.at(1), Node) else a.scale(call.of(0))


def _div(call: Call) -> Node:
    if call.kwargs.get("rounding_mode"):
        return a.applied("floor", a.div(call.of(0), call.of(1)))
    return a.div(call.of(0), call.of(1)) if isinstance(call.at(1), Node) else a.scale(call.of(0))


def _pow(call: Call) -> Node:
    x, power = call.at(0), call.at(1)
    if not isinstance(power, int | float) or not isinstance(x, Node):
        return a.applied("pow", *(each for each in (x, power) if isinstance(each, Node)))
    return _POWERS[power](x) if power in _POWERS else a.applied(f"pow {power}", x)


_POWERS: dict[float, Callable[[Node], Node]] = {
    2: a.square, 0.5: a.sqrt, -0.5: lambda y: a.recip(a.sqrt(y)), -1: a.recip, 1: lambda y: y,
    3: lambda y: a.mul(y, a.square(y)),
}  # fmt: skip


def _centred(x: Node) -> Node:
    return a.sub(x, a.mean(x))


def _var(x: Node) -> Node:
    return a.mean(a.square(_centred(x)))


def _affine(x: Node, weight: Any, bias: Any) -> Node:
    x = a.mul(x, CONST) if isinstance(weight, Node) else x
    return a.add(x, CONST) if isinstance(bias, Node) else x


def _norm(weight: int, bias: int) -> Rule:
    def rule(call: Call) -> Node:
        x = call.of(0)
        made = a.mul(_centred(x), a.recip(a.sqrt(a.shift(_var(x)))))
        return _affine(made, call.at(weight), call.at(bias))

    return rule


def _rms(call: Call) -> Node:
    x = call.of(0)
    return _affine(a.mul(x, a.recip(a.sqrt(a.shift(a.mean(a.square(x)))))), call.at(2), None)


def _batch_norm(call: Call) -> Node:
    """With statistics that are known."""
    return _affine(a.mul(a.add(call.of(0), CONST), CONST), call.at(1), call.at(2))


def _gelu(call: Call) -> Node:
    x = call.of(0)
    if call.kwargs.get("approximate") == "tanh" or call.at(1) == "tanh":
        inner = a.applied("tanh", a.scale(a.add(x, a.scale(a.mul(x, a.square(x))))))
    else:
        inner = a.applied("erf", a.scale(x))
    return a.scale(a.mul(x, a.shift(inner)))


def _softplus(x: Node) -> Node:
    return a.log(a.shift(a.exp(x)))


def _hard_sigmoid(x: Node) -> Node:
    return a.scale(a.applied("clamp", a.shift(x)))


def _clamp(call: Call) -> Node:
    low, high = call.at(1, "min"), call.at(2, "max")
    return a.relu(call.of(0)) if low == 0 and high is None else a.applied("clamp", call.of(0))


def _linear(call: Call) -> Node:
    made = a.mm(call.of(0), a.transpose(call.of(1)))
    return a.add(made, call.of(2)) if isinstance(call.at(2, "bias"), Node) else made


def _plus_product(call: Call) -> Node:
    return a.add(a.mm(call.of(1), call.of(2)), call.of(0))


def pointwise(x: Node, biased: bool) -> Node:
    """A convolution that looks at one place is a linear layer."""
    return a.add(a.mm(x, CONST), CONST) if biased else a.mm(x, CONST)


def _conv(call: Call) -> Node:
    x = call.of(0)
    x = x.of[0] if x.name == "constant_pad_nd" else x
    name = "conv_transposed" if call.at(6) is True else "conv"
    made = a.applied(f"{name} of groups" if call.at(8) not in (1, None) else name, x, call.of(1))
    return a.add(made, CONST) if isinstance(call.at(2), Node) else made


def _nll(call: Call) -> Node:
    picked = a.scale(a.applied("gather", call.of(0), call.of(1)))
    how = call.at(3, "reduction", 1)
    return picked if how == 0 else a.reduced(picked) if how == 2 else a.mean(picked)


def _attention(call: Call) -> Node:
    scores = a.scale(a.mm(call.of(0), a.transpose(call.of(1))))
    biased = next((each for each in (call.kwargs.get("attn_mask"), call.at(3)) if isinstance(each, Node)), None)
    scores = a.add(scores, biased) if biased else scores
    causal = call.kwargs.get("is_causal") or any(each is True for each in call.args[4:6])
    return a.mm(a.softmax(a.mask(scores) if causal else scores), call.of(2))


def _where(call: Call) -> Node:
    asked, yes, no = call.of(0), call.of(1), call.of(2)
    if asked is CONST:
        return a.mask(no if yes is CONST else yes) if CONST in (yes, no) else a.applied("where", yes, no)
    if asked.name == "gt" and asked.of[0] == yes:
        if no is CONST:
            return a.relu(yes)
        if no == a.scale(yes):
            return a.applied("leaky_relu", yes)
    return a.applied("where", asked, yes, no)


def _masked_fill(call: Call) -> Node:
    return a.mask(call.of(0)) if call.of(1) is CONST else a.applied("where", call.of(1), CONST, call.of(0))


def _maximum(call: Call) -> Node:
    x, y = call.of(0), call.of(1)
    if CONST in (x, y):
        return a.relu(y if x is CONST else x)
    if a.scale(x) == y or a.scale(y) == x:
        return a.applied("leaky_relu", x if a.scale(x) == y else y)
    return a.applied("maximum", x, y)


def _vector_norm(call: Call) -> Node:
    order = call.at(1, "ord", 2)
    if order == 2:
        return a.sqrt(a.reduced(a.square(call.of(0))))
    return a.reduced(a.absolute(call.of(0))) if order == 1 else a.applied(f"norm {order}", call.of(0))


def _loss(apart: Callable[[Node], Node]) -> Rule:
    def rule(call: Call) -> Node:
        made = apart(a.sub(call.of(0), call.of(1)))
        how = call.at(2, "reduction", 1)
        return made if how == 0 else a.reduced(made) if how == 2 else a.mean(made)

    return rule


def _times(call: Call, apart: Callable[[Node, Node], Node]) -> Node:
    return a.add(call.of(0), a.scale(apart(call.of(1), call.of(2))) if call.kwargs.get("value", 1) != 1
                 else apart(call.of(1), call.of(2)))  # fmt: skip


def _one(rule: Callable[[Node], Node]) -> Rule:
    return lambda call: rule(call.of(0))


_RULES: dict[str, Rule] = {
    "add": _add, "sub": lambda c: a.sub(c.of(0), c.of(1)) if isinstance(c.at(1), Node) else a.shift(c.of(0)),
    "rsub": lambda c: a.sub(c.of(1), c.of(0)) if isinstance(c.at(1), Node) else a.shift(a.scale(c.of(0))),
    "mul": _mul, "div": _div, "neg": _one(a.scale), "reciprocal": _one(a.recip), "pow": _pow, "square": _one(a.square),
    "sqrt": _one(a.sqrt), "rsqrt": _one(lambda x: a.recip(a.sqrt(x))), "exp": _one(a.exp), "log": _one(a.log),
    "abs": _one(a.absolute), "log1p": _one(lambda x: a.log(a.shift(x))), "expm1": _one(lambda x: a.shift(a.exp(x))),
    "sum": _one(a.reduced), "mean": _one(a.mean), "var": _one(_var), "std": _one(lambda x: a.sqrt(_var(x))),
    "amax": _one(lambda x: a.applied("amax", x)), "amin": _one(lambda x: a.applied("amin", x)),
    "logsumexp": _one(lambda x: a.log(a.reduced(a.exp(x)))), "linalg_vector_norm": _vector_norm,
    "relu": _one(a.relu), "clamp": _clamp, "clamp_min": lambda c: a.relu(c.of(0)) if c.at(1) == 0
    else a.applied("clamp", c.of(0)), "clamp_max": _one(lambda x: a.applied("clamp", x)),
    "hardtanh": _one(lambda x: a.applied("clamp", x)), "relu6": _one(lambda x: a.applied("clamp", x)),
    "silu": _one(lambda x: a.mul(x, a.sigmoid(x))), "gelu": _gelu, "softplus": _one(_softplus),
    "mish": _one(lambda x: a.mul(x, a.applied("tanh", _softplus(x)))), "log_sigmoid_forward": _one(
        lambda x: a.log(a.sigmoid(x))), "hardsigmoid": _one(_hard_sigmoid),
    "hardswish": _one(lambda x: a.mul(x, _hard_sigmoid(x))), "_softmax": _one(a.softmax),
    "_safe_softmax": _one(a.softmax), "_log_softmax": _one(lambda x: a.log(a.softmax(x))), "gt": _one(
        lambda x: a.applied("gt", x)), "ge": _one(lambda x: a.applied("gt", x)),
    "mm": lambda c: a.mm(c.of(0), c.of(1)), "bmm": lambda c: a.mm(c.of(0), c.of(1)), "mv": lambda c: a.mm(
        c.of(1), a.transpose(c.of(0))), "dot": lambda c: a.mm(c.of(0), c.of(1)), "linear": _linear,
    "addmm": _plus_product, "baddbmm": _plus_product, "convolution": _conv, "native_layer_norm": _norm(2, 3),
    "native_group_norm": _norm(1, 2), "_fused_rms_norm": _rms,
    "_native_batch_norm_legit_no_training": _batch_norm, "where": _where, "masked_fill": _masked_fill,
    "maximum": _maximum, "mse_loss": _loss(a.square), "l1_loss": _loss(a.absolute),
    "addcmul": lambda c: _times(c, a.mul), "addcdiv": lambda c: _times(c, a.div),
    "gather": lambda c: a.applied("gather", c.of(0), c.of(2)), "nll_loss_forward": _nll,
    "tril": _one(a.mask), "triu": _one(a.mask),
}  # fmt: skip


def lowered(name: str, call: Call, tensors: Sequence[Node]) -> Node:
    """The first result; of others see `others`."""
    if name in SAME and tensors:
        return tensors[0]
    if name in RANDOM:
        return a.RANDOM
    if not tensors or name.endswith("_like") or name.startswith("new_"):
        return CONST
    if name in ("fill", "zero", "fill_scalar"):
        return CONST
    if name == "copy":
        return tensors[-1]
    if name == "native_batch_norm" or name == "_native_batch_norm_legit":
        return (_norm(1, 2) if call.at(5) is True else _batch_norm)(call)
    if name.startswith("_scaled_dot_product") or name == "_fused_attention":
        return _attention(call)
    if name in ("max", "min") and len(tensors) == 1:
        return a.applied(f"a{name}", tensors[0])
    if name == "max" and len(tensors) == 2:
        return _maximum(call)
    if name in _RULES and isinstance(call.at(0), Node):
        return _RULES[name](call)
    return a.applied(name.removesuffix("_with_indices"), *tensors)


def others(name: str, call: Call, first: Node, place: int) -> Node:
    """The result at another place than the first."""
    if name == "var_mean":
        return a.mean(call.of(0))
    return a.applied(f"{first.name} {place}", *first.of) if first is not CONST else CONST
