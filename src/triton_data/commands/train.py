"""The verb train: an environment, a config, a run."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from triton_data.commands import options
from triton_data.errors import Misuse
from triton_data.train.configs import Tuning
from triton_data.train.environment import VARIABLE, environment

ENV = click.option("--env", type=click.Path(path_type=Path), help=f"The training environment. Also: {VARIABLE}.")


@click.group()
def train() -> None:
    """Fine-tune a model on an export, with torchtune in an environment of its own.

    Example:  triton-data train prepare --model runs/tiny --data datasets/triton_functions.json --out runs/tuning
    """


@train.command()
@ENV
def setup(env: Path | None) -> None:
    """Make the environment with torchtune's and TRL's pins. It uses the torch that is here.

    Example:  triton-data train setup
    """
    place = environment(env)
    if not place.ready:
        place.make()
    click.echo(f"{place.folder}: ready; {place.folder}/bin/tune is torchtune's own command")


@train.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("datasets/triton_functions.json"),
    show_default=True,
    help="Texts that the tokenizer learns from.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the checkpoint.")
@click.option("--seed", type=int, default=0, show_default=True)
@ENV
def tiny(data: Path, out: Path, seed: int, env: Path | None) -> None:
    """Make a tiny base model with random weights, to see training run on a CPU.

    Example:  triton-data train tiny --data datasets/triton_functions.json --out runs/tiny
    """
    from triton_data.train.prepare import RECIPES, style_of

    if style_of(data) != "text":
        raise Misuse(f"{data} is not for text completion: give datasets/triton_functions.json")
    python = environment(env).program("python")
    texts = [entry["input"] for entry in json.loads(data.read_text("utf-8"))]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        subprocess.run([python, RECIPES / "tiny.py", out, file.name, str(seed)], check=True)
    click.echo(f"{out}: a Llama with random weights; a checkpoint for transformers and torchtune")


@train.command()
@click.option("--model", type=click.Path(path_type=Path), required=True, help="Hugging Face checkpoint folder.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("datasets/triton_functions.json"),
    show_default=True,
    help="An export: its columns say which dataset it is.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the configs and checkpoints.")
@click.option("--lora", is_flag=True, help="Train adapters instead of all weights.")
@click.option("--packed", is_flag=True, help="Several texts a row.")
@click.option("--epochs", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--max-steps", type=click.IntRange(min=1), help="In each epoch.")
@click.option("--batch-size", type=click.IntRange(min=1), default=4, show_default=True)
@click.option("--lr", type=float, default=2e-5, show_default=True)
@click.option("--max-seq-len", type=click.IntRange(min=8), default=2048, show_default=True)
@click.option("--device", type=click.Choice(["cuda", "cpu"]), default="cuda", show_default=True)
@click.option("--nproc-per-node", type=click.IntRange(min=1), default=1, show_default=True, help="GPUs.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--force", is_flag=True, help="Write into a folder that is not empty.")
@options.JSON
def prepare(model: Path, data: Path, out: Path, lora: bool, packed: bool, epochs: int, max_steps: int | None,
            batch_size: int, lr: float, max_seq_len: int, device: str, nproc_per_node: int, seed: int, force: bool,
            as_json: bool) -> None:  # fmt: skip
    """Write torchtune's configs for one export and one base model.

    Example:  triton-data train prepare --model runs/tiny --out runs/tuning --device cpu --epochs 2 --lr 3e-3
    """
    from triton_data.train.prepare import prepare as write

    tuning = Tuning(
        str(data), "", lora=lora, packed=packed, epochs=epochs, max_steps=max_steps, batch_size=batch_size, lr=lr,
        max_seq_len=max_seq_len, device=device, dtype="bf16" if device == "cuda" else "fp32", seed=seed,
    )  # fmt: skip
    made = write(model, tuning, out, nproc_per_node, force)
    click.echo(json.dumps(asdict(made)) if as_json else f"{made.folder}: {made.recipe}\n{made.command}")


@train.command()
@click.argument("target", metavar="DIR|CONFIG.yaml", type=click.Path(path_type=Path))
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
@ENV
@options.JSON
def run(target: Path, overrides: tuple[str, ...], env: Path | None, as_json: bool) -> None:
    """Run what `prepare` wrote, or a config of tune_configs/, and say how the loss went.

    Example:  triton-data train run runs/tuning epochs=1

    Example:  triton-data train run tune_configs/llama_3_config.yaml epochs=1
    """
    from triton_data.train.run import read_plan
    from triton_data.train.run import train as run_plan

    wrong = [word for word in overrides if "=" not in word]
    if wrong:
        raise Misuse(f"{wrong[0]!r} is no override: write KEY=VALUE, such as epochs=1")
    made = run_plan(environment(env), read_plan(target), overrides)
    if not made.steps:
        raise Misuse("torchtune made no step: are there fewer rows than a batch takes? (batch_size=1)")
    if as_json:
        click.echo(json.dumps(asdict(made)))
    else:
        click.echo(f"{made.steps} steps, loss {made.first_loss:.4f} to {made.last_loss:.4f}; {made.checkpoint}")
