"""The verb generate llm: the parameters of the settings as options, and one call.

In: options. Out: modules in a folder and in a run, a summary on stdout. Not covered: the door with its `key=value`
(doors/written_modules.py), which ends here too.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from triton_data.commands import options
from triton_data.commands.doors import key_values
from triton_data.errors import Stopped
from triton_data.generate.llm_modules.settings import Settings, settings

HELP = {
    "num_total_samples": "Combinations of operators that are drawn; a larger number goes on from a smaller one.",
    "num_worker": "Questions under way at most; how many the server bears is found out.",
    "model_name": "gemini, openai, local, custom or offline (typed construction: no key, no network, no model).",
    "num_core_ops_range": "Core operators a module.",
    "num_compound_ops_range": "Compound operators a module.",
    "num_supporting_ops_range": "Supporting operators a module.",
    "p_value": "Where a draw stops: lower means more operators a module.",
    "temperature": "Of the model's sampling.",
    "max_retries": "How often a failure goes back with its error.",
    "validation_timeout": "Seconds a step of the validation.",
    "output_dir": "Folder of the modules.",
    "verbose": "Show prompts, answers and verdicts.",
    "model": "The provider's model, instead of its usual one.",
    "base_url": "Another server that speaks the same protocol.",
    "seed": "Of the draws.",
    "prompts": "prompts_sahan, prompts_simon, both, or a TOML file.",
    "steer": "Draw what fails, or is there already, less often.",
    "validate": "eager, compile or verify: how far a module must come.",
    "max_tokens": "Of one answer.",
    "budget": "Dollars that may be spent; 0 is no limit.",
    "prices": "TOML file of prices, instead of the shipped ones.",
    "requests_per_minute": "0 is no limit.",
    "tokens_per_minute": "0 is no limit.",
    "patience": "Seconds that a busy server is waited for.",
    "batch": "Ask through the provider's batch API: half the price, hours of waiting.",
    "dry_run": "Say what it would cost, and ask nothing.",
    "custom": "With custom and no address: the file with generate_custom_llm.",
    "jobs": "Modules validated at a time; 0 is one a core.",
}


class Range(click.ParamType[tuple[int, int]]):
    name = "MIN,MAX"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        name = param.name if param and param.name else "range"
        return key_values.to_range(name, str(value))


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    for field in reversed(dataclasses.fields(Settings)):
        command = _option(field)(command)
    return command


def _option(field: dataclasses.Field[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    flag = f"--{field.name.replace('_', '-')}"
    text, default = HELP[field.name], field.default
    if isinstance(default, bool):
        return click.option(f"{flag}/--no-{flag[2:]}" if default else flag, default=None, is_flag=True, help=text)
    kind = Range() if isinstance(default, tuple) else type(default)
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
    names = (flag, "--out", field.name) if field.name == "output_dir" else (flag, field.name)
    return click.option(*names, type=kind, default=None, help=f"{text}  [default: {shown}]" if shown != "" else text)


@click.command()
@with_settings
@options.RUN_DIR
@options.UNSAFE
@options.JSON
def llm(run_dir: Path, allow_unsafe_exec: bool, as_json: bool, **given: Any) -> None:
    """Let a language model write PyTorch modules, and keep those that run, compile and are new.

    The key is read from .env or the environment (GEMINI_API_KEY, OPENAI_API_KEY). Stopped, the same command goes on;
    what is answered is not asked again.

    Example:  triton-data generate llm --model-name offline --num-total-samples 20 --run-dir runs/offline

    Example:  triton-data generate llm --num-total-samples 5000 --budget 5 --run-dir runs/gemini --dry-run
    """
    chosen = settings(**{name: value for name, value in given.items() if value is not None})
    start(chosen, run_dir, (Path.cwd(),), as_json, allow_unsafe_exec)


def start(chosen: Settings, run_dir: Path, folders: tuple[Path, ...], as_json: bool, unsafe: bool = False) -> None:
    options.writable(Path(chosen.output_dir))
    if chosen.dry_run:
        from triton_data.pipeline.synthesis.estimate import estimate

        found = estimate(chosen, run_dir, folders)
        click.echo(json.dumps(found.to_json()) if as_json else found.words())
        return
    from triton_data.pipeline.synthesis.generating import generate

    result = generate(chosen, run_dir, folders, _show if chosen.verbose else None, unsafe)
    click.echo(json.dumps(result.to_json(chosen, run_dir)) if as_json else result.words(chosen, run_dir))
    if result.stopped:
        raise Stopped(result.stopped)
    if result.tally.done and not result.tally.valid:
        raise SystemExit(1)


def _show(title: str, text: str) -> None:
    click.echo(f"── {title} ──\n{text.strip()}\n", err=True)
