# reference: refs/dequant4.py
# why: a lane for each number and not for each byte; group from the column; int64 offsets
import torch
import triton
import triton.language as tl


@triton.jit
def _dq(packed, scale, zero, out, cols, group, groups, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    ok = c < cols
    byte = tl.load(packed + row * (cols // 2) + c // 2, mask=ok, other=0).to(tl.int32)
    nib = (byte >> ((c % 2) * 4)) & 0xF
    g = c // group
    z = tl.load(zero + row * groups + g, mask=ok, other=0).to(tl.int32)
    s = tl.load(scale + row * groups + g, mask=ok, other=0.0)
    tl.store(out + row * cols + c, (nib - z).to(tl.float32) * s, mask=ok)


def dequant4New(packed, scale, zero):
    assert packed.dtype == torch.uint8 and packed.dim() == 2, "packed: uint8 matrix"
    assert scale.dtype == torch.float32 and scale.dim() == 2
    assert zero.shape == scale.shape and scale.shape[0] == packed.shape[0], "a scale and a zero for each group"
    assert zero.dtype == torch.uint8
    rows, cols = packed.shape[0], packed.shape[1] * 2
    groups = scale.shape[1]
    assert groups > 0 and cols % groups == 0, "groups must divide the row"
    out = torch.empty(rows, cols, dtype=scale.dtype, device=packed.device)
    if out.numel() == 0:
        return out
    _dq[(rows, triton.cdiv(cols, 128))](
        packed.contiguous(), scale.contiguous(), zero.contiguous(), out, cols, cols // groups, groups, BLOCK=128
    )
    return out
