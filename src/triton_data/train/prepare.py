"""`triton-data train prepare`: a folder from which one `tune run` trains, and another generates.

In: an exported file, a checkpoint folder, what to change. Out: finetune.yaml, generate.yaml, the recipes they name, and
plan.json, which says how to run them. Not covered: running (run.py), data that is not an export's JSON.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.train import configs
from triton_data.train.checkpoint import read_base
from triton_data.train.configs import Tuning
from triton_data.train.presets import dump

RECIPES = Path(__file__).with_name("recipes")
PLAN = "plan.json"


@dataclass(frozen=True)
class Prepared:
    folder: str
    recipe: str
    command: str


def prepare(model: Path, tuning: Tuning, folder: Path, processes: int, force: bool) -> Prepared:
    style = style_of(Path(tuning.data_file))
    tuning = replace(tuning, style=style, data_file=str(Path(tuning.data_file).absolute()))
    tuning = replace(tuning, output_dir=str((folder / "out").absolute()), distributed=processes > 1)
    base = read_base(model)
    if folder.exists() and any(folder.iterdir()) and not force:
        raise Misuse(f"{folder} exists and is not empty: name another --out, or give --force")
    folder.mkdir(parents=True, exist_ok=True)
    for recipe in ("generate_text.py", "hf_tokenizer.py"):
        shutil.copyfile(RECIPES / recipe, folder / recipe)
    (folder / "finetune.yaml").write_text(dump(configs.finetune(base, tuning)), "utf-8")
    saved = _saved_names(len(base.checkpoint_files))
    last = configs.tuned(base, tuning.output_dir, tuning.epochs, saved)
    for name, checkpoint in (("generate.yaml", last), ("generate_base.yaml", base)):
        config = configs.generation(checkpoint, {"system": None, "user": "import triton"}, device=tuning.device,
                                    dtype=tuning.dtype)  # fmt: skip
        (folder / name).write_text(dump(config), "utf-8")
    spread = ["--nproc_per_node", str(processes)] if processes > 1 else []
    words = ["run", *spread, tuning.recipe, "--config", "finetune.yaml"]
    plan = {"words": words, "log_dir": f"{tuning.output_dir}/logs", "checkpoint": last.checkpoint_dir}
    (folder / PLAN).write_text(json.dumps(plan, indent=1) + "\n", "utf-8")
    return Prepared(str(folder), tuning.recipe, f"cd {folder} && tune {' '.join(words)}")


def _saved_names(count: int) -> tuple[str, ...]:
    """What torchtune calls the files of a checkpoint that it saves."""
    return tuple(f"model-{number:05d}-of-{count:05d}.safetensors" for number in range(1, count + 1))


def style_of(path: Path) -> str:
    """By the columns of its first entry."""
    try:
        with path.open(encoding="utf-8") as file:
            entry = _first_entry(file.readline() + file.readline())
    except FileNotFoundError:
        raise Misuse(f"no dataset {path}: `triton-data export --format torchtune` writes one") from None
    except (OSError, ValueError) as error:
        raise Misuse(f"{path} is no export of ours: {error}; see `triton-data export --help`") from error
    if "messages" in entry:
        return "chat"
    if "input" in entry:
        return "instruct" if "output" in entry else "text"
    raise Misuse(f"{path} has entries with {sorted(entry)}; torchtune's formats have input, output or messages")


def _first_entry(head: str) -> dict[str, object]:
    entry = json.loads(head.strip().removeprefix("[").strip().rstrip(",") or "null")
    if not isinstance(entry, dict):
        raise ValueError("it has no entries")
    return entry
