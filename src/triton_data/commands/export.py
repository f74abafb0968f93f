"""The verb export: a run's records as files that trainers read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from triton_data import config as configs
from triton_data import pipeline
from triton_data.commands import options
from triton_data.store import Store


@click.command()
@click.option("--format", "formats", default=None, help="Formats, by commas.  [default: torchtune]")
@click.option("--out", default=None, help="Folder for the files.  [default: datasets]")
@click.option("--plain", is_flag=True, default=None, help="torchtune: no ```python fence around each entry.")
@click.option("--with-metadata", is_flag=True, default=None, help="torchtune: add name, kind and origin.")
@click.option("--all", "everything", is_flag=True, default=None, help="Also what curation left out.")
@click.option("--untested", is_flag=True, default=None, help="entries: do not run each test, keep all.")
@click.option("--force", is_flag=True, help="Replace files that triton-data did not write, or that were changed.")
@click.option("--push", metavar="OWNER/NAME", help="Upload the folders to the Hugging Face hub, as a private dataset.")
@options.RUN_DIR
@options.JSON
def export(formats: str | None, out: str | None, plain: bool | None, with_metadata: bool | None,
           everything: bool | None, untested: bool | None, force: bool, push: str | None, run_dir: Path,
           as_json: bool) -> None:  # fmt: skip
    """Write the run's records as files that trainers read.

    \b
    torchtune            triton_functions.json, {"input"}: text completion
    torchtune-instruct   triton_instruct.json, {"input", "output"}: PyTorch to Triton
    torchtune-chat       triton_chat.json, {"messages"}
    parquet              parquet/: KernelBook's columns and more, for `datasets`
    trl                  trl/: text, messages, prompt and completion, as JSON lines
    verl                 verl/: prompts with their reward's ground truth, and conversations
    kernelbench          kernelbench/: a problem a file, Model and get_inputs()
    entries              entries/: id, python_code, triton_code, test_code, metadata; those whose test passes

    Example:  triton-data export --run-dir runs/quickstart --format torchtune,parquet --out datasets
    """
    with Store.read(run_dir) as store:
        config = configs.with_flags(
            pipeline.saved_config(store), export__formats=options.listed(formats), export__out=out, export__plain=plain,
            export__with_metadata=with_metadata, export__everything=everything, export__untested=untested,
            export__force=force or None,
        )  # fmt: skip
        for made in pipeline.export(store, config):
            if push:
                from triton_data.export.hub import push as upload

                click.echo(upload(made.path, push), err=True)
            click.echo(json.dumps(made.to_json()) if as_json else made.line())
            if not made.entries:
                click.echo(f"{made.path}: nothing in {run_dir} to export in this format", err=True)
