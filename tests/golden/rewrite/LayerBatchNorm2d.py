"""LayerBatchNorm2d in Triton: batch_norm_kernel"""

import torch
import triton
import triton.language as tl
from torch import nn


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# batch_norm: native_batch_norm_legit_no_training
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def batch_norm_kernel(
    x0_ptr, running_mean_ptr, running_var_ptr, weight_ptr, bias_ptr, out_ptr, n_elements,
    BLOCK: tl.constexpr,
):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i1 = offsets // 144 % 16
    x0 = tl.load(x0_ptr + offsets, mask=mask)
    running_mean = tl.load(running_mean_ptr + i1, mask=mask)
    running_var = tl.load(running_var_ptr + i1, mask=mask)
    weight = tl.load(weight_ptr + i1, mask=mask)
    bias = tl.load(bias_ptr + i1, mask=mask)
    out = (x0 - running_mean) * (1.0 / tl.sqrt_rn(running_var + 1e-05) * 1.0) * weight + bias
    tl.store(out_ptr + offsets, out, mask=mask)


class LayerBatchNorm2dNew(nn.Module):

    def __init__(self):
        super().__init__()
        self.layer = nn.BatchNorm2d(16)

    def forward(self, x0):
        assert x0.shape == (4, 16, 12, 12), x0.shape
        x0 = x0.contiguous()
        assert self.layer.weight.shape == (16,), self.layer.weight.shape
        device = x0.device
        batch_norm = torch.empty((4, 16, 12, 12), dtype=torch.float32, device=device)
        batch_norm_kernel[lambda meta: (triton.cdiv(9216, meta["BLOCK"]),)](
            x0, self.layer.running_mean, self.layer.running_var, self.layer.weight, self.layer.bias,
            batch_norm, 9216,
        )
        return batch_norm


def get_inputs():
    return [torch.randn(4, 16, 12, 12)]


def get_init_inputs():
    return []
