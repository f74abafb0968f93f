# reference: refs/half_mm.py
# why: block pointers with boundary checks, advanced through K; a fixed number of programs that take tile after tile
import torch
import triton
import triton.language as tl


@triton.jit
def _mm_persistent(a, b, c, M, N, K, sa0, sa1, sb0, sb1, PROGRAMS: tl.constexpr, T: tl.constexpr, TK: tl.constexpr):
    across = tl.cdiv(N, T)
    tiles = tl.cdiv(M, T) * across
    for tile in range(tl.program_id(0), tiles, PROGRAMS):
        r = (tile // across) * T
        s = (tile % across) * T
        pa = tl.make_block_ptr(a, shape=(M, K), strides=(sa0, sa1), offsets=(r, 0), block_shape=(T, TK), order=(1, 0))
        pb = tl.make_block_ptr(b, shape=(K, N), strides=(sb0, sb1), offsets=(0, s), block_shape=(TK, T), order=(1, 0))
        acc = tl.zeros((T, T), dtype=tl.float32)
        for _ in range(0, K, TK):
            ta = tl.load(pa, boundary_check=(0, 1), padding_option="zero")
            tb = tl.load(pb, boundary_check=(0, 1), padding_option="zero")
            acc = tl.dot(ta, tb, acc)
            pa = tl.advance(pa, (0, TK))
            pb = tl.advance(pb, (TK, 0))
        acc = tl.where(acc > 0.0, acc, 0.0)
        pc = tl.make_block_ptr(c, shape=(M, N), strides=(N, 1), offsets=(r, s), block_shape=(T, T), order=(1, 0))
        tl.store(pc, acc.to(c.dtype.element_ty), boundary_check=(0, 1))


def half_mmNew(a, b):
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError("two matrices that fit, please")
    if a.dtype != torch.float16 or b.dtype != torch.float16:
        raise TypeError("float16 only")
    m, k = a.shape
    n = b.shape[1]
    c = torch.empty((m, n), dtype=a.dtype, device=a.device)
    if m and n:
        _mm_persistent[(6,)](a, b, c, m, n, k, *a.stride(), *b.stride(), PROGRAMS=6, T=32, TK=32)
    return c
