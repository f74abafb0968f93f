"""What a candidate does on the host while it is called: every torch operation, judged as it happens.

`Watch(memory, allowed)` around the candidate. Memory that torch hands out is registered, poisoned where torch leaves it
uninitialised, and every write by an operation is followed, so that kernels and operations together account for each
byte. An operation that computes from the inputs, and is not one that the pair may leave to a library, is a fault.
Not covered: work outside of torch's dispatcher; memory.py notices what that writes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.formats.dispatch_mode import DispatchMode
from triton_data.verify.jailed import operations, source_lines
from triton_data.verify.jailed.launch_counts import LAUNCHING

_UNWRITTEN = {"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "resize_"}
_FINISHING = {"sum", "mean", "div", "mul", "add", "sub", "sqrt", "rsqrt", "amax", "amin", "max", "min", "neg", "prod",
              "div_", "mul_", "add_", "sub_", "any", "all", "eq", "gt", "lt", "cumsum"}  # fmt: skip
ANYTHING = "everything"  # allowed where nothing says what kernels should do
SMALL = 32  # protocol 1: a finishing touch works on at most this fraction of what came in
SHARE, LEAST = 8, 64  # a call's last steps take at most this part of its largest input, in elements times operations
ROUNDINGS = 64.0  # by which a kernel that only moves what torch made may have nudged it
ADDRESSES, DEVICE_ADDRESSES = 1 << 32, 1 << 40  # a smaller number is none
KNOWN = frozenset(torch._C._dispatch_get_all_op_names())  # before any candidate could register more


class Watch(DispatchMode):
    """`tainted` are the storages whose content depends on the inputs."""

    def __init__(self, memory: Any, allowed: frozenset[str], strict: bool = False, finishing: bool = True) -> None:
        """`strict`: as protocol 2 has it. Without `finishing` the last steps have no budget."""
        super().__init__()
        self.memory, self.allowed, self.strict, self.budgeted = memory, allowed, strict, finishing
        self.spent = 0  # of the budget, in this call
        self.apart = False  # what is called now says nothing about the rest
        self.moved: list[str] = []  # one a call: what torch had made of all that it returned, or ''
        self.tainted: set[int] = set()
        self.fed: set[int] = set()  # of these, those that depend on more than weights
        self.numeric: set[int] = set()  # of these, storages whose content depends on inputs that are not integers
        self.inputs: set[int] = set()
        self.returned: set[int] = set()
        self.largest = 1
        self.calling = False
        self.performed: Counter[str] = Counter()
        self.host: list[str] = []  # what the host made of Python's numbers in this call
        self.first_host: dict[tuple[Any, ...], list[str]] = {}
        self.shapes: tuple[Any, ...] = ()
        self.from_inputs: list[
            tuple[str, torch.Tensor, bool]
        ] = []  # what operations computed that no kernel had a part in

    def begin(self, inputs: list[torch.Tensor], weights: list[torch.Tensor] = []) -> None:  # noqa: B006  not changed
        self.spent, self.fed = 0, set()
        self.tainted, self.numeric, self.from_inputs, self.host = set(), set(), [], []
        self.shapes = tuple((tuple(t.shape), t.dtype, "" if _is_real(t) else _digest(t)) for t in inputs)
        self.inputs = {_place(tensor) for tensor in inputs}
        self.largest = max([tensor.numel() for tensor in inputs], default=1)
        for tensor in inputs:
            self.memory.register(tensor, written=True)
            self.tainted.add(_place(tensor))
            self.fed.add(_place(tensor))
            if _is_real(tensor):
                self.numeric.add(_place(tensor))
        few = [tensor for tensor in weights if tensor.numel() <= LEAST]
        self.shapes += tuple(_digest(tensor) for tensor in few)  # which the host may read
        for tensor in weights:
            self.memory.register(tensor, written=True)
            self.tainted.add(_place(tensor))
            if _is_real(tensor):
                self.numeric.add(_place(tensor))

    def arrives(self, upstream: list[torch.Tensor]) -> None:
        """What flows back may lie otherwise in each call: its strides are the kernels' arguments, and nobody's work."""
        self.shapes += tuple(tensor.stride() for tensor in upstream)

    def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = operations.short(func)
        if self.strict and _full_name(func) not in KNOWN:
            name = f"{_full_name(func)}, which the candidate registered,"  # whatever it calls itself
        given = [leaf for leaf in pytree.tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        if LAUNCHING.inside:
            if any(self.memory.of(tensor) is not None for tensor in given):
                self.memory.note("torch_fallback", f"{name} on the candidate's tensors from inside a kernel")
            return func(*args, **kwargs)
        result = func(*args, **kwargs)
        if name in _UNWRITTEN - {"resize_"} and isinstance(result, torch.Tensor):
            result = self.memory.guarded(result)
        results = [leaf for leaf in pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        depends = any(self._depends(tensor) for tensor in given)
        touched = any(self._by_kernel(tensor) for tensor in given)
        fed = touched or any(_place(tensor) in self.fed for tensor in given)
        real = touched or any(_is_real(tensor) or _place(tensor) in self.numeric for tensor in [*given, *results])
        for tensor in results:
            new = self.memory.of(tensor) is None
            storage = self.memory.register(tensor, written=name not in _UNWRITTEN)
            if storage is not None and depends and (new or _writes(func)):
                self.tainted.add(storage.start)
                self.fed |= {storage.start} if fed else set()
                self.numeric |= {storage.start} if real else set()
                storage.by_kernel = storage.by_kernel or touched
        if self.calling and name == "lift_fresh":
            self.host += [_digest(tensor) for tensor in results]
        for tensor in _written(func, args, kwargs):
            self.memory.register(tensor, written=True)
            self.memory.refresh(tensor)
            if depends:
                self.tainted.add(_place(tensor))
                self.fed |= {_place(tensor)} if fed else set()
                self.numeric |= {_place(tensor)} if real else set()
        if self.calling and (real or "integers" not in self.allowed):
            whole = operations.INSIDE[-1] if operations.INSIDE else name
            if not (self.strict and depends and not fed and self._on_weights(whole, given, results)):
                self._judge(whole, given, results, depends, touched)
        return result

    def _on_weights(self, name: str, given: list[torch.Tensor], results: list[torch.Tensor]) -> bool:
        """A few numbers that only weights lead to: a scale that is read, a norm that is folded."""
        return operations.kind(name) in ("compute", "read") and self._spend(given, results)

    def _depends(self, tensor: torch.Tensor) -> bool:
        storage = self.memory.of(tensor)
        return storage is not None and (storage.by_kernel or storage.start in self.tainted)

    def _by_kernel(self, tensor: torch.Tensor) -> bool:
        storage = self.memory.of(tensor)
        return storage is not None and storage.by_kernel

    def _judge(
        self, name: str, given: list[torch.Tensor], results: list[torch.Tensor], depends: bool, touched: bool
    ) -> None:
        kind = operations.kind(name)
        if not depends or kind == "memory":
            return
        self.performed[name] += 1
        if ANYTHING in self.allowed:
            return
        if not touched:
            self.from_inputs += [(name, tensor.clone(), kind == "move") for tensor in results]
        if kind == "read":
            if kind not in self.allowed:
                self._fault(f"{name}: the host reads numbers that depend on the inputs")
            return
        if kind == "move" or kind in self.allowed or name in self.allowed or self._finishes(name, given):
            return
        self._fault(f"{name} is computed by torch")

    def _fault(self, detail: str) -> None:
        line = source_lines.of_now()
        self.memory.note("torch_fallback", f"{detail}{f' ({line})' if line else ''}")

    def check_origin(self, outputs: list[torch.Tensor]) -> None:
        """A kernel that only copies what torch computed from the inputs has not done the work, and a call must not
        return what an earlier one returned."""
        self._check_host()
        for tensor in outputs:
            place = _place(tensor)
            if place in self.returned and place not in self.inputs and tensor.numel():
                self.memory.note("aliased_output", "an output lies where an earlier call's output lies")
        self.returned |= {_place(tensor) for tensor in outputs}
        alike = _nearly_same_numbers if self.strict else _same_numbers
        sources = [
            next((name for name, results, moved in self.from_inputs if alike(results, out, moved)), "")
            for out in outputs
        ]
        if not self.strict and sources and all(sources):
            self.memory.note("torch_fallback", f"the output holds what {sources[0]} made, and kernels only moved it")
        elif self.strict and not self.apart and not all(_trivial(out) for out in outputs):
            self.moved.append(sources[0] if sources and all(sources) else "")

    def check_origins(self) -> None:
        """After the last call. In one draw of many a ReLU may leave all that a product made."""
        made = [name for name in self.moved if name]
        if made and 2 * len(made) > len(self.moved):
            self.memory.note("torch_fallback", f"the output holds what {made[0]} made, and kernels only moved it")

    def _check_host(self) -> None:
        """Numbers that Python made, whether in a tensor or as an argument of a kernel, cannot depend on the inputs'
        numbers without somebody having read those."""
        numbers = [*self.host, *LAUNCHING.numbers, *(self._integers() if self.strict else ())]
        if ANYTHING not in self.allowed and self.first_host.setdefault(self.shapes, numbers) != numbers:
            self.memory.note(
                "torch_fallback", "the host makes other numbers for other inputs, which no kernel computed"
            )

    def _integers(self) -> list[str]:
        """That kernels were given as arguments; an address of a tensor that is known counts as none."""
        find = getattr(self.memory, "find", None)
        known = (lambda n: find(n) is not None) if find is not None else (lambda n: n >= DEVICE_ADDRESSES)
        return [str(n) for n in LAUNCHING.integers if abs(n) < ADDRESSES or not known(n)]

    def _finishes(self, name: str, given: list[torch.Tensor]) -> bool:
        """The last step over what kernels have already brought down to a few numbers."""
        if name not in _FINISHING or not all(self._by_kernel(t) or not self._depends(t) for t in given):
            return False
        if self.strict:
            return self._spend(given, []) or not self.budgeted
        return all(t.numel() <= 1 or t.numel() * SMALL <= self.largest for t in given)

    def _spend(self, given: list[torch.Tensor], results: list[torch.Tensor]) -> bool:
        """Elements times operations, over the whole call."""
        self.spent += max([tensor.numel() for tensor in (*given, *results)], default=1)
        return self.spent <= max(LEAST, self.largest // SHARE)


def _same_numbers(a: torch.Tensor, b: torch.Tensor, in_order: bool) -> bool:
    if a.numel() != b.numel() or a.dtype != b.dtype or a.numel() < 2:
        return False
    if torch.equal(a.flatten(), b.flatten()):
        return True
    return not in_order and bool(torch.equal(a.flatten().sort()[0], b.flatten().sort()[0]))


def _nearly_same_numbers(a: torch.Tensor, b: torch.Tensor, in_order: bool) -> bool:
    """Up to a few roundings: whoever adds 1e-7 to what torch made has done no work either."""
    if a.numel() != b.numel() or a.dtype != b.dtype or a.numel() < 2:
        return False
    if not a.is_floating_point():
        return _same_numbers(a, b, in_order)
    x, y = a.detach().flatten().double(), b.detach().flatten().double()
    return _near(x, y, a.dtype) or (not in_order and _near(x.sort()[0], y.sort()[0], a.dtype))


def _near(x: torch.Tensor, y: torch.Tensor, dtype: torch.dtype) -> bool:
    least = ROUNDINGS * torch.finfo(dtype).eps * float(x.abs().nan_to_num(0.0, 0.0, 0.0).max())
    return bool(((x - y).abs() <= least).logical_or(x == y).logical_or(x.isnan() & y.isnan()).all())


def _trivial(tensor: torch.Tensor) -> bool:
    """Of one number, as all programs give for some inputs."""
    flat = tensor.detach().flatten()
    return not flat.numel() or bool(((flat == flat[0]) | (flat != flat)).all())


def _is_real(tensor: torch.Tensor) -> bool:
    return bool(tensor.is_floating_point() or tensor.is_complex())


def _digest(tensor: torch.Tensor) -> str:
    return hashlib.sha256(repr(tensor.detach().cpu().tolist()).encode()).hexdigest()


def _place(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage().data_ptr())


def _full_name(func: Any) -> str:
    overload = func._schema.overload_name
    return f"{func._schema.name}.{overload}" if overload else str(func._schema.name)


def _writes(func: Any) -> bool:
    return any(a.alias_info is not None and a.alias_info.is_write for a in func._schema.arguments)


def _written(func: Any, args: Any, kwargs: Any) -> list[torch.Tensor]:
    """The arguments that the operation's schema says it writes."""
    found = []
    for index, argument in enumerate(func._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            value = args[index] if index < len(args) else kwargs.get(argument.name)
            found += [leaf for leaf in pytree.tree_leaves(value) if isinstance(leaf, torch.Tensor)]
    return found
