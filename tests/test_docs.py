"""Docs that cannot rot: the README's commands and the tutorials run, and docs/cli.md is what the commands say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from triton_data.cli import VERBS, cli

ROOT = Path(__file__).parents[1]
SHELL_BLOCK = re.compile(r"```(?:bash|sh)\n(.*?)```", re.DOTALL)
# `make demo` and `make test` are what runs this test; they are run from a fresh clone by hand and by CI.
NOT_HERE = ("make ", "git clone", "pip install", "cd ", "source ")


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text()
    lines = [line for block in SHELL_BLOCK.findall(text) for line in block.replace("\\\n", "").splitlines()]
    commands = [line.split("  #")[0].strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return [command for command in commands if not command.startswith(NOT_HERE)]


def test_the_readme_has_commands_to_run() -> None:
    assert len(readme_commands()) >= 5


def written_page(script: str = "write_cli") -> str:
    """In a process of its own: click keeps parts of a command's help from whoever asked for it first."""
    script = f"import runpy, sys; sys.stdout.write(runpy.run_path('docs/{script}.py')['page']())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_cli_page_is_current() -> None:
    assert (ROOT / "docs/cli.md").read_text() == written_page(), "run `make docs`"


def test_templates_page_is_current() -> None:
    assert (ROOT / "docs/templates.md").read_text() == written_page("write_templates"), "run `make docs`"


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help_with_an_example_or_one_honest_line(verb: str) -> None:
    page = (ROOT / "docs/cli.md").read_text()
    section = page.split(f"## `triton-data {verb}`")[1].split("\n## ")[0]
    assert "Example:" in section or "Not in this version yet" in section


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_where_the_table_says(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None and command.name == verb


def test_help_waits_for_nothing_that_is_large() -> None:
    ask = "import sys, triton_data.cli; print({'torch', 'numpy', 'pyarrow', 'requests', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_what_is_to_do_is_counted_without_torch() -> None:
    ask = "import sys; from triton_data import pipeline; from triton_data.config import Config, ScrapeConfig; "
    ask += "list(pipeline.plan(Config(scrape=ScrapeConfig(('github:', 'given:x')))))"
    ask += "; print({'torch', 'libcst', 'github', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_pages_are_built(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "tutorials/first-data-set/index.html").exists()


TUTORIALS = sorted((ROOT / "docs/tutorials").glob("*.md"))


@pytest.mark.slow  # minutes of starting up; the wheel's test and the quickstart's run what most of them begin with
@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_runs_from_top_to_bottom(page: Path, tmp_path: Path) -> None:
    script = "set -euo pipefail\n" + "\n".join(SHELL_BLOCK.findall(page.read_text()))
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_local_links_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)  # kernel[grid](x, out) is no link
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            if not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert not broken


PAGES = ("CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md")
NAMED = re.compile(r"`((?:[\w.]+/)*[\w.]+\.py|(?:[\w.]+/)+)(?:: ([\w.]+))?`")


@pytest.mark.parametrize("page", PAGES)
def test_files_and_functions_that_a_page_names_are_there(page: str) -> None:
    """`room/file.py: name`, below the package, the repository or anywhere in the package."""
    wrong = []
    for path, name in NAMED.findall((ROOT / page).read_text()):
        homes = [
            home for home in (ROOT / "src/triton_data", ROOT, ROOT / "examples/minirepo") if (home / path).exists()
        ]
        files = [home / path for home in homes] or list((ROOT / "src/triton_data").rglob(path.rstrip("/")))
        texts = [file.read_text() for file in files if file.is_file()]
        if not files or (name and not any(re.search(rf"\b{name.split('.')[-1]}\b", text) for text in texts)):
            wrong.append(f"{path}: {name}")
    assert not wrong
