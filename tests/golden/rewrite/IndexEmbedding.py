"""IndexEmbedding in Triton: embedding_kernel"""

import torch
import triton
import triton.language as tl


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# embedding: embedding
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def embedding_kernel(i_ptr, w_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i1 = offsets // 32
    i0 = offsets % 32
    i = tl.load(i_ptr + i1, mask=mask)
    tl.device_assert((0 <= i) & (i < 100) | ~mask, "index out of bounds")
    w = tl.load(w_ptr + (i0 + 32 * i), mask=mask)
    tl.store(out_ptr + offsets, w, mask=mask)


def IndexEmbeddingNew(i, w):
    assert i.shape == (4, 8), i.shape
    i = i.contiguous()
    assert w.shape == (100, 32), w.shape
    w = w.contiguous()
    device = i.device
    embedding = torch.empty((4, 8, 32), dtype=torch.float32, device=device)
    embedding_kernel[lambda meta: (triton.cdiv(1024, meta["BLOCK"]),)](i, w, embedding, 1024)
    return embedding


def get_inputs():
    return [torch.randint(0, 100, (4, 8)), torch.randn(100, 32)]
