"""The environment that torchtune and TRL run in: one of its own, because their pins and ours need not agree.

In: a folder, by default the one beside the environment that triton-data runs in, or TRITON_DATA_TUNE_ENV. Out: its
programs. It takes torch from our environment, so that torch is not fetched and stored a second time; everything else in
it is its own. Not covered: other trainers, such as verl; their pins conflict with these.
"""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse

# torchtune needs torchao and does not declare it; of torchao only 0.15.0 goes with it on torch 2.11 to 2.13.
PINS = (
    "torchtune==0.6.1", "torchao==0.15.0", "datasets==5.2.0", "transformers==5.23.0", "trl==1.16.0",
    "accelerate==1.15.0",
)  # fmt: skip
VARIABLE = "TRITON_DATA_TUNE_ENV"


@dataclass(frozen=True)
class Environment:
    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def ready(self) -> bool:
        return self._stamp.is_file() and self._stamp.read_text() == _wanted()

    @property
    def _stamp(self) -> Path:
        return self.folder / "triton-data-pins.txt"

    def program(self, name: str) -> Path:
        if not self.ready:
            raise Misuse(f"no training environment in {self.folder}: `triton-data train setup` makes it")
        return self.folder / "bin" / name

    def make(self) -> None:
        """Half-made is not ready: the stamp comes last."""
        if sys.version_info[:2] >= (3, 14):
            raise Misuse("torchtune's pins have no wheels for this Python: use 3.11 to 3.13")
        self._stamp.unlink(missing_ok=True)
        _run([sys.executable, "-m", "venv", "--without-pip", "--clear", str(self.folder)])
        site = next(self.folder.glob("lib/python*/site-packages"))
        (site / "torch_from_here.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        held = self.folder / "held.txt"
        held.write_text(f"torch=={importlib.metadata.version('torch').partition('+')[0]}\n")
        install = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet", "-c", str(held)]
        _run([*install, "--disable-pip-version-check", *PINS])
        self._stamp.write_text(_wanted())


def environment(folder: Path | None = None) -> Environment:
    named = os.environ.get(VARIABLE, "")
    return Environment((folder or (Path(named) if named else _beside())).absolute())


def _beside() -> Path:
    ours = Path(sys.prefix)
    if sys.prefix == sys.base_prefix:  # not in a virtual environment: there may be no leave to write beside it
        return Path.home() / ".cache" / "triton-data" / "tune"
    return ours.with_name(f"{ours.name}-tune")


def _wanted() -> str:
    return "\n".join((*PINS, f"torch {importlib.metadata.version('torch')}", sysconfig.get_paths()["purelib"], ""))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "?").splitlines()[-1]
        raise Misuse(f"could not make the training environment: {last}")
