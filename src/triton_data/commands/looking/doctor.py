"""What this machine can do: versions, GPU, capture targets, jail layers, disk, and what each extra still needs.

Out: a plain dictionary, printed as a table or as JSON. Looks, installs nothing, needs no network.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
from pathlib import Path
from typing import Any

import triton_data

EXTRAS = {  # extra: the modules it must bring
    "llm": ("openai",),
    "suites": ("timm", "transformers"),
    "tune": ("torchtune", "torchao"),
    "trl": ("trl",),
    "ray": ("ray", "grpc"),
    "dev": ("pytest", "hypothesis", "ruff", "mypy"),
}
TOOLS = {"git": "git", "c++ compiler": "c++"}


def examine(run_dir: Path) -> dict[str, Any]:
    return {
        "triton-data": triton_data.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": {name: _version(name) for name in ("torch", "triton", "numpy", "libcst", "pyarrow")},
        "gpu": _gpu(),
        "capture": _capture(),
        "jail": _jail(),
        "tools": {name: shutil.which(command) for name, command in TOOLS.items()},
        "extras": {
            name: [m for m in modules if importlib.util.find_spec(m) is None] for name, modules in EXTRAS.items()
        },
        "disk_free_gib": round(shutil.disk_usage(_existing(run_dir)).free / 2**30, 1),
    }


def lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The same facts as (name, words) for a table."""
    missing = {name: modules for name, modules in facts["extras"].items() if modules}
    return [
        ("triton-data", f"{facts['triton-data']} on Python {facts['python']}, {facts['platform']}"),
        *((name, version or "not installed") for name, version in facts["packages"].items()),
        ("GPU", ", ".join(facts["gpu"]) or "none (capture and the interpreter need none)"),
        ("capture targets", ", ".join(facts["capture"]["targets"])),
        ("capture", facts["capture"]["state"]),
        ("jail layers", ", ".join(facts["jail"]["layers"]) or "none"),
        *(("jail", f"no {layer}: {why}") for layer, why in facts["jail"]["missing"].items()),
        *([] if facts["jail"]["safe"] else [("jail", "below the floor: foreign code is refused")]),
        *((name, path or "not found") for name, path in facts["tools"].items()),
        ("free disk", f"{facts['disk_free_gib']} GiB"),
        *((f"[{name}]", f"missing {', '.join(m)}: pip install 'triton-data[{name}]'") for name, m in missing.items()),
    ]


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _gpu() -> list[str]:
    import torch

    if not torch.cuda.is_available():
        return []
    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]


def _capture() -> dict[str, Any]:
    from triton_data.targets import TARGETS

    return {"targets": sorted(TARGETS), "state": _capture_state()}


def _capture_state() -> str:
    from triton_data.capture.toolchain import check_toolchain
    from triton_data.errors import Misuse

    try:
        check_toolchain()
    except Misuse as error:
        return str(error)
    return "ready, no GPU needed"


def _jail() -> dict[str, Any]:
    from triton_data.jail import layers_available

    return layers_available()


def _existing(path: Path) -> Path:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
