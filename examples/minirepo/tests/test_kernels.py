"""Run with TRITON_INTERPRET=1 where there is no GPU."""

import torch
import torch.nn.functional as F
from kernels import elementwise, rows, tiles

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, device=DEVICE)


def test_elementwise():
    x, y = draw(1300), draw(1300)
    torch.testing.assert_close(elementwise.axpy(0.5, x, y), 0.5 * x + y)
    torch.testing.assert_close(elementwise.gelu(x), F.gelu(x, approximate="tanh"), atol=1e-5, rtol=1e-5)
    packed = draw(3, 600)
    gate, value = packed.chunk(2, dim=-1)
    torch.testing.assert_close(elementwise.swiglu(packed), F.silu(gate) * value)
    kept = elementwise.dropout(x, p=0.25, seed=1) != 0
    assert 0.7 < kept.float().mean() < 0.8


def test_rows():
    x, weight, bias = draw(5, 77), draw(77), draw(77)
    torch.testing.assert_close(rows.softmax(x), x.softmax(-1))
    torch.testing.assert_close(rows.rms_norm(x, weight), F.rms_norm(x, (77,), weight, 1e-6))
    torch.testing.assert_close(rows.layer_norm(x, weight, bias), F.layer_norm(x, (77,), weight, bias))
    target = torch.randint(0, 77, (5,), device=DEVICE)
    torch.testing.assert_close(rows.cross_entropy(x, target), F.cross_entropy(x, target))


def test_decay_scan():
    decay, x = torch.rand(2, 9, device=DEVICE), draw(2, 9)
    state, expected = torch.zeros(2, device=DEVICE), []
    for step in range(9):
        state = decay[:, step] * state + x[:, step]
        expected.append(state)
    torch.testing.assert_close(rows.decay_scan(decay, x), torch.stack(expected, dim=1))


def test_tiles():
    x, weight, bias = draw(50, 70), draw(40, 70), draw(40)
    expected = F.leaky_relu(F.linear(x, weight, bias), 0.01)
    torch.testing.assert_close(tiles.linear(x, weight, bias), expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(tiles.Transpose.apply(x), x.T.contiguous())
    index = torch.tensor([3, 0, 49], device=DEVICE)
    torch.testing.assert_close(tiles.gather_rows(x, index), x[index])
