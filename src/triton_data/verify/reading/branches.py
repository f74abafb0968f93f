"""Torch that computes in a branch: what no draw took was not verified, and is where a candidate falls back.

In: a candidate's text and the kinds of operation that it may leave to torch. Out: the first such call, or ''. What is
called on every path is left to the watch, which sees it happen. Not covered: functions that come in as values, and
conditions inside of expressions other than `a if c else b`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.verify.jailed import operations

_COMPUTES_WORDS = """
    softmax log_softmax softmin gumbel_softmax gelu silu relu relu6 leaky_relu elu selu celu mish softplus hardswish
    hardsigmoid hardtanh sigmoid logsigmoid tanh exp exp2 expm1 log log2 log1p erf sin cos sqrt rsqrt pow
    layer_norm rms_norm group_norm batch_norm instance_norm local_response_norm normalize norm
    cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss huber_loss kl_div binary_cross_entropy
    binary_cross_entropy_with_logits cosine_similarity cumsum cumprod logsumexp argmax argmin argsort var std var_mean
    max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d interpolate einsum outer tensordot
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d glu threshold cdist bilinear
"""
_COMPUTES = frozenset(_COMPUTES_WORDS.split()) | frozenset(operations.FAMILY)
_NOT_TORCH = ("math", "np", "numpy", "tl", "libdevice")
_WEIGHTS = {"Linear": "matmul", "Bilinear": "matmul", "Conv1d": "convolution", "Conv2d": "convolution",
            "Conv3d": "convolution", "MultiheadAttention": "attention"}  # fmt: skip
Body = list[ast.stmt]


def computed_in_a_branch(text: str, allowed: frozenset[str], kinds_too: bool = False) -> str:
    """With `kinds_too` a branch is let be that only what no verified call has leads to: another device, another type of
    number, training, no Triton. A pair is verified for its own."""
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and not _is_kernel(node)]
    called = [function for function in functions if function.name != "__init__"]
    names = {f.name for f in called if f.name != "forward" and any(_computing(f, allowed, frozenset()))}
    names |= _layers(functions, allowed)
    for function in called:
        for branch in _branches(function.body, kinds_too):
            for call in _computing(branch, allowed, frozenset(names)):
                return f"line {call.lineno}: {ast.unparse(call.func)}() in a branch"
    return ""


def _is_kernel(function: ast.FunctionDef) -> bool:
    return any("jit" in ast.unparse(decorator) for decorator in function.decorator_list)


def _layers(functions: list[ast.FunctionDef], allowed: frozenset[str]) -> set[str]:
    """Attributes that hold a layer of torch's, such as `self.norm = nn.LayerNorm(8)`."""
    found = set()
    for function in functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                owner, _, kind = ast.unparse(node.value.func).rpartition(".")
                layer = owner in ("nn", "torch.nn") and kind[:1].isupper() and not kind.startswith("Parameter")
                if layer and _WEIGHTS.get(kind, "") not in allowed:
                    found |= {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
    return found


def _branches(body: Body, kinds_too: bool) -> Iterator[ast.AST]:
    """What runs on some calls only, and all that follows an `if` that may have returned."""
    for index, statement in enumerate(body):
        if isinstance(statement, ast.If) and (
            _off_the_gpu(statement.test) or (kinds_too and _of_another_kind(statement.test))
        ):
            yield from _branches(statement.orelse, kinds_too)
        elif isinstance(statement, ast.If):
            yield from [*statement.body, *statement.orelse]
            if any(isinstance(node, ast.Return) for part in statement.body for node in ast.walk(part)):
                yield from body[index + 1 :]
        elif isinstance(statement, ast.Try):
            yield from statement.handlers
            yield from _branches(statement.body, kinds_too)
        elif isinstance(statement, ast.While | ast.For | ast.With):
            yield from _branches(statement.body, kinds_too)
        elif isinstance(statement, ast.Match):
            yield from (part for case in statement.cases for part in case.body)
        for node in ast.walk(statement):
            if isinstance(node, ast.IfExp):
                yield from (node.body, node.orelse)


_OF_KIND = {"is_cuda", "is_cpu", "device", "dtype", "training", "is_available", "type", "requires_grad",
            "is_grad_enabled", "is_floating_point", "is_complex", "layout"}  # fmt: skip


def _of_another_kind(test: ast.expr) -> bool:
    """Every part of it asks for the kind of a tensor or of a machine, for a mode, or whether there is anything at all:
    no size, no number, no counter."""
    if isinstance(test, ast.BoolOp):
        return all(_of_another_kind(value) for value in test.values)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _of_another_kind(test.operand)
    if isinstance(test, ast.Name):
        return test.id.isupper()  # HAS_TRITON
    if isinstance(test, ast.Compare) and ast.unparse(test).replace(" ", "").endswith((".numel()==0", ".shape[0]==0")):
        return True
    names = {node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute)}
    numbers = [node for node in ast.walk(test) if isinstance(node, ast.Constant) and type(node.value) in (int, float)]
    return bool(names & _OF_KIND) and not numbers and not names & {"numel", "shape", "size", "stride", "item", "ndim"}


def _off_the_gpu(test: ast.expr) -> bool:
    """`if not x.is_cuda:` is what an honest author does where no kernel can run; a verification never goes there."""
    text = ast.unparse(test)
    return (text.startswith("not ") and text.endswith((".is_cuda", "cuda.is_available()"))) or (
        text.endswith((".device.type != 'cuda'", ".device.type == 'cpu'"))
        and " and " not in text
        and " or " not in text
    )


def _computing(root: ast.AST, allowed: frozenset[str], also: frozenset[str]) -> Iterator[ast.Call]:
    for node in ast.walk(root):
        if not isinstance(node, ast.Call):
            continue
        owner, _, name = ast.unparse(node.func).rpartition(".")
        torchs = name in _COMPUTES and operations.kind(name) not in allowed and owner and owner not in _NOT_TORCH
        if torchs or (name in also and owner in ("", "self")):
            yield node
