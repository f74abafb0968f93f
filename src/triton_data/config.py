"""What a run is asked to do: defaults < TOML file < flags, as frozen records.

In: a TOML file and the flags that were given. Out: one `Config`, kept with its hash in the run it made.
Not covered: what the values mean to a stage; only their names and types are checked here.
"""

from __future__ import annotations

import dataclasses
import json
import tomllib
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse, closest
from triton_data.records import codec, digest


@dataclass(frozen=True)
class EngineConfig:
    kind: str = "local"  # ray: over the machines of a cluster
    address: str = ""  # auto, ray://HOST:PORT or HOST:PORT; none: a cluster made on this machine
    worker_gib: float = 0.0  # of one worker's memory on a node; 0: until hardly any is free


@dataclass(frozen=True)
class ScrapeConfig:
    sources: tuple[str, ...] = ()  # dir:PATH, github:, github:OWNER/NAME, git:URL, pypi:NAME, pypi-top:N
    min_stars: int = 100
    limit: int = 0  # repositories in all; 0: as many as there are
    query: str = ""  # GitHub's search words instead of ours; | between several
    repos_file: str = ""  # owner/name or URL a line, or a JSON list: these instead of a search
    names_file: str = ""  # packages, most wanted first: for pypi-top
    opt_out: str = ""  # file of owners and owner/name that are left out
    since: str = ""  # only repositories pushed on this day or later
    forks: bool = False
    licences: tuple[str, ...] = ()  # SPDX identifiers of repositories that may come in; none: all
    base_url: str = "https://api.github.com"
    index: str = ""  # instead of the package index that pip is configured with
    fetch: str = "auto"  # git, archive, or auto: git first
    max_file_bytes: int = 1_000_000
    max_repo_bytes: int = 500_000_000  # as it comes over the wire
    max_files: int = 200_000  # in one repository
    patience: float = 900.0  # seconds that a limit is waited for; longer ones put the item off
    stall: float = 30.0  # seconds without an answer


@dataclass(frozen=True)
class ExtractConfig:
    timeout: float = 14_400.0  # seconds a repository; each class has its own, much shorter limits
    dependencies: str = "install"  # what a source declares, as wheels that the jail alone sees; present: what is here
    deny: tuple[str, ...] = ()  # distributions that are not installed, besides those that never are
    download_bytes: int = 1 << 30  # of all wheels for one source


@dataclass(frozen=True)
class LlmConfig:
    model: str = ""  # none: no language model is asked for inputs that nothing else finds
    url: str = ""  # of a server that speaks OpenAI's protocol; else OPENAI_BASE_URL, else OpenAI's own
    key_env: str = "OPENAI_API_KEY"  # environment variable that holds the key; the key itself is stored nowhere
    timeout: float = 60.0  # seconds for one answer


@dataclass(frozen=True)
class CaptureConfig:
    targets: tuple[str, ...] = ("sm_90",)
    modes: tuple[str, ...] = ("inference",)
    sizes: str = "given"  # any: inference with symbolic sizes first, with those given only where that is not right
    libraries: str = "keep"  # triton: products, convolutions and attention in Triton as well
    choices: int = 1  # with triton: so many different kernels of each program
    timeout: float = 120.0  # seconds a program
    device: str = "cpu"  # cuda: compile and run on this machine's GPU, which is then the only target
    keep_debug: str = ""  # with cuda: folder for what TORCH_COMPILE_DEBUG leaves


@dataclass(frozen=True)
class CurateConfig:
    dedup: str = "near"  # off, exact, tree, near: how alike two texts may not be
    decontaminate: str = "drop"  # off, flag, drop
    benchmarks: tuple[str, ...] = ()  # files of fingerprints besides those that are shipped
    trace: bool = True  # compare traced graphs as well: runs each program once more, in the jail
    licences: tuple[str, ...] = ()  # SPDX identifiers that may be kept; none: the permissive ones
    unknown_licence: str = "own"  # keep, drop, or own: keep what the user gave, drop what came from the net
    verified: str = "not_failed"  # any, not_failed, passed
    personal: str = "flag"  # off, flag, drop: e-mail and network addresses; secrets are always left out
    opt_out: str = ""  # file of owners and owner/name that are left out
    max_tokens: int = 32_768
    split_by: str = "repository"  # or cluster: copies stay together, but not what one repository holds
    per_family: bool = False  # by cluster: hold the shares in each family of computations
    validation: int = 5  # percent
    test: int = 5
    seed: int = 0


@dataclass(frozen=True)
class VerifyConfig:
    device: str = "cpu"  # cpu: Triton's interpreter; cuda: the GPU that is here
    protocol: int = 2
    timeout: float = 60.0  # seconds a task of the jail; a verification has about twelve
    timing: bool = False  # with cuda: time what passed, beside eager, torch.compile and max-autotune
    sanitize: tuple[str, ...] = ()  # with cuda: tools of compute-sanitizer that what passed must also satisfy
    per_gpu: int = 16  # with cuda: tasks at a time on each GPU


@dataclass(frozen=True)
class ExportConfig:
    formats: tuple[str, ...] = ("torchtune",)
    out: str = "datasets"
    plain: bool = False  # no ```python fence around each entry
    with_metadata: bool = False
    everything: bool = False  # also what curation left out
    force: bool = False  # replace what somebody else put in the way
    untested: bool = False  # entries: also those whose test nobody ran


@dataclass(frozen=True)
class ReportConfig:
    make: bool = True  # at the end of `run`
    out: str = ""  # none: report/ in the run's folder


@dataclass(frozen=True)
class Config:
    run_dir: str = "runs/default"
    jobs: int = 0  # worker processes; 0 is one a core
    allow_unsafe_exec: bool = False  # run scraped code where the machine cannot confine it
    engine: EngineConfig = field(default_factory=EngineConfig)
    scrape: ScrapeConfig = field(default_factory=ScrapeConfig)
    extract: ExtractConfig = field(default_factory=ExtractConfig)
    llm: LlmConfig = field(default_factory=LlmConfig)
    capture: CaptureConfig = field(default_factory=CaptureConfig)
    curate: CurateConfig = field(default_factory=CurateConfig)
    verify: VerifyConfig = field(default_factory=VerifyConfig)
    export: ExportConfig = field(default_factory=ExportConfig)
    report: ReportConfig = field(default_factory=ReportConfig)

    def to_json(self) -> str:
        return json.dumps(codec.to_json(self), sort_keys=True)

    @property
    def hash(self) -> str:
        """Of what is asked for; where it runs and on how many cores does not change the result."""
        return digest(dataclasses.replace(self, run_dir="", jobs=0, engine=EngineConfig()).to_json())

    @classmethod
    def from_json(cls, text: str) -> Config:
        config: Config = _build(cls, json.loads(text), "saved config", "")
        return config


def load(path: Path) -> Config:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Misuse(f"no config file {path}: try `triton-data run examples/quickstart.toml`") from None
    except OSError as error:
        raise Misuse(f"cannot read the config file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misuse(f"{path} is not valid TOML: {error}") from error
    config: Config = _build(Config, values, str(path), "")
    return config


def with_flags(config: Config, **flags: Any) -> Config:
    """The config with every flag that was given (not None) put in; `a__b` is field b of section a."""
    for name, value in flags.items():
        if value is None:
            continue
        section, _, key = name.rpartition("__")
        if section:
            value = dataclasses.replace(getattr(config, section), **{key: value})
        config = dataclasses.replace(config, **{section or key: value})
    return config


def _build(kind: type[Any], values: dict[str, Any], where: str, prefix: str) -> Any:
    hints = typing.get_type_hints(kind)
    made = {}
    for name, value in values.items():
        if name not in hints:
            raise Misuse(f"{where}: unknown setting {prefix + name!r}{closest(name, hints)}")
        hint = hints[name]
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            if not isinstance(value, dict):
                raise Misuse(f"{where}: {prefix + name} is a section: write [{prefix + name}] above its settings")
            made[name] = _build(hint, value, where, f"{prefix}{name}.")
        else:
            made[name] = _checked(hint, value, f"{where}: {prefix}{name}")
    return kind(**made)


def _checked(hint: Any, value: Any, where: str) -> Any:
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Misuse(f'{where} must be a list of strings, such as ["a", "b"]')
        return tuple(value)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise Misuse(f"{where} must be of type {hint.__name__}, not {type(value).__name__}")
    return value
