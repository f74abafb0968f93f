"""What an index has for some requirements: each distribution at one version, as a wheel with its size and hash.

In: requirements. Out: a `Lock`, or `Unresolved` with the resolver's own reason. Nothing is built and nothing of a
package runs: only wheels count (`uv pip compile --only-binary :all:`), whose metadata is text. What this environment
has is taken out of the resolution, so that a package that wants an older torch is not refused: it gets ours.
Not covered: installing (install.py).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from threading import get_native_id
from typing import Any

from packaging.utils import canonicalize_name

from triton_data.environments.distributions import DENIED
from triton_data.environments.index import configured_indexes
from triton_data.errors import Misuse

SECONDS = 120.0
NEVER = 'python_version < "0"'  # an override with it takes a package out of every resolution
KEPT = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
        "http_proxy", "https_proxy", "all_proxy", "no_proxy")  # fmt: skip


class Unresolved(Exception):
    """No set of wheels meets the requirements."""


class Unreachable(Exception):
    """The index did not answer: nothing is known of the requirements."""


@dataclass(frozen=True, slots=True)
class Locked:
    name: str
    version: str
    size: int  # of the wheel, 0 where the index does not say
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    text: str  # pylock.toml (PEP 751)
    packages: tuple[Locked, ...]

    @property
    def size(self) -> int:
        return sum(package.size for package in self.packages)

    @property
    def key(self) -> str:
        """By content: the same wheels for the same interpreter are the same folder, whoever asked for them."""
        lines = [sys.implementation.cache_tag or "", sys.platform]
        lines += [f"{package.name}=={package.version} {package.sha256}" for package in self.packages]
        return sha256("\n".join(lines).encode()).hexdigest()[:32]


def uv() -> str:
    try:
        from uv import find_uv_bin
    except ImportError as error:
        if found := shutil.which("uv"):
            return found
        raise Misuse('uv is not installed: pip install uv, or set [extract] dependencies = "present"') from error
    return str(find_uv_bin())


def resolve(requirements: Sequence[str], cache_folder: Path, index: str = "", seconds: float = SECONDS) -> Lock:
    folder = cache_folder.parent
    folder.mkdir(parents=True, exist_ok=True)
    overrides = _written(folder, "override", [f"{name}; {NEVER}" for name in present()])
    constraints = _written(folder, "constraint", beside_torch())
    command = [uv(), "pip", "compile", "-", "--python", sys.executable, "--only-binary", ":all:", "--override",
               overrides, "--constraint", constraints, "--format", "pylock.toml", "--no-header", "--quiet",
               "--cache-dir", str(cache_folder), *index_options(index)]  # fmt: skip
    try:
        done = subprocess.run(command, input="\n".join(requirements), capture_output=True, text=True, check=False,
                              timeout=seconds, cwd=folder, env=environment())  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Unreachable(f"the index did not answer in {seconds:.0f} s") from error
    if done.returncode:
        raise failure_of(done.stderr, Unresolved)
    return Lock(done.stdout, _packages(done.stdout))


def read_lock(text: str) -> Lock:
    """One that was made before."""
    return Lock(text, _packages(text))


SHORT = (
    (re.compile(r"([\w.-]+)(?:==\S+)? ha(?:s|ve) no (?:usable )?wheels"), "{} has no wheel"),
    (re.compile(r"([\w.-]+) was not found in the package registry"), "{} is not on the index"),
)


NETWORK = re.compile(r"Failed to fetch|Request failed|error sending request|[Cc]onnect|dns error")


def failure_of(stderr: str, otherwise: type[Exception]) -> Exception:
    """What uv's last words mean."""
    return (Unreachable if NETWORK.search(stderr) else otherwise)(reason_of(stderr))


def reason_of(stderr: str) -> str:
    """What the resolver found, on one line; the usual ends in a few words."""
    words = re.sub(r"[\s×╰─▶│├╭╮]+", " ", stderr).strip()
    for pattern, short in SHORT:
        if found := pattern.search(words):
            return short.format(found[1])
    words = re.sub(r"^(error: )?No solution found when resolving dependencies: (cause: )?", "", words)
    return words[:300] or "the resolver said nothing"


@cache
def present() -> tuple[str, ...]:
    """Distributions of this environment, and those that are never installed, whoever asks for them."""
    here = {canonicalize_name(each.metadata["Name"]) for each in distributions() if each.metadata["Name"]}
    return tuple(sorted({*here, *map(canonicalize_name, DENIED)}))


@cache
def beside_torch() -> tuple[str, ...]:
    """The versions that are built against the torch that is here."""
    from importlib.metadata import version

    release = version("torch").partition("+")[0]
    major, minor, *_ = (int(part) for part in re.findall(r"\d+", release))
    return (f"torchvision==0.{minor + 15}.*",) if major == 2 else ()


def environment() -> dict[str, str]:
    """Not the user's whole one: a resolver needs no tokens. Certificates go by the names that requests and pip use."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("UV_")}
    for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE"):
        if os.environ.get(name):
            kept.setdefault("SSL_CERT_FILE", os.environ[name])
    return kept


def index_options(index: str) -> list[str]:
    first, *more = [index] if index else configured_indexes()
    if not index and os.environ.get("UV_DEFAULT_INDEX", os.environ.get("UV_INDEX_URL")):
        return []
    others = [option for url in more for option in ("--index", url)]
    return ["--index-strategy", "unsafe-best-match", "--default-index", first, *others]  # as pip does


def _written(folder: Path, name: str, lines: Sequence[str]) -> str:
    """Under a name by its content: several workers may write it at once."""
    text = "\n".join(lines) + "\n"
    path = folder / f"{name}-{sha256(text.encode()).hexdigest()[:12]}.txt"
    if not path.exists():
        scratch = path.with_suffix(f".{get_native_id()}")
        scratch.write_text(text)
        scratch.rename(path)
    return str(path)


def _packages(text: str) -> tuple[Locked, ...]:
    return tuple(_locked(package) for package in tomllib.loads(text).get("packages", []))


def _locked(package: dict[str, Any]) -> Locked:
    """The one wheel that fits this machine is listed; of several the largest counts."""
    wheels = package.get("wheels") or [package.get("archive") or {}]
    size = max(int(wheel.get("size") or 0) for wheel in wheels)
    hashes = sorted(str((wheel.get("hashes") or {}).get("sha256", "")) for wheel in wheels)
    return Locked(str(package["name"]), str(package.get("version", "")), size, ",".join(hashes))
