"""Programs that compute the same give the same numbers, however their weights are stored and called."""

from __future__ import annotations

from triton_data.curate.benchmarks import trace
from triton_data.curate.benchmarks.compared import Observed, Said, compared

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom dataclasses import dataclass\n\n\n"
TAIL = "\n\ndef get_inputs():\n    return [torch.randn({})]\n\n\ndef get_init_inputs():\n    return [{}]\n"


def _seen(made: str, forward: str, sizes: str = "6, 12", given: str = "", arguments: str = "") -> Observed | None:
    init = f"    def __init__(self{arguments}):\n        super().__init__()\n        {made}\n\n"
    body = f"class Model(nn.Module):\n{init}    def forward(self, x):\n        {forward}\n"
    answer, _ = trace.run({"text": HEAD + body + TAIL.format(sizes, given), "entry": "Model", "every": True})
    return Observed.read(str(answer["observed"]))


def _said(one: Observed | None, other: Observed | None) -> Said:
    assert one is not None and other is not None
    return compared(one, other)


GATED = _seen("self.a = nn.Linear(12, 8); self.b = nn.Linear(12, 8)", "return F.silu(self.a(x)) * self.b(x).tanh()")


def test_weights_that_are_fused_and_called_otherwise_are_the_same() -> None:
    fused = _seen(
        "self.w = nn.Parameter(torch.randn(12, 16)); self.offset = nn.Parameter(torch.randn(16))",
        "a, b = (x @ self.w + self.offset).chunk(2, 1); return a * torch.sigmoid(a) * torch.tanh(b)",
    )
    assert _said(GATED, fused) is Said.SAME


def test_another_activation_is_another_program_with_the_same_weights() -> None:
    other = _seen("self.a = nn.Linear(12, 8); self.b = nn.Linear(12, 8)", "return F.gelu(self.a(x)) * self.b(x).tanh()")
    assert _said(GATED, other) is Said.OTHER_WITH_EQUAL_WEIGHTS


def test_a_program_without_the_bias_is_another() -> None:
    bare = _seen(
        "self.a = nn.Linear(12, 8, bias=False); self.b = nn.Linear(12, 8, bias=False)",
        "return F.silu(self.a(x)) * self.b(x).tanh()",
    )
    assert _said(GATED, bare) is Said.OTHER


def test_programs_for_other_sizes_meet_at_small_ones_unless_they_compute_little() -> None:
    def of(forward: str, width: int) -> Observed | None:
        made = "self.one = nn.Linear(n, n)"
        return _seen(made, forward, f"4, {width}", str(width), ", n")

    long = "return torch.softmax(F.gelu(self.one(x)), -1) * torch.sigmoid(x)"
    assert _said(of(long, 512), of(long, 256)) is Said.SAME
    assert _said(of("return F.relu(self.one(x))", 512), of("return F.relu(self.one(x))", 256)) is Said.UNKNOWN
    assert _said(of("return F.relu(self.one(x))", 512), of("return torch.clamp(self.one(x), min=0)", 512)) is Said.SAME


def test_what_draws_at_random_or_is_huge_has_no_numbers_and_what_looks_at_values_has() -> None:
    assert _seen("pass", "return x + torch.randn_like(x)") is None
    assert _seen("pass", "return torch.tanh(x)", "3_000, 3_000, 3_000") is not None
    assert _seen("self.one = nn.Conv2d(40, 40, 41)", "return self.one(x)", "44, 40, 44, 44") is None
    assert _seen("pass", "return x[torch.nonzero(x[:, 0] > 0)[:, 0]].sum(0).exp()") is not None


def test_a_program_with_a_dataclass_is_traced() -> None:
    text = HEAD.replace("import torch\n", "from __future__ import annotations\n\nimport torch\n", 1)
    text += (
        "@dataclass\nclass Config:\n    width: int = 8\n\n\ndef Model(x):\n    return torch.tanh(x) * Config().width\n"
    )
    assert trace.run({"text": text + TAIL.format("2, 2", ""), "entry": "Model"})[0]["graph"]


def test_numbers_that_say_nothing_are_no_evidence_and_foreign_text_is_refused() -> None:
    zero = _seen("pass", "return torch.relu(x) * torch.relu(-x)")
    assert _said(zero, zero) is Said.UNKNOWN
    assert Observed.read("[1]") is None and Observed.read('[0,"",[["a","b",0,[null]]]]') is None
