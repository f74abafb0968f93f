"""Which distribution has a module, where the two names differ or nothing declares it; and what is never installed.

benchmarks/import_names.py asks the index whether the newest wheel of each has that module; two have no wheel, and are
here so that the Drop can say so. A name that is in no metadata and not here is not installed: a guess would be a door
for whoever registers the name first.
"""

from __future__ import annotations

from packaging.utils import canonicalize_name

RENAMED = {
    "absl": "absl-py", "antlr4": "antlr4-python3-runtime", "attr": "attrs", "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless", "dateutil": "python-dateutil", "dotenv": "python-dotenv", "faiss": "faiss-cpu",
    "fvcore": "fvcore", "gin": "gin-config", "git": "GitPython", "hydra": "hydra-core", "ignite": "pytorch-ignite",
    "igraph": "igraph", "jwt": "PyJWT", "lightning_fabric": "lightning-fabric", "magic": "python-magic",
    "mpl_toolkits": "matplotlib", "open_clip": "open-clip-torch", "PIL": "pillow", "pkg_resources": "setuptools",
    "pytorch_lightning": "pytorch-lightning", "pywt": "PyWavelets",
    "segmentation_models_pytorch": "segmentation-models-pytorch", "skimage": "scikit-image",
    "sklearn": "scikit-learn", "slugify": "python-slugify", "snappy": "python-snappy", "soundfile": "soundfile",
    "tensorboardX": "tensorboardX", "torch_geometric": "torch-geometric", "umap": "umap-learn", "yaml": "PyYAML",
    "zmq": "pyzmq",
}  # fmt: skip

# Of the same name, and common enough in models' code to be known without a declaration.
SAME_NAME = (
    "accelerate", "albumentations", "altair", "anndata", "audioread", "axial_positional_embedding",
    "beartype", "boto3", "braceexpand", "cachetools", "click", "cloudpickle", "colorama", "colorlog", "conformer",
    "datasets", "diffusers", "dill", "easydict", "einops", "einops_exts", "einx", "ema_pytorch", "entmax",
    "fairscale", "filelock", "fire", "flax", "frozendict", "fsspec", "ftfy", "gymnasium", "h5py",
    "huggingface_hub", "hyper_connections", "imageio", "jaxtyping", "joblib", "jsonargparse", "jsonlines", "kornia",
    "lightning", "linear_attention_transformer", "librosa", "lightning_utilities", "lmdb", "local_attention",
    "loguru", "lpips", "matplotlib", "ml_collections", "more_itertools", "msgpack", "networkx", "nltk", "numba",
    "numexpr", "omegaconf", "onnx", "opt_einsum", "packaging", "pandas", "peft", "plotly",
    "prettytable", "product_key_memory", "psutil", "pycocotools", "pydantic", "pytorch_metric_learning",
    "regex", "requests", "rich", "rotary_embedding_torch", "sacremoses", "safetensors", "scipy",
    "seaborn", "sentencepiece", "shapely", "simple_parsing", "six", "sparsemax", "spacy", "sympy", "tabulate",
    "tensordict", "tensorly", "termcolor", "thop", "tifffile", "tiktoken", "timm", "tokenizers", "toml",
    "torchaudio", "torchdiffeq", "torchmetrics", "torchtyping", "torchvision", "tqdm", "transformers", "typeguard",
    "unidecode", "vector_quantize_pytorch", "webdataset", "x_transformers", "xarray", "xxhash", "yacs", "zarr",
)  # fmt: skip

# Built against another torch, for a GPU that the jail does not show, or so large that no module is worth it.
DENIED = (
    "torch", "triton", "pytorch-triton", "tensorflow", "tensorflow-cpu", "tensorflow-gpu", "jax", "jaxlib",
    "deepspeed", "apex", "flash-attn", "xformers", "mamba-ssm", "causal-conv1d", "vllm", "sglang", "tensorrt",
    "onnxruntime-gpu", "cupy", "bitsandbytes", "transformer-engine", "pyspark", "paddlepaddle", "mxnet",
    "triton-data", "pip", "uv",
)  # fmt: skip
DENIED_PREFIXES = ("nvidia-", "cupy-", "cuda-", "torch-scatter", "torch-sparse", "torch-cluster", "torch-spline-conv")


def distribution_of(module: str) -> str:
    """'' where nothing is known."""
    if module in RENAMED:
        return str(canonicalize_name(RENAMED[module]))
    return str(canonicalize_name(module)) if module in SAME_NAME else ""


def modules_of(distribution: str) -> tuple[str, ...]:
    """Names that a declared requirement is imported under, as far as they can be told."""
    proper = canonicalize_name(distribution)
    known = [module for module, name in RENAMED.items() if canonicalize_name(name) == proper]
    return (*known, str(proper).replace("-", "_"))


def denied(distribution: str, more: tuple[str, ...] = ()) -> bool:
    proper = canonicalize_name(distribution)
    return proper in {canonicalize_name(name) for name in (*DENIED, *more)} or proper.startswith(DENIED_PREFIXES)
