"""What one task may use: a frozen record with three named profiles, and the task itself.

`run` executes eager code and may create no process; `compile` may run a C++ compiler or ptxas as children;
`gpu` is `compile` with the CUDA devices in reach. Change a limit with `dataclasses.replace(RUN, wall_s=60)`.
Not covered: which files may be read (paths.py; the same for all tasks of one zygote and profile).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, TypeAlias

from triton_data.errors import Misuse, closest

Json: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None
MIB = 1 << 20
NEWEST = 99
LAYERS = ("landlock", "seccomp", "namespaces")
FLOOR = ("landlock", "seccomp")


@dataclass(frozen=True, slots=True)
class Policy:
    profile: str
    wall_s: float = 30.0
    cpu_s: int = 60
    memory: int = 4096 * MIB  # what the task may take on top of what the zygote has loaded
    disk: int = 256 * MIB  # scratch; lies in memory where it is a tmpfs
    files: int = 4096  # in scratch
    file_size: int = 128 * MIB
    output: int = 256 * MIB  # the result frame: header and tensors
    log: int = 64 << 10  # stdout and stderr that are kept
    tasks: int = 64  # threads and processes
    open_files: int = 256
    subprocesses: bool = False
    devices: bool = False  # CUDA
    watched: bool = False  # by a tool that it starts: named pipes in scratch, and CUDA in a process below the task
    layers: tuple[str, ...] = LAYERS  # those to apply where the machine allows them
    packages: str = ""  # one more folder to read and to import from, below one that its zygote was started with

    @property
    def landlock(self) -> int:
        """The newest version to use, 0 for none: `landlock:5` in the layers is as on a kernel that has no newer one."""
        for layer in self.layers:
            name, _, version = layer.partition(":")
            if name == "landlock":
                return int(version or NEWEST)
        return 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(values: dict[str, Any]) -> Policy:
        known = {field.name for field in fields(Policy)}
        if set(values) != known:
            raise ValueError(f"policy fields {sorted(set(values) ^ known)}")
        return Policy(**{**values, "layers": tuple(values["layers"])})


RUN = Policy("run")
COMPILE = Policy(
    "compile",
    wall_s=300.0,
    cpu_s=600,
    memory=8192 * MIB,
    disk=1024 * MIB,
    files=32768,
    file_size=512 * MIB,
    tasks=256,
    open_files=1024,
    subprocesses=True,
)
GPU = Policy(
    "gpu",
    wall_s=300.0,
    cpu_s=600,
    memory=32768 * MIB,  # of the host; CUDA pins and maps a lot of it
    disk=1024 * MIB,
    files=32768,
    file_size=512 * MIB,
    tasks=1024,
    open_files=4096,
    subprocesses=True,  # Triton builds its launcher with a C compiler
    devices=True,
)
PROFILES = {policy.profile: policy for policy in (RUN, COMPILE, GPU)}


def profile(name: str) -> Policy:
    if name not in PROFILES:
        raise Misuse(f"unknown jail profile {name!r}{closest(name, PROFILES)}")
    return PROFILES[name]


@dataclass(frozen=True, slots=True)
class Task:
    """Either `entry`, a function of ours as 'package.module:function', called with the payload in the jailed
    child; or `source`, foreign text whose `main()` is run (with the payload, where it takes an argument).

    Both return a JSON value, tensors, or `(JSON value, [tensors])`.
    """

    entry: str = ""
    source: str = ""
    payload: Json = None

    def __post_init__(self) -> None:
        if bool(self.entry) == bool(self.source):
            raise ValueError("a task has either an entry or a source")
