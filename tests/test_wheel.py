"""What a user has who has only the package: the wheel, unpacked in another folder, with no checkout and no git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel is built by the backend that pyproject.toml names, from a copy, because building writes beside it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(ROOT / "src", folder / "source/src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "source")
    build = "import os, setuptools.build_meta as b; os.chdir('source'); print(b.build_wheel('..'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder


def python(place: Path, *words: str, code: int = 0, warm: str = "off") -> str:
    """Another interpreter's first look: dependencies from here, our package from the wheel, nothing of the checkout.
    It has none of them in its own folders, as after `pip install --user` or `--target`."""
    path = f"{place / 'installed'}:{sysconfig.get_path('purelib')}"
    environment = {"PATH": "", "HOME": str(place), "PYTHONPATH": path, "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    environment["TRITON_DATA_WARM"] = warm
    command = [getattr(sys, "_base_executable", sys.executable), "-S", *words]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout


def test_the_package_is_the_wheels_own(place: Path) -> None:
    assert str(place) in python(place, "-c", "import triton_data; print(triton_data.__file__)")


def test_what_a_newcomer_types_first(place: Path) -> None:
    assert "0.1.0" in python(place, "-m", "triton_data", "--version")
    assert "capture" in python(place, "-m", "triton_data", "--help")
    assert "complete" in python(place, "-m", "triton_data", "completion", "bash")
    written = python(place, "-m", "triton_data", "init", "first").splitlines()
    assert "first/triton-data.toml" in written
    python(place, "-m", "triton_data", "init", "first", code=2)


def test_data_files_came_along(place: Path) -> None:
    ask = (
        "from triton_data.curate.benchmarks.fingerprints import read, shipped;"
        "from triton_data.curate.reading import vocabulary;"
        "print(sum(len(read(path).problems) for path in shipped()))"
    )
    assert int(python(place, "-c", ask)) > 100
    ask = "from triton_data.generate.templates.dataset import chosen; print(len(chosen(3, names=['rope'])))"
    assert int(python(place, "-c", ask)) == 3


def test_foreign_code_runs_in_the_jail_from_the_wheel(place: Path) -> None:
    python(place, "-m", "triton_data", "init", "second")
    found = python(place, "-m", "triton_data", "extract", "second/repository", "--json")
    assert found.count('"kind": "program"') == 4 and '"reason"' not in found


def test_prompts_and_prices_came_along(place: Path) -> None:
    ask = (
        "from triton_data.generate.llm_modules import prompts; from triton_data.llm import prices;"
        "print(len(prompts.load('both')), prices.read().of('gemini', 'gemini-2.5-flash') is not None)"
    )
    assert python(place, "-c", ask).split() == ["2", "True"]


def test_what_is_kept_ready_is_taken_by_later_commands(place: Path) -> None:
    """The server reads no PYTHONPATH: it has to learn from whoever starts it where the libraries lie."""
    warm = str(place / "warm")
    python(place, "-m", "triton_data", "init", "third")
    python(place, "-c", "from triton_data.jail.standing.start import serving; serving(60)", warm=warm)
    try:
        found = python(place, "-m", "triton_data", "extract", "third/repository", "--json", warm=warm)
        assert found.count('"kind": "program"') == 4
        (jail,) = json.loads(python(place, "-m", "triton_data", "warm", "--list", "--json", warm=warm))["jails"]
        assert "triton_data.extract.jailed.probe" in jail["loaded"] and jail["users"] == 0
    finally:
        python(place, "-m", "triton_data", "warm", "--stop", warm=warm)
