"""The verbs `init` and `completion`: a first run to start from, and the shell's completion of every verb and option.

In: a folder; a shell's name. Out: a commented config and a tiny repository, never over what is there; a script.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from triton_data.errors import Misuse

STARTER = {  # packaged name -> where it goes; texts, so that no tool of ours takes them for our own code
    "triton-data.toml.txt": "triton-data.toml",
    "layers.py.txt": "repository/layers.py",
    "kernels.py.txt": "repository/kernels.py",
    "test_kernels.py.txt": "repository/tests/test_kernels.py",
}
VARIABLE = "_TRITON_DATA_COMPLETE"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def init(folder: Path) -> None:
    """Write a commented config and a tiny repository to try it on, into FOLDER (here, if none is named).

    Example:  triton-data init first && cd first && triton-data run triton-data.toml
    """
    there = [target for target in STARTER.values() if (folder / target).exists()]
    if there:
        raise Misuse(f"{folder / there[0]} is there already, and nothing is written over: name another folder")
    packaged = resources.files("triton_data.commands") / "starter"
    for name, target in STARTER.items():
        try:
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            (folder / target).write_text((packaged / name).read_text("utf-8"), "utf-8")
        except OSError as error:
            raise Misuse(f"cannot write {folder / target}: {error.strerror}") from error
        click.echo(folder / target)
    inside = "" if folder == Path() else f"cd {folder} && "
    click.echo(f"now:  {inside}triton-data run triton-data.toml", err=True)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script with which a shell completes verbs and options.

    Example:  triton-data completion bash > ~/.local/share/bash-completion/completions/triton-data
    """
    script = get_completion_class(shell)
    assert script is not None, "click knows all three"
    click.echo(script(click.get_current_context().find_root().command, {}, "triton-data", VARIABLE).source())
