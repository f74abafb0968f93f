"""What the search for inputs can do, on small classes; each was out of reach of a simpler search."""

import pytest
import torch

from tests.extract.forked import extracted, forked, name_of, said
from triton_data.extract.jailed.attempt import Attempt, Budget
from triton_data.extract.jailed.search.meta import MetaModel
from triton_data.extract.programs import programs
from triton_data.extract.programs.interpreted import FLAG
from triton_data.extract.wire import SearchInputs
from triton_data.records import Program

NN = "import torch\nfrom torch import nn\n\n\n"


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(programs, "SECONDS", 6.0)


def found(text, name):
    results = {name_of(r): r for r in extracted({"net.py": text}, forked)}
    return results[name]


def ran(program, say="tuple(model(*places, **names).shape)"):
    """Alone, as a reader of the dataset would run it."""
    call = f"""
given = get_inputs()
places, names = given if len(given) == 2 and isinstance(given[1], dict) else (given, {{}})
first, second = get_init_inputs()
model = {program.entry}(*first, **second)
print({say})
"""
    return said(program.text + call)


def test_keyword_only_arguments_are_given_by_name():
    program = found(NN + """class Scaled(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.to_scale = nn.Linear(dim, dim)

    def forward(self, x, *, cond):
        return x * self.to_scale(cond)
""", "Scaled")  # fmt: skip
    assert isinstance(program, Program)
    assert '{"cond": torch.randn(' in program.text
    assert ran(program).startswith("(2, ")


def test_any_number_of_inputs_is_at_least_one():
    program = found(NN + """class Adapted(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.inner = nn.Bilinear(dim, dim, 3)

    def forward(self, *args, **kwargs):
        return self.inner(*args, **kwargs)
""", "Adapted")  # fmt: skip
    assert isinstance(program, Program)
    assert program.text.partition("def get_inputs")[2].partition("def ")[0].count("torch.randn(") == 2


def test_what_a_checking_function_is_handed_is_read_where_it_is_called():
    program = found(NN + """def ensure(condition, message):
    if not condition:
        raise ValueError(message)


class Colors(nn.Module):
    def forward(self, image):
        ensure(image.shape[1] == 7, "no colors")
        return image + 1
""", "Colors")  # fmt: skip
    assert isinstance(program, Program)
    assert ran(program).startswith("(2, 7")


def test_a_config_may_be_a_table():
    program = found(NN + """class Pyramid(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.inner = nn.Linear(config["initial_dim"], config["block_dims"][2], bias=config.get("bias", True))

    def forward(self, x):
        return self.inner(x)
""", "Pyramid")  # fmt: skip
    assert isinstance(program, Program)
    assert "block_dims" in program.text.partition("def get_init_inputs")[2]


def test_a_pair_is_made_of_the_number_that_was_tried():
    program = found(NN + """class Scaled(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.up, self.down = factor if isinstance(factor, float) else tuple(factor)

    def forward(self, x):
        return x * self.up / self.down
""", "Scaled")  # fmt: skip
    assert isinstance(program, Program)
    assert '"factor": (1, 1)' in program.text


def test_a_kernel_of_a_tuple_is_small():
    program = found(NN + """class Sharp(nn.Module):
    def __init__(self, kernel_size: tuple[int, int] | int, sigma: "tuple[float, float]", offset: torch.Tensor):
        super().__init__()
        assert isinstance(sigma, tuple) and isinstance(offset, torch.Tensor)
        self.kernel_size, self.offset = kernel_size, offset

    def forward(self, x):
        if any(size % 2 == 0 for size in self.kernel_size):
            raise ValueError("even")
        return x + self.offset.mean() + sum(self.kernel_size)
""", "Sharp")  # fmt: skip
    assert isinstance(program, Program)
    assert '"kernel_size": (3, 3)' in program.text


def test_numbers_that_a_message_offers_are_taken():
    program = found(NN + """class Voxels(nn.Module):
    def __init__(self, spatial_dims, order):
        super().__init__()
        if order != 37:
            raise ValueError("order must be either 36 or 37")
        self.inner = {2: nn.Conv2d, 3: nn.Conv3d}[spatial_dims](3, 5, 3)

    def forward(self, x):
        return self.inner(x)
""", "Voxels")  # fmt: skip
    assert isinstance(program, Program)
    assert '"order": 37' in program.text and '"spatial_dims": 2' in program.text


def test_one_bad_template_does_not_use_up_all_tries():
    # a rank of 3 gets far into forward and offers many corrections, none of which helps
    program = found(NN + """class Pairs(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(dim, dim) for _ in range(6)])

    def forward(self, a, b):
        for layer in self.layers:
            a = layer(a)
        return nn.functional.cross_entropy(a @ b.T, torch.arange(a.shape[0]))
""", "Pairs")  # fmt: skip
    assert isinstance(program, Program)
    assert ran(program) == "()"


def test_companions_may_be_one_value_for_each_item():
    program = found(NN + """class Timed(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.conv, self.dim = nn.Conv2d(3, dim, 3, padding=1), dim

    def forward(self, x, when):
        angles = when[:, None] * torch.arange(self.dim)[None, :]
        assert angles.ndim == 2
        return self.conv(x) + angles.sin()[:, :, None, None]
""", "Timed")  # fmt: skip
    assert isinstance(program, Program)
    assert "torch.randn(2)" in program.text or "(2,)" in program.text


def test_beside_sequences_other_numbers_are_one_for_each_item():
    program = found(NN + """class Chosen(nn.Module):
    def __init__(self):
        super().__init__()
        self.users, self.items = nn.Embedding(40, 16), nn.Embedding(50, 16)

    def forward(self, user, item_seq, next_item):
        assert user.ndim == next_item.ndim == 1 and item_seq.ndim == 2
        return self.users(user) + self.items(next_item) + self.items(item_seq).mean(1)
""", "Chosen")  # fmt: skip
    assert isinstance(program, Program)
    assert ran(program) == "(2, 16)"


def test_companions_of_words_are_as_often_one_for_each_item():
    program = found(NN + """class Last(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.users = nn.Embedding(50, 32), nn.Embedding(20, 32)

    def forward(self, words, user, words_len):
        assert words.ndim == 2 and user.ndim == 1
        x = self.embed(words) + self.users(user)[:, None]
        return x.gather(1, (words_len - 1).view(-1, 1, 1).expand(-1, -1, 32))
""", "Last")  # fmt: skip
    assert isinstance(program, Program)
    assert "torch.randint(1, 17, (2,))" in program.text, "no sequence is empty"


def test_sizes_that_the_constructor_was_told():
    program = found(NN + """class Places(nn.Module):
    def __init__(self, image_size=48, patch=16, dim=64):
        super().__init__()
        self.cut = nn.Conv2d(3, dim, patch, patch)
        self.position = nn.Parameter(torch.zeros(1, (image_size // patch) ** 2 + 1, dim))

    def forward(self, pixels):
        x = self.cut(pixels).flatten(2).transpose(1, 2)
        return torch.cat([x.mean(1, keepdim=True), x], 1) + self.position
""", "Places")  # fmt: skip
    assert isinstance(program, Program)
    assert "torch.randn(2, 3, 48, 48)" in program.text


def test_a_whole_shape_that_an_assertion_states():
    program = found(NN + """class Exact(nn.Module):
    def forward(self, x):
        assert x.shape[1:] == (5, 7, 11)
        return x + 1
""", "Exact")  # fmt: skip
    assert isinstance(program, Program)
    assert "5, 7, 11)" in program.text


def test_sizes_of_a_config_that_belong_together():
    program = found("from dataclasses import dataclass\n" + NN + """@dataclass
class VisionConfig:
    width: int = 768
    head_width: int = 64
    layers: int = 24


class Tower(nn.Module):
    def __init__(self, config: VisionConfig):
        super().__init__()
        heads = config.width // config.head_width
        blocks = [nn.MultiheadAttention(config.width, heads, batch_first=True) for _ in range(config.layers)]
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x):
        for block in self.blocks:
            x = block(x, x, x)[0]
        return x
""", "Tower")  # fmt: skip
    assert isinstance(program, Program)
    assert "layers=24" not in program.text


def test_values_that_stay_finite():
    program = found(NN + """class Rooted(nn.Module):
    def forward(self, x):
        return x.sqrt()
""", "Rooted")  # fmt: skip
    assert isinstance(program, Program)
    assert "torch.rand(" in program.text


def test_a_wrong_constructor_argument_that_only_forward_notices():
    program = found(NN + """class Late(nn.Module):
    def __init__(self, transform_size):
        super().__init__()
        self.transform_size = transform_size

    def forward(self, x):
        return self.transform_size(x)
""", "Late")  # fmt: skip
    assert isinstance(program, Program)


KERNEL = """import torch
import triton
import triton.language as tl
from torch import nn
from triton.language.extra import libdevice

exp = tl.exp


@triton.autotune(configs=[triton.Config({"BLOCK": block}) for block in (64, 128)], key=["n"])
@triton.jit
def sigmoid_kernel(x, out, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    value = tl.load(x + at, at < n)
    tl.store(out + at, 1 / (1 + exp(-value)) + libdevice.tanh(value) + tl.extra.cuda.libdevice.round(value), at < n)


class Gate(nn.Module):
    def __init__(self, dim=256):
        super().__init__()
        self.project = nn.Linear(dim, dim)

    def forward(self, x):
        assert x.shape[-2] > 48, "too short"
        x = self.project(x)
        out = torch.empty_like(x)
        with getattr(torch, x.device.type).device(x.device.index):
            sigmoid_kernel[lambda meta: (triton.cdiv(x.numel(), meta["BLOCK"]),)](x, out, x.numel())
        return out
"""


def test_modules_that_launch_triton_kernels_run_alone_without_a_gpu(monkeypatch):
    monkeypatch.setattr(programs, "INTERPRETED_SECONDS", 15.0)
    program = found(KERNEL, "Gate")
    assert isinstance(program, Program)
    assert FLAG in program.flags
    expected = "(lambda x: torch.sigmoid(x) + torch.tanh(x) + torch.round(x))(model.project(*places))"
    assert ran(program, f"torch.allclose(model(*places), {expected}, atol=1e-5)") == "True"
    assert '"dim": 32' in program.text, "a published size is tried after a small one, kernels being interpreted"
    assert "torch.randn(2, 54, 32)" in program.text, "longer than what the code asks for"
    assert KERNEL[KERNEL.index("@triton.autotune") : KERNEL.index("class Gate")].strip() in program.text


class _Needs(torch.nn.Module):  # type: ignore[misc]
    def forward(self, x):
        return x * x.sum().item()


def test_meta_tensors_object_to_shapes_and_to_nothing_else():
    attempt = Attempt({}, Budget(float("inf"), 100))
    linear = MetaModel(attempt, torch.nn.Linear(8, 4))
    assert "reduction dim" in linear.refusal(["torch.randn(2, 3, 7)"]).error
    assert linear.refusal(["torch.randn(2, 3, 8)"]) is None
    values = MetaModel(attempt, _Needs())
    assert values.refusal(["torch.randn(2)"]) is None
    assert not values.usable


def test_nothing_is_tried_in_place_of_a_package_or_of_half_precision():
    tries = []

    def counting(request):
        reply = forked(request)
        tries.extend([reply.answer.attempts] if isinstance(request, SearchInputs) else [])
        return reply

    text = (
        NN
        + """try:
    from flash_attn_of_nobody import flash
except ImportError:
    flash = None


class Fast(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.project = nn.Linear(dim, dim)

    def forward(self, x):
        return flash(self.project(x))


class Faster(Fast):
    def forward(self, x):
        if flash is None:
            raise ImportError("Please install it with `pip install flash-attn-of-nobody` first")
        return x


class Half(Fast):
    def forward(self, x):
        x = self.project(x)
        assert x.dtype != torch.float32, "Chunks do not support float32. Please use bfloat16."
        return x
"""
    )
    drops = extracted({"net.py": text}, counting)
    reasons = ["needs:flash_attn_of_nobody", "needs:flash-attn-of-nobody", "forward_failed"]
    assert [str(drop.reason) for drop in drops] == reasons
    assert max(tries) <= 12


def test_a_choice_of_an_enumeration_and_what_is_only_handed_on():
    program = found("from enum import Enum\n" + NN + """class Kind(Enum):
    WIDE = "wide"
    DEEP = "deep"


class Inner(nn.Module):
    def __init__(self, width=None, **others):
        super().__init__()
        if width is None:
            raise ValueError("Argument `width` must be given")
        self.layer = nn.Linear(width, width)

    def forward(self, x):
        return self.layer(x)


class Outer(nn.Module):
    def __init__(self, level, **kwargs):
        super().__init__()
        self.kind, self.inner = Kind(level), Inner(**kwargs)

    def forward(self, x):
        return self.inner(x) * (2 if self.kind is Kind.WIDE else 1)
""", "Outer")  # fmt: skip
    assert isinstance(program, Program)
    assert "\"level\": 'wide'" in program.text or "\"level\": 'deep'" in program.text


def test_a_dimension_that_no_input_has_is_the_constructors_fault():
    program = found(NN + """class Largest(nn.Module):
    def __init__(self, dim, keepdim=False):
        super().__init__()
        self.dim, self.keepdim = dim, keepdim

    def forward(self, x):
        return x.max(self.dim, keepdim=self.keepdim)[0]
""", "Largest")  # fmt: skip
    assert isinstance(program, Program)
    assert '"dim": 64' not in program.text
