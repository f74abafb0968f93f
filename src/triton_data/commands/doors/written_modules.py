"""What `synthetic_torch_modules/generate_synth_torch.py` does: `.single_debug` and `.parallel` with `key=value`.

In: words as the write-ups spell them. Out: what `triton-data generate llm` does. Each set of settings has a run of its
own inside of the output folder, so that several may run at once and each goes on where it was.
"""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import click

from triton_data.commands import options
from triton_data.commands.doors import key_values
from triton_data.commands.generate import llm as verb
from triton_data.errors import Misuse, closest
from triton_data.generate.llm_modules.settings import Settings, settings

MODES = (".single_debug", ".parallel")
FOLDER = Path(__file__).parents[4] / "triton-data" / "synthetic_torch_modules"
SEEDS = 1_000_000


@click.command("generate_synth_torch.py", context_settings={"ignore_unknown_options": True})
@click.argument("mode", metavar=".single_debug|.parallel")
@click.argument("words", metavar="[key=value]...", nargs=-1)
@options.UNSAFE
@options.JSON
def command(mode: str, words: tuple[str, ...], allow_unsafe_exec: bool, as_json: bool) -> None:
    """Let a language model write PyTorch modules, and keep those that run, compile and are new.

    Keys such as GEMINI_API_KEY=… are read from .env. The parameters are those of `triton-data generate llm`, such as
    num_total_samples, num_worker, model_name, num_core_ops_range, p_value, temperature, max_retries, output_dir.

    Example:  python generate_synth_torch.py .single_debug model_name=offline

    Example:  python generate_synth_torch.py .parallel num_total_samples=5000 num_worker=20 num_core_ops_range=[1,5]
    """
    if mode not in MODES and f".{mode}" not in MODES:
        raise Misuse(f"say what to do, not {mode!r}{closest(mode, MODES)}")
    given = key_values.parse(words, Settings, ("run_dir",))
    run_dir = given.pop("run_dir", "")
    chosen = settings(**({"custom": str(FOLDER / "utils.py")} | given))
    if mode.endswith("single_debug"):
        chosen = _single(chosen, given)
    name = ".run-single" if mode.endswith("single_debug") else f".run-{chosen.digest[:8]}"
    place = Path(run_dir) if run_dir else Path(chosen.output_dir) / name
    verb.start(chosen, place, (Path.cwd(), FOLDER), as_json, allow_unsafe_exec)


def _single(chosen: Settings, given: dict[str, object]) -> Settings:
    """One sample, another each time, with everything shown; as far as torch.compile's compiler, which takes seconds."""
    seed = chosen.seed if "seed" in given else random.SystemRandom().randrange(SEEDS)
    validate = chosen.validate if "validate" in given else "compile"
    return dataclasses.replace(chosen, num_total_samples=1, verbose=True, seed=seed, validate=validate)
