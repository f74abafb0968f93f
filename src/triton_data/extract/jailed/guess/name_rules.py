"""What a parameter's name says about its value: a table for constructors, and one for `forward`.

In: a name, in lower case. Out: expressions for a constructor, the likeliest first; the kind and rank of an input. The
first row that matches decides, so the order counts; each row has an example that it is the first to match.
Not covered: what annotations, defaults and the code itself say (guess.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from triton_data.extract.jailed.spec import BOOL, FLOAT, INT

LENGTHS = r"lengths?$|lens$|(^|_)len$|n_frames"  # no sequence is empty


@dataclass(frozen=True, slots=True)
class NameRule:
    pattern: str  # searched in the name
    values: tuple[str, ...]  # expressions in order of likelihood
    example: str


@dataclass(frozen=True, slots=True)
class InputRule:
    pattern: str
    kind: str
    rank: int  # 0: as the model says
    example: str


CONSTRUCTOR_RULES: tuple[NameRule, ...] = (
    NameRule(r"^(config|cfg|conf|args|hparams|opt|opts|params|hps)$", ("⟦config⟧",), "config"),
    NameRule(
        r"^(num_)?spatial_dim(s|ensions?)?$|^n_?dims?$|^num_dims$|^dimensions?$", ("2", "3", "64"), "spatial_dims"),
    NameRule(r"^(d_|dim_|n_)?model(_dim|_size)?$|n_embd|d_ff|d_inner|^(ni|nf|nh|no|dim|dims?_in|dims?_out)$",
     ("64", "128", "torch.nn.Identity()", "[64, 64]"), "d_model"),
    NameRule(
        r"vocab|num_emb|n_tokens?$|num_tokens|num_items|codebook_size|num_codes|n_words|n_e$",
        ("100", "64"), "vocab_size"),
    NameRule(r"(drop|dropout|drop_?rate|drop_path)|^p$|prob|dropout_p", ("0.0", "0.1"), "dropout"),
    NameRule(r"kernel_?sizes$|dilations$|strides$|paddings$", ("[3, 3]", "(1, 1)", "3"), "kernel_sizes"),
    NameRule(r"^ks?$|kernel|filter_size|^win(dow)?_?size$", ("3", "8", "(3, 3)", "[3, 3]", "4"), "kernel_size"),
    NameRule(r"dim_?head|head_?dim|d_?head|d_k|d_v|d_q|head_size|head_channels", ("16", "64"), "head_dim"),
    NameRule(r"heads?$|n_?head|num_?head|nhead|heads", ("4", "8", "2"), "num_heads"),
    NameRule(r"(^|_)(splits?|chunks|segments|parts|crops|views|branches)$", ("2", "4", "1"), "num_splits"),
    NameRule(
        r"^(stride|strides|dilation|groups?|num_groups|n_group|scale|rank|rate|factor)$", ("1", "2", "4"), "stride"),
    NameRule(
        r"scale_factor|upscale|down_?sample|up_?sample|expansion|ratio|mult$|expand|reduction",
        ("2", "4", "0.5"), "scale_factor"),
    NameRule(r"pad", ("1", "0", "(1, 1)", "'same'"), "padding"),
    NameRule(r"eps|epsilon", ("1e-5",), "eps"),
    NameRule(r"layer_?idx|layer_id|index$|idx$|^i$|layer_num$", ("0",), "layer_idx"),
    NameRule(
        r"depths?$|num_?layers?|n_?layers?|n_?blocks?|num_?blocks?|layers?$|n_?stages|repeat|iter|num_stages|blocks$",
     ("2", "[2, 2]", "1", "[1, 1, 1, 1]", "⟦identity⟧"), "num_layers"),
    NameRule(r"n_?class|num_?class|classes$|c_out|out_?put_size|n_out|num_labels", ("10", "2"), "num_classes"),
    NameRule(r"patch_?size|patch", ("4", "8", "(4, 4)", "16"), "patch_size"),
    NameRule(r"(img|image|input|spatial)_?(size|res|resolution|shape)|^size$|resolution|^(h|w|height|width)$|grid",
     ("32", "(32, 32)", "64", "16", "(64, 16)"), "img_size"),
    NameRule(r"max_?(len|seq|pos)|seq_?len|sequence_length|length|context_len|n_ctx|num_frames|frames|n_pos|"
     r"max_position|horizon|num_patches|time_?steps|chunk_size|block_size|n_tokens", ("32", "16", "128"), "max_len"),
    NameRule(r"sample_?rate|^fs$|^sr$", ("16000",), "sample_rate"),
    NameRule(r"n_?fft|fft", ("64",), "n_fft"),
    NameRule(r"(lr|learning_rate|momentum|alpha|beta|gamma|lambda|temperature|temp|margin|weight_?decay|threshold|"
     r"tau|sigma|smoothing|decay|lambd|slope|scale|std|coef)", ("0.5", "1.0", "[0.5, 0.5]"), "momentum"),
    NameRule(
        r"act|nonlin|activation",
        ("torch.nn.ReLU()", "torch.nn.ReLU", "'relu'", "'gelu'", "torch.nn.functional.relu"), "activation"),
    NameRule(r"norm_?(layer|type|fn|cls)?$|norm", ("torch.nn.LayerNorm", "torch.nn.BatchNorm2d", "'bn'", "True", "'ln'",
     "torch.nn.Identity()", "torch.nn.BatchNorm1d"), "norm_type"),
    NameRule(
        r"conv(_?layer|_?fn|_?op)?$", ("torch.nn.Conv2d", "torch.nn.Conv1d", "torch.nn.Conv2d(64, 64, 1)"), "conv_op"),
    NameRule(r"(^|_)(loss|crit|criterion|loss_fn|loss_func|distance|reducer|miner|collector)",
     ("torch.nn.MSELoss()", "torch.nn.MSELoss(reduction='none')", "None",
     "torch.nn.functional.mse_loss"), "loss_fn"),
    NameRule(
        r"(^|_)(net|network|module|model|backbone|encoder|decoder|fn|func|layer|block|sublayer|submodule|body|trunk|"
     r"head|embedder|projection|transform|stem|denoiser|expert|mixer|attn|attention|ff|mlp|operation|op|arch|tower|"
     r"base_?model|masker|separator|filterbank|inner|wrapped|m|f|wrapper)$",
     ("torch.nn.Identity()", "torch.nn.Linear(64, 64)", "torch.nn.Conv2d(64, 64, 1)", "torch.nn.Identity", "10",
      "torch.nn.Conv1d(64, 64, 1)", "torch.nn.ReLU"), "backbone"),
    NameRule(r"modules?$|layers$|models$|nets$|fns$|experts$|encoders$|blocks$|losses$",
     ("[torch.nn.Identity()]", "2", "[2, 2]",
     "[64, 64]"), "experts"),
    NameRule(r"(dims|channels_list|hidden_units|hidden_dims|hidden_sizes|widths|sizes|planes_list|embed_dims|units|"
     r"channel_mults|filters|num_channels|layer_dims|hidden_layers|dim_list|nfs)$",
     ("[64, 64]", "64", "[64, 64, 64, 64]", "(64, 64)"), "hidden_sizes"),
    NameRule(r"(shape|normalized_shape)$", ("64", "(64,)", "(64, 16)", "(16, 16)", "[64, 16, 16]"), "shape"),
    NameRule(r"^(bias|use_|with_|is_|has_|do_|enable|causal|affine|train(ing)?$|bidirectional|pre_norm|residual|learn|"
     r"return|batch_first|sparse|inplace|verbose|add_)|_bias$", ("False", "True"), "use_bias"),
    NameRule(r"device", ("'cpu'",), "device"),
    NameRule(r"dtype", ("torch.float32",), "dtype"),
    NameRule(r"type$|mode$|method|kind|strategy|^name$|_name$|version|reduction|pool",
     ("'mean'", "'max'", "'sum'", "'linear'"), "mode"),
    NameRule(r"_field$|prefix$|suffix$", ("'field'", "''"), "prefix"),
    NameRule(r"path|file|dir|url|ckpt|checkpoint|pretrained", ("None", "''", "False"), "checkpoint"),
    NameRule(r"weights?$", ("None", "torch.ones(10)", "1.0"), "class_weights"),
    NameRule(r"axis|dim$", ("64", "1", "-1", "128"), "axis"),
    # the fallback: sizes by any of their words, and every name that begins with c, d, n, k, q, v, m or f
    NameRule(
        r"dim|hidden|width|embed|emb|channel|features?|^[cdn]_?|size|units|"
        r"model|planes|inp|in_|out_|ch$|^nf$|^ni$|filters|inner|"
     r"n_feats|^c|nin|nout|latent|bottleneck|nc$|num_|n_|^k|^q|^v|^m|^f",
     ("64", "32", "16", "(64, 64)", "[64, 64]"), "in_channels"),
)  # fmt: skip

INPUT_RULES: tuple[InputRule, ...] = (
    InputRule(
        r"^(input_ids|tokens?|token_ids|ids|text|idx|src_tokens|word|words|"
        r"labels?|targets?|indices|index|codes|tgt_ids|"
     r"position_ids|positions|token_type_ids|target_ids|cat|x_cat|x_categ|seq_ids|class_labels)$", INT, 2, "input_ids"),
    InputRule(r"mask", BOOL, 2, "padding_mask"),
    InputRule(LENGTHS, INT, 1, "lengths"),
    InputRule(r"^(t|time|timesteps?|sigma|noise_level|times|noise_levels)$", FLOAT, 1, "timesteps"),
    InputRule(r"img|image|pixel|picture|video|frame", FLOAT, 4, "pixel_values"),
    InputRule(r"wav|audio|signal|speech|waveform|mixture", FLOAT, 2, "waveform"),
    InputRule(
        r"^(q|k|v|query|key|value|context|memory|hidden_states?|seq|tgt|"
        r"src|encoder_hidden_states|sequence|queries|keys|"
     r"values|attn_mask)$", FLOAT, 3, "hidden_states"),
)  # fmt: skip


def values_by_name(name: str) -> list[str]:
    """Those of the first row that matches, then the two likeliest of the next two rows that do."""
    matching = [rule.values for rule in CONSTRUCTOR_RULES if re.search(rule.pattern, name)]
    values = list(matching[0]) if matching else []
    for other in matching[1:3]:
        values += other[:2]
    return values


def input_by_name(name: str) -> InputRule | None:
    return next((rule for rule in INPUT_RULES if re.search(rule.pattern, name)), None)
