"""Expressions that people write kernels for and that no single operator of torch is: norms with their epsilon, gated
activations, attention in its layouts, rotary embeddings, quantised values, writes to places.

In: nothing. Out: `Expression`s in the form that the operator table has too. Not covered: what needs a loop.
"""

from __future__ import annotations

import re

from triton_data.extract.references.expression import Expression

_TEXTS = """
copy | {0}.clone()
add | {0} + {1}
sub | {0} - {1}
mul | {0} * {1}
div | {0} / {1}
maximum | torch.maximum({0}, {1})
relu | torch.relu({0})
exp | torch.exp({0})
sin | torch.sin({0})
cos | torch.cos({0})
square | {0} * {0}
gelu | F.gelu({0})
gelu_tanh | F.gelu({0}, approximate='tanh')
silu | F.silu({0})
sigmoid | torch.sigmoid({0})
tanh | torch.tanh({0})
softmax | torch.softmax({0}, dim={dim})
log_softmax | torch.log_softmax({0}, dim={dim})
cumsum | torch.cumsum({0}, dim={dim})
attention_default | F.scaled_dot_product_attention({0}, {1}, {2})
attention_causal | F.scaled_dot_product_attention({0}, {1}, {2}, is_causal=True)
layer_norm | F.layer_norm({0}, {shape}, {1}, {2}, {eps})
layer_norm_no_bias | F.layer_norm({0}, {shape}, {1}, None, {eps})
layer_norm_bare | F.layer_norm({0}, {shape}, None, None, {eps})
layer_norm_added | F.layer_norm({0} + {1}, ({0} + {1}).shape[-1:], {2}, {3}, {eps})
rms_norm | F.rms_norm({0}, {shape}, {1}, {eps})
rms_norm_bare | F.rms_norm({0}, {shape}, None, {eps})
rms_norm_cast | ({0}.float() * torch.rsqrt({0}.float().square().mean(-1, keepdim=True) + {eps})).to({0}.dtype) * {1}
rms_norm_one | F.rms_norm({0}.float(), {shape}, 1.0 + {1}.float(), {eps}).to({0}.dtype)
rms_norm_added | F.rms_norm({0} + {1}, ({0} + {1}).shape[-1:], {2}, {eps})
rms_rstd | torch.rsqrt({0}.float().square().mean(-1) + {eps})
norm_rstd | torch.rsqrt({0}.float().var(-1, correction=0) + {eps})
row_mean | {0}.float().mean(-1)
row_norm | {0}.float().square().sum(-1).sqrt()
l2_norm | {0} * torch.rsqrt({0}.square().sum(-1, keepdim=True) + {eps})
l2_normalized | F.normalize({0}, dim=-1, eps={eps})
group_norm | F.group_norm({0}, {groups}, {1}, {2}, {eps})
batch_norm | F.batch_norm({0}, {1}, {2}, {3}, {4}, False, 0.1, {eps})
batch_norm_training | F.batch_norm({0}, None, None, {1}, {2}, True, 0.1, {eps})
instance_norm | F.instance_norm({0}, eps={eps})
silu_mul | F.silu({0}) * {1}
gelu_mul | F.gelu({0}) * {1}
gelu_tanh_mul | F.gelu({0}, approximate='tanh') * {1}
relu_mul | F.relu({0}) * {1}
sigmoid_mul | torch.sigmoid({0}) * {1}
silu_halves | F.silu({0}.chunk(2, dim=-1)[0]) * {0}.chunk(2, dim=-1)[1]
gelu_halves | F.gelu({0}.chunk(2, dim=-1)[0]) * {0}.chunk(2, dim=-1)[1]
gelu_tanh_halves | F.gelu({0}.chunk(2, dim=-1)[0], approximate='tanh') * {0}.chunk(2, dim=-1)[1]
halves_silu | F.silu({0}.chunk(2, dim=-1)[1]) * {0}.chunk(2, dim=-1)[0]
leaky_relu | F.leaky_relu({0}, {slope})
scaled | {0} * {value}
shifted | {0} + {value}
affine | {0} * {value} + {1}
scaled_sum | {0} + {1} * {value}
mul_add | {0} * {1} + {2}
add_add | {0} + {1} + {2}
add_relu | F.relu({0} + {1})
clamp | torch.clamp({0}, {low}, {high})
power | {0} ** {value}
softmax_scaled | torch.softmax({0} * {scale}, dim=-1)
softmax_float | torch.softmax({0}.float(), dim=-1).to({0}.dtype)
softmax_added | torch.softmax({0} + {1}, dim=-1)
softmax_scaled_added | torch.softmax({0} * {scale} + {1}, dim=-1)
softmax_masked | torch.softmax({0}.masked_fill({1}.bool(), float('-inf')), dim=-1)
matmul | torch.matmul({0}, {1})
matmul_nt | {0} @ {1}.transpose(-1, -2)
matmul_tn | {0}.transpose(-1, -2) @ {1}
matmul_float | {0}.float() @ {1}.float()
matmul_half | ({0}.float() @ {1}.float()).half()
matmul_like | ({0}.float() @ {1}.float()).to({0}.dtype)
matmul_nt_float | {0}.float() @ {1}.float().transpose(-1, -2)
matmul_bias | {0} @ {1} + {2}
matmul_relu | F.relu({0} @ {1})
matmul_leaky | F.leaky_relu({0} @ {1}, {slope})
matmul_gelu | F.gelu({0} @ {1} + {2})
matmul_gelu_tanh | F.gelu({0} @ {1} + {2}, approximate='tanh')
matmul_silu | F.silu({0} @ {1} + {2})
linear | F.linear({0}, {1}, {2})
linear_relu | F.relu(F.linear({0}, {1}, {2}))
linear_gelu | F.gelu(F.linear({0}, {1}, {2}))
linear_gelu_tanh | F.gelu(F.linear({0}, {1}, {2}), approximate='tanh')
linear_silu | F.silu(F.linear({0}, {1}, {2}))
gated_linear | F.silu({0} @ {1}) * ({0} @ {2})
gated_linear_nt | F.silu({0} @ {1}.T) * ({0} @ {2}.T)
addmm | {value} * ({0} @ {1}) + {beta} * {2}
matmul_scaled | ({0}.float() @ {1}.float()) * {2} * {3}
int_matmul | ({0}.int() @ {1}.int())
row_scaled | {0} * {1}[..., None]
row_scaled_front | {0} * {1}[:, None]
row_scaled_float | {0}.float() * {1}[..., None]
column_scaled | {0}.float() * {1}[None, :]
attention | F.scaled_dot_product_attention({0}, {1}, {2}, is_causal={causal}, scale={scale})
attention_seq | F.scaled_dot_product_attention({0}.transpose(1, 2), {1}.transpose(1, 2), {2}.transpose(1, 2), is_causal={causal}, scale={scale}).transpose(1, 2)
attention_seq_plain | F.scaled_dot_product_attention({0}.transpose(1, 2), {1}.transpose(1, 2), {2}.transpose(1, 2), is_causal={causal}).transpose(1, 2)
attention_plain | F.scaled_dot_product_attention({0}, {1}, {2}, is_causal={causal})
attention_unscaled | F.scaled_dot_product_attention({0}, {1}, {2}, is_causal={causal}, scale=1.0)
attention_grouped | F.scaled_dot_product_attention({0}, {1}, {2}, is_causal={causal}, scale={scale}, enable_gqa=True)
attention_biased | F.scaled_dot_product_attention({0}, {1}, {2}, attn_mask={3}, scale={scale})
attention_biased_plain | F.scaled_dot_product_attention({0}, {1}, {2}, attn_mask={3})
attention_seq_biased | F.scaled_dot_product_attention({0}.transpose(1, 2), {1}.transpose(1, 2), {2}.transpose(1, 2), attn_mask={3}).transpose(1, 2)
attention_log_sums | torch.logsumexp({0}.float() @ {1}.float().transpose(-1, -2) * {scale}, dim=-1)
linear_attention | torch.tril({0} @ {1}.transpose(-1, -2)) @ {2}
linear_attention_scaled | torch.tril({0} @ {1}.transpose(-1, -2) * {scale}) @ {2}
linear_attention_root | torch.tril({0} @ {1}.transpose(-1, -2) * {root}) @ {2}
rotary_halves | torch.cat([{0}.chunk(2, -1)[0] * {1} - {0}.chunk(2, -1)[1] * {2}, {0}.chunk(2, -1)[1] * {1} + {0}.chunk(2, -1)[0] * {2}], dim=-1)
rotary_halves_heads | torch.cat([{0}.chunk(2, -1)[0] * {1}[:, None] - {0}.chunk(2, -1)[1] * {2}[:, None], {0}.chunk(2, -1)[1] * {1}[:, None] + {0}.chunk(2, -1)[0] * {2}[:, None]], dim=-1)
rotary_halves_seq | torch.cat([{0}.chunk(2, -1)[0] * {1}[:{0}.shape[1], None] - {0}.chunk(2, -1)[1] * {2}[:{0}.shape[1], None], {0}.chunk(2, -1)[1] * {1}[:{0}.shape[1], None] + {0}.chunk(2, -1)[0] * {2}[:{0}.shape[1], None]], dim=-1)
rotary_whole | {0} * {1} + torch.cat([-{0}.chunk(2, -1)[1], {0}.chunk(2, -1)[0]], dim=-1) * {2}
rotary_whole_heads | {0} * {1}[:, None] + torch.cat([-{0}.chunk(2, -1)[1], {0}.chunk(2, -1)[0]], dim=-1) * {2}[:, None]
rotary_whole_batch | {0} * {1}.unsqueeze(1) + torch.cat([-{0}.chunk(2, -1)[1], {0}.chunk(2, -1)[0]], dim=-1) * {2}.unsqueeze(1)
rotary_pairs | torch.stack([{0}[..., ::2] * {1} - {0}[..., 1::2] * {2}, {0}[..., 1::2] * {1} + {0}[..., ::2] * {2}], dim=-1).flatten(-2)
rotary_pairs_seq | torch.stack([{0}[..., ::2] * {1}[:{0}.shape[1], None] - {0}[..., 1::2] * {2}[:{0}.shape[1], None], {0}[..., 1::2] * {1}[:{0}.shape[1], None] + {0}[..., ::2] * {2}[:{0}.shape[1], None]], dim=-1).flatten(-2)
rotary_inverse | torch.cat([{0}.chunk(2, -1)[0] * {1}[:{0}.shape[1], None] + {0}.chunk(2, -1)[1] * {2}[:{0}.shape[1], None], {0}.chunk(2, -1)[1] * {1}[:{0}.shape[1], None] - {0}.chunk(2, -1)[0] * {2}[:{0}.shape[1], None]], dim=-1)
cross_entropy_rows | F.cross_entropy({0}.float(), {1}.long(), reduction='none')
cross_entropy | F.cross_entropy({0}, {1}, reduction='{reduction}')
cross_entropy_ignoring | F.cross_entropy({0}.float(), {1}.long(), ignore_index={index}, reduction='{reduction}')
cross_entropy_smoothed | F.cross_entropy({0}.float(), {1}.long(), label_smoothing={smoothing}, reduction='{reduction}')
cross_entropy_scaled | F.cross_entropy({0}.float() * {scale}, {1}.long(), reduction='{reduction}')
log_sums | torch.logsumexp({0}.float(), dim=-1)
log_sums_scaled | torch.logsumexp({0}.float() * {scale}, dim=-1)
kl_div | F.kl_div({0}, {1}, reduction='{reduction}')
kl_div_batch | F.kl_div({0}, {1}, reduction='batchmean')
kl_div_log | F.kl_div({0}, {1}, log_target=True, reduction='{reduction}')
kl_div_log_batch | F.kl_div({0}, {1}, log_target=True, reduction='batchmean')
kl_div_rows | F.kl_div({0}, {1}, reduction='none').sum(-1)
mse | F.mse_loss({0}, {1}, reduction='{reduction}')
quantize_rows | torch.round({0}.float() / ({0}.float().abs().amax(-1, keepdim=True) / 127)).to(torch.int8)
quantize_rows_trunc | ({0}.float() / ({0}.float().abs().amax(-1, keepdim=True) / 127)).to(torch.int8)
quantize_rows_away | torch.trunc(127.0 * {0}.float() / {0}.float().abs().amax(-1, keepdim=True) + torch.copysign(torch.tensor(0.5), {0}.float())).to(torch.int8)
row_scales | {0}.float().abs().amax(-1) / 127
row_peaks | {0}.abs().amax(-1)
column_peaks | {0}.abs().amax(0)
global_scale | {0}.float().abs().max() / 127
dequantize | {0}.float() * {1}
dequantize_by | {0}.float() * {1} * {value}
dequantize_rows | {0}.float() * {1}[..., None] * {value}
dequantize_shifted | ({0}.float() - {1}) * {2}
rows_of | {0}[{1}.long()]
rows_of_columns | {0}.gather(-1, {1}.long())
rows_index | torch.index_select({0}, 0, {1}.long())
rows_placed | {0}.index_copy(0, {1}.long(), {2})
rows_added | {0}.index_add(0, {1}.long(), {2})
rows_scaled_added | {0}.index_add(0, {1}.long(), {2} * {value})
embedding | F.embedding({0}.long(), {1})
embedding_window | F.embedding({0}.long() - {value}, {1})
cumsum_reverse | {0}.flip({dim}).cumsum({dim}).flip({dim})
cumsum_exclusive | {0}.cumsum({dim}) - {0}
cumsum_chunks | {0}.unflatten({dim}, (-1, {chunk})).cumsum({dim} + 1 if {dim} >= 0 else {dim}).flatten({dim}, {dim} + 1 if {dim} >= 0 else {dim})
cumsum_middle | {0}.unflatten(-2, (-1, {chunk})).cumsum(-2).flatten(-3, -2)
cumsum_last | {0}.unflatten(-1, (-1, {chunk})).cumsum(-1).flatten(-2, -1)
cumsum_second | {0}.unflatten(1, (-1, {chunk})).cumsum(2).flatten(1, 2)
sum_dims | {0}.sum(dim={dim}, keepdim={keepdim})
mean_dims | {0}.mean(dim={dim}, keepdim={keepdim})
mean_float | {0}.float().mean(dim={dim}, keepdim={keepdim})
max_values | {0}.max(dim={dim}, keepdim={keepdim}).values
max_places | {0}.max(dim={dim}, keepdim={keepdim}).indices
argmax_all | {0}.argmax()
sum_whole | {0}.sum()
max_whole | {0}.max()
norm_whole | {0}.float().norm()
transpose | {0}.transpose(-1, -2).contiguous()
transpose_front | {0}.transpose(0, 1).contiguous()
transpose_middle | {0}.transpose(1, 2).contiguous()
tril | torch.tril({0})
triu | torch.triu({0})
where | torch.where({0}.bool(), {1}, {2})
masked | {0}.masked_fill({1}.bool(), {value})
product_rows | ({0} * {1}).sum(-1)
product_rows_float | ({0}.float() * {1}.float()).sum(-1)
outer | {0}[:, None] * {1}[None, :]
outer_sum | {0}[:, None] + {1}[None, :]
diagonal_times | {0}[:, None] * {1}
gelu_backward | torch.ops.aten.gelu_backward({0}, {1})
gelu_tanh_backward | torch.ops.aten.gelu_backward({0}, {1}, approximate='tanh')
silu_backward | torch.ops.aten.silu_backward({0}, {1})
sigmoid_backward | {0} * {1} * (1 - {1})
sigmoid_input_backward | {0} * torch.sigmoid({1}) * (1 - torch.sigmoid({1}))
tanh_backward | {0} * (1 - {1} * {1})
relu_backward | {0} * ({1} > 0)
softmax_backward | {1} * ({0} - ({0} * {1}).sum(-1, keepdim=True))
log_softmax_backward | {0} - torch.exp({1}) * {0}.sum(-1, keepdim=True)
gated_backward_gate | {0} * {2} * torch.sigmoid({1}) * (1 + {1} * (1 - torch.sigmoid({1})))
gated_backward_up | {0} * F.silu({1})
"""  # noqa: E501
_PLACES = re.compile(r"\{(\d)\}")
_VALUES = {
    "value": ("2.0", "0.5", "-1", "1.0", "2", "1", "0.0", "float('-inf')"), "beta": ("1.0",),
    "scale": ("1 / math.sqrt({0}.shape[-1])", "1.0"),
    "slope": ("0.01", "0.1", "0.2"), "low": ("0.0", "-1.0"), "high": ("1.0", "6.0"), "groups": ("1", "2", "4"),
    "index": ("-100",), "smoothing": ("0.1",), "chunk": ("16", "32", "64"),
}  # fmt: skip


def _read(line: str) -> Expression:
    name, _, code = line.partition(" | ")
    settings = {setting: values for setting, values in _VALUES.items() if f"{{{setting}}}" in code}
    return Expression(name, code, len(set(_PLACES.findall(code))), settings)


COMPOSITES = tuple(_read(line) for line in _TEXTS.strip().splitlines())
