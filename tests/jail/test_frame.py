"""The result channel: what goes in comes out, and nothing else gets through."""

from __future__ import annotations

import json
import struct

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from triton_data.jail import frame
from triton_data.jail.frame import BadFrame, ErrorClaim, RawTensor

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_values_survive(value: object) -> None:
    assert frame.decode(frame.encode({"ok": True, "value": value})) == (value, ())


@pytest.mark.parametrize("dtype", [name for name in frame.SIZES if hasattr(torch, name)])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 4)])
def test_tensors_survive_bit_for_bit(dtype: str, shape: tuple[int, ...]) -> None:
    size = frame.SIZES[dtype]
    raw = torch.arange(max(1, torch.Size(shape).numel()) * size).to(torch.uint8) % 2
    tensor = raw.view(getattr(torch, dtype))[: torch.Size(shape).numel()].reshape(shape)
    decoded = frame.decode(frame.encode({"ok": True, "value": None}, [tensor]))
    assert isinstance(decoded, tuple)
    (claim,) = decoded[1]
    assert (claim.dtype, claim.shape) == (dtype, shape)
    back = claim.torch()
    assert back.dtype == tensor.dtype
    assert back.shape == tensor.shape
    assert RawTensor(dtype, shape, frame._bytes_of(back)[1]) == claim


def test_a_strided_tensor_is_sent_as_it_reads() -> None:
    decoded = frame.decode(frame.encode({"ok": True, "value": 0}, [torch.arange(6.0).reshape(2, 3).t()]))
    assert isinstance(decoded, tuple)
    assert decoded[1][0].torch().tolist() == [[0, 3], [1, 4], [2, 5]]


@given(st.binary(max_size=200))
def test_noise_is_a_bad_frame(noise: bytes) -> None:
    with pytest.raises(BadFrame):
        frame.decode(noise)


@given(st.data())
def test_a_frame_with_one_byte_more_or_less_is_bad(data: st.DataObject) -> None:
    good = frame.encode({"ok": True, "value": [1, "x"]}, [torch.ones(2)])
    with pytest.raises(BadFrame):
        frame.decode(good + b"\0")
    with pytest.raises(BadFrame):
        frame.decode(good[: data.draw(st.integers(0, len(good) - 1))])


def test_an_error_is_a_claim() -> None:
    header = {"ok": False, "type": "ValueError", "message": "no", "kind": "error", "errno": None, "path": None}
    assert frame.decode(frame.encode(header)) == ErrorClaim("ValueError", "no", "error", None, None)
    text = json.dumps({**header, "extra": 1}).encode()
    with pytest.raises(BadFrame, match="keys"):
        frame.decode(struct.pack("<IQ", len(text), 0) + text)
