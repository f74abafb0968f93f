"""Reading output code as text."""

from __future__ import annotations

from triton_data.capture.output_code import comparable, externs_of, kernels_of, runnable, without_paths

CODE = """
async_compile = AsyncCompile()

# Topologically Sorted Source Nodes: [relu], Original ATen: [aten.relu]
triton_poi_fused_relu_0 = async_compile.triton('triton_poi_fused_relu_0', '''
import triton
triton_helpers.set_driver_to_gpu()
@triton_heuristics.pointwise(triton_meta={'device': DeviceProperties(type='cuda', cc=(9, 0))}, x={'backend_hash': 'AB'})
@triton.jit
def triton_poi_fused_relu_0(in_ptr0, xnumel, XBLOCK : tl.constexpr):
    pass
''', device_str='cuda')

class Runner:
    def call(self, args):
        extern_kernels.mm(arg0, arg1, out=buf0)
        buf1 = torch.ops.aten.sort.stable(buf0, stable=True)
        extern_kernels.mm(buf0, arg1, out=buf2)

def benchmark_compiled_module(args):
    extern_kernels.never(args)
"""


def test_kernels_come_with_their_source_comment() -> None:
    (kernel,) = kernels_of(CODE)
    assert kernel.name == "triton_poi_fused_relu_0"
    assert kernel.text.startswith("import triton\n")
    assert kernel.sources == "# Topologically Sorted Source Nodes: [relu], Original ATen: [aten.relu]"


def test_externs_come_in_order_and_not_from_the_benchmark() -> None:
    assert externs_of(CODE) == ("extern_kernels.mm", "torch.ops.aten.sort.stable", "extern_kernels.mm")


def test_comparable_blanks_the_machine_and_nothing_else() -> None:
    text = comparable(kernels_of(CODE)[0].text)
    assert "'device': DeviceProperties()}" in text
    assert "'backend_hash': ''" in text
    assert "def triton_poi_fused_relu_0(in_ptr0, xnumel, XBLOCK : tl.constexpr):" in text


def test_paths_and_the_search_for_a_driver_go() -> None:
    assert without_paths("a\n# kernel path: /home/me/x.py\nb\n") == "a\nb\n"
    assert "set_driver" not in runnable(kernels_of(CODE)[0].text)
