"""First guesses from a signature: what a parameter's name, annotation and default say about its value.

Enters: parameters of `__init__` and `forward`. Leaves: expressions and Specs, the likeliest first.
Sizes are small and divide one another (heads divide widths, groups divide channels), which is what most code asks for.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from triton_data.extract.jailed.spec import BOOL, INT, Spec

WIDTH = 64
INSTANCES = ("new", "shallow", "eighth", "plain")  # ways to make an instance of the file's own classes (instances.py)

# (pattern over the parameter's name, expressions in order of likelihood)
_CONSTRUCTOR: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"^(config|cfg|conf|args|hparams|opt|opts|params|hps)$", ("⟦config⟧",)),
    (r"^(num_)?spatial_dim(s|ensions?)?$|^n_?dims?$|^num_dims$|^dimensions?$", ("2", "3", "64")),
    (r"^(d_|dim_|n_)?model(_dim|_size)?$|n_embd|d_ff|d_inner|^(ni|nf|nh|no|dim|dims?_in|dims?_out)$",
     ("64", "128", "torch.nn.Identity()", "[64, 64]")),
    (r"vocab|num_emb|n_tokens?$|num_tokens|num_items|codebook_size|num_codes|n_words|n_e$", ("100", "64")),
    (r"(drop|dropout|drop_?rate|drop_path)|^p$|prob|dropout_p", ("0.0", "0.1")),
    (r"kernel_?sizes$|dilations$|strides$|paddings$", ("[3, 3]", "(1, 1)", "3")),
    (r"^ks?$|kernel|filter_size|^win(dow)?_?size$", ("3", "8", "(3, 3)", "[3, 3]", "4")),
    (r"dim_?head|head_?dim|d_?head|d_k|d_v|d_q|head_size|head_channels", ("16", "64")),
    (r"heads?$|n_?head|num_?head|nhead|heads", ("4", "8", "2")),
    (r"(^|_)(splits?|chunks|segments|parts|crops|views|branches)$", ("2", "4", "1")),
    (r"^(stride|strides|dilation|groups?|num_groups|n_group|scale|rank|rate|factor)$", ("1", "2", "4")),
    (r"scale_factor|upscale|down_?sample|up_?sample|expansion|ratio|mult$|expand|reduction", ("2", "4", "0.5")),
    (r"pad", ("1", "0", "(1, 1)", "'same'")),
    (r"eps|epsilon", ("1e-5",)),
    (r"layer_?idx|layer_id|index$|idx$|^i$|layer_num$", ("0",)),
    (r"depths?$|num_?layers?|n_?layers?|n_?blocks?|num_?blocks?|layers?$|n_?stages|repeat|iter|num_stages|blocks$",
     ("2", "[2, 2]", "1", "[1, 1, 1, 1]", "⟦identity⟧")),
    (r"n_?class|num_?class|classes$|c_out|out_?put_size|n_out|num_labels", ("10", "2")),
    (r"patch_?size|patch", ("4", "8", "(4, 4)", "16")),
    (r"(img|image|input|spatial)_?(size|res|resolution|shape)|^size$|resolution|^(h|w|height|width)$|grid",
     ("32", "(32, 32)", "64", "16", "(64, 16)")),
    (r"max_?(len|seq|pos)|seq_?len|sequence_length|length|context_len|n_ctx|num_frames|frames|n_pos|"
     r"max_position|horizon|num_patches|time_?steps|chunk_size|block_size|n_tokens", ("32", "16", "128")),
    (r"sample_?rate|^fs$|^sr$", ("16000",)),
    (r"n_?fft|fft", ("64",)),
    (r"(lr|learning_rate|momentum|alpha|beta|gamma|lambda|temperature|temp|margin|weight_?decay|threshold|"
     r"tau|sigma|smoothing|decay|lambd|slope|scale|std|coef)", ("0.5", "1.0", "[0.5, 0.5]")),
    (r"act|nonlin|activation", ("torch.nn.ReLU()", "torch.nn.ReLU", "'relu'", "'gelu'", "torch.nn.functional.relu")),
    (r"norm_?(layer|type|fn|cls)?$|norm", ("torch.nn.LayerNorm", "torch.nn.BatchNorm2d", "'bn'", "True", "'ln'",
                                            "torch.nn.Identity()", "torch.nn.BatchNorm1d")),
    (r"conv(_?layer|_?fn|_?op)?$", ("torch.nn.Conv2d", "torch.nn.Conv1d", "torch.nn.Conv2d(64, 64, 1)")),
    (r"(^|_)(loss|crit|criterion|loss_fn|loss_func|distance|reducer|miner|collector)",
     ("torch.nn.MSELoss()", "torch.nn.MSELoss(reduction='none')", "None",
                                                "torch.nn.functional.mse_loss")),
    (r"(^|_)(net|network|module|model|backbone|encoder|decoder|fn|func|layer|block|sublayer|submodule|body|trunk|"
     r"head|embedder|projection|transform|stem|denoiser|expert|mixer|attn|attention|ff|mlp|operation|op|arch|tower|"
     r"base_?model|masker|separator|filterbank|inner|wrapped|m|f|wrapper)$",
     ("torch.nn.Identity()", "torch.nn.Linear(64, 64)", "torch.nn.Conv2d(64, 64, 1)", "torch.nn.Identity", "10",
      "torch.nn.Conv1d(64, 64, 1)", "torch.nn.ReLU")),
    (r"modules?$|layers$|models$|nets$|fns$|experts$|encoders$|blocks$|losses$",
     ("[torch.nn.Identity()]", "2", "[2, 2]",
                                                                                    "[64, 64]")),
    (r"(dims|channels_list|hidden_units|hidden_dims|hidden_sizes|widths|sizes|planes_list|embed_dims|units|"
     r"channel_mults|filters|num_channels|layer_dims|hidden_layers|dim_list|nfs)$",
     ("[64, 64]", "64", "[64, 64, 64, 64]", "(64, 64)")),
    (r"(shape|normalized_shape)$", ("64", "(64,)", "(64, 16)", "(16, 16)", "[64, 16, 16]")),
    (r"^(bias|use_|with_|is_|has_|do_|enable|causal|affine|train(ing)?$|bidirectional|pre_norm|residual|learn|"
     r"return|batch_first|sparse|inplace|verbose|add_)|_bias$", ("False", "True")),
    (r"device", ("'cpu'",)),
    (r"dtype", ("torch.float32",)),
    (r"type$|mode$|method|kind|strategy|^name$|_name$|version|reduction|pool",
     ("'mean'", "'max'", "'sum'", "'linear'")),
    (r"_field$|prefix$|suffix$", ("'field'", "''")),
    (r"path|file|dir|url|ckpt|checkpoint|pretrained", ("None", "''", "False")),
    (r"weights?$", ("None", "torch.ones(10)", "1.0")),
    (r"axis|dim$", ("64", "1", "-1", "128")),
    (r"dim|hidden|width|embed|emb|channel|features?|^[cdn]_?|size|units|model|planes|inp|in_|out_|ch$|^nf$|^ni$|filters|inner|"
     r"n_feats|^c|nin|nout|latent|bottleneck|nc$|num_|n_|^k|^q|^v|^m|^f", ("64", "32", "16", "(64, 64)", "[64, 64]")),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), values) for pattern, values in _CONSTRUCTOR)
_ANYTHING = ("64", "torch.nn.Identity()", "2", "[64, 64]", "None", "0.5", "True", "'mean'", "torch.nn.ReLU")


def constructor_values(
    parameter: inspect.Parameter, namespace: dict[str, Any], literals: dict[str, list[str]] | None = None
) -> list[str]:
    """Expressions for a parameter of `__init__`; first what the class's own code compares it with."""
    read = (literals or {}).get(parameter.name, [])
    name, note = parameter.name.lower(), annotation_text(parameter)
    by_name = [values for pattern, values in _COMPILED if pattern.search(name)]
    values = list(by_name[0]) if by_name else []
    for other in by_name[1:3]:
        values += other[:2]
    annotated = _by_annotation(note, namespace)
    named = [value for value in values if value.startswith("'")] if note == "str" else []
    if any(
        value.startswith(("[", "(")) and "⟦" not in value for value in annotated
    ):  # a kernel's size is no width, in a tuple either
        named = [value for value in values if value.startswith(("[", "("))]
        named = [f"({value[1:-1]})" for value in named] if annotated[0].startswith("(") or "uple" in note else named
    values = [*named, *annotated, *values]
    return list(dict.fromkeys(read + values + list(_ANYTHING)))


def keyword(name: str) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)


def annotation_text(parameter: inspect.Parameter) -> str:
    note = parameter.annotation
    if note is inspect.Parameter.empty:
        return ""
    if isinstance(note, str):
        return note.strip("'\"")  # quoted once more where annotations are not evaluated
    return str(note) if getattr(note, "__args__", ()) else getattr(note, "__name__", None) or str(note)


def _by_annotation(note: str, namespace: dict[str, Any]) -> list[str]:
    plain = re.sub(r"\s*\|\s*None|Optional\[|typing\.|\]$", "", note).strip()
    known = namespace.get(plain)
    if isinstance(known, type):
        heirs = [name for name, other in namespace.items() if unfinished(known) and _finishes(other, known)]
        return [f"⟦{how} {name}⟧" for name in (*heirs[:2], plain) for how in INSTANCES]
    if "ModuleList" in plain or re.search(r"^(List|list|Sequence|Tuple|tuple)\[.*Module\b", plain):
        return ["torch.nn.ModuleList([torch.nn.Identity(), torch.nn.Identity()])", "torch.nn.ModuleList()"]
    if plain.endswith("ModuleDict"):
        return ["torch.nn.ModuleDict({'a': torch.nn.Identity()})"]
    if plain.endswith("nn.Sequential") or plain == "Sequential":
        return ["torch.nn.Sequential(torch.nn.Identity())"]
    if plain in ("bool",):
        return ["False", "True"]
    if plain in ("str",):
        return ["'mean'", "'relu'", "'max'", "'sum'", "'linear'", "'gelu'"]
    if plain in ("float",):
        return []
    if re.match(r"(list|tuple|sequence|iterable)", plain, re.I):
        of = re.search(r"\[(?:\w+\.)*(\w+)", plain)
        if of and isinstance(namespace.get(of[1]), type):
            return [f"[⟦new {of[1]}⟧, ⟦new {of[1]}⟧]"]
        if "int" in plain.lower():
            return ["[64, 64]", "(3, 3)", "[2, 2]"]
        return ["(0.5, 0.5)"] if "float" in plain else []
    if plain in ("Tensor", "torch.Tensor", "nn.Parameter", "Parameter"):
        return ["torch.randn(64)", "torch.randn(64, 64)", "torch.rand(2, 64)"]
    if plain in ("nn.Module", "Module", "torch.nn.Module"):
        return ["torch.nn.Identity()", "torch.nn.Linear(64, 64)", "torch.nn.Conv2d(64, 64, 1)"]
    if "Callable" in plain:
        return ["torch.nn.functional.relu", "torch.nn.ReLU", "torch.nn.Identity()"]
    return []


LENGTHS = r"lengths?$|lens$|(^|_)len$|n_frames"  # no sequence is empty


def unfinished(cls: type) -> bool:
    """It has abstract methods, or a `forward` that only raises."""
    names = getattr(getattr(getattr(cls, "forward", None), "__code__", None), "co_names", ())
    return inspect.isabstract(cls) or "NotImplementedError" in names[:1]


def _finishes(other: Any, known: type) -> bool:
    return isinstance(other, type) and other is not known and issubclass(other, known) and not unfinished(other)


# (pattern over the name, what it says: kind and rank; rank 0 is 'as the model says')
_FORWARD: tuple[tuple[str, str, int], ...] = (
    (r"^(input_ids|tokens?|token_ids|ids|text|idx|src_tokens|word|words|labels?|targets?|indices|index|codes|tgt_ids|"
     r"position_ids|positions|token_type_ids|target_ids|cat|x_cat|x_categ|seq_ids|class_labels)$", INT, 2),
    (r"mask", BOOL, 2),
    (LENGTHS, INT, 1),
    (r"^(t|time|timesteps?|sigma|noise_level|times|noise_levels)$", "float", 1),
    (r"img|image|pixel|picture|video|frame", "float", 4),
    (r"wav|audio|signal|speech|waveform|mixture", "float", 2),
    (r"^(q|k|v|query|key|value|context|memory|hidden_states?|seq|tgt|src|encoder_hidden_states|sequence|queries|keys|"
     r"values|attn_mask)$", "float", 3),
)  # fmt: skip


def forward_hint(parameter: inspect.Parameter) -> tuple[str, int]:
    for pattern, kind, rank in _FORWARD:
        if re.search(pattern, parameter.name.lower()):
            return kind, rank
    note = annotation_text(parameter)
    if "LongTensor" in note or "IntTensor" in note or re.search(r"\bInt\[", note):
        return INT, 2
    if "BoolTensor" in note:
        return BOOL, 2
    return "float", 0


def scalar_hint(parameter: inspect.Parameter) -> str:
    """An expression where the annotation says that the argument is no tensor."""
    note = annotation_text(parameter)
    plain = {"int": "2", "bool": "False", "float": "1.0", "str": "'mean'"}.get(note, "")
    plain = plain or {"device": "'cpu'", "dtype": "torch.float32"}.get(parameter.name, "")
    if not plain and re.search(
        r"^(h|w|height|width|num_\w+|n_\w+|seq_len|length|size|H|W|T|N|k|n|i|j)$", parameter.name
    ):
        return "" if note else "16"
    return plain


def template(kind: str, rank: int, width: int, high: int = 10) -> Spec:
    shape = {0: (), 1: (2,), 2: (2, width), 3: (2, 16, width), 4: (2, width, 32, 32), 5: (2, width, 4, 16, 16)}
    if kind == INT:
        return Spec((2, 16) if rank == 2 else (2,), INT, high)
    if kind == BOOL:
        return Spec((2, 16), BOOL)
    return Spec(shape[rank])


_AXES = (
    (r"^(b|n|bs|bsz|batch\w*|num_?batch\w*|batch size)$", 2),
    (r"^(h|w|height|width|ih|iw|\w*freq\w*|bins)$", 16),
    (r"^(t|l|s|seq\w*|len\w*|time\w*|frames?|steps?|\w*length|i|j|samples?|n_frames|tokens?|num_tokens|k)$", 16),
)


def axis_size(axis: str, position: int, axes: int, width: int) -> int:
    """A size for an axis by the name its author gave it; what is no batch, time or place is a width."""
    plain = axis.strip().lower()
    if plain.isdigit():
        return max(1, int(plain))
    for pattern, size in _AXES:
        if re.fullmatch(pattern, plain):
            return size
    return 2 if position == 0 and axes > 1 else width
