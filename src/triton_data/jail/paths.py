"""Which files a jailed task may read, and which environment it gets: lists only.

In: the roots that hold our package and the preloaded ones. Out: paths for Landlock, and a clean environment.
The rule is an interpreter, its packages and the system's libraries: never a home or working directory, also
when `sys.path` names one. Not covered: secrets that lie inside those (a token in site-packages).
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])

SYSTEM = (
    "/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/os-release", "/proc/cpuinfo",
    "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu",
    "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage",
    *(f"/proc/self/{name}" for name in (
        "auxv", "cgroup", "cmdline", "comm", "environ", "exe", "fdinfo", "io", "limits", "maps", "numa_maps",
        "oom_score",
        "sched", "schedstat", "smaps", "smaps_rollup", "stat", "statm", "status", "uid_map", "wchan",
    )),
)  # fmt: skip
# By name only: beside what a process may know of itself lie the host's mounts and its table of sockets.
LISTED = ("/proc/self", "/proc/self/fd", "/proc/self/task")
TOOLCHAIN = ("/usr", "/bin", "/opt/rocm", "/etc/alternatives")
CUDA = (
    "/proc/driver/nvidia", "/proc/devices", "/proc/modules", "/proc/filesystems", "/proc/version", "/proc/sys/vm",
    "/proc/sys/kernel", "/sys/bus/pci", "/sys/module", "/sys/fs/cgroup",
    "/dev/nvidia-caps",
    "/etc/nvidia", "/etc/vulkan", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
)  # fmt: skip
TOOLS = (
    "as",
    "ld",
    "ld.*",
    "*-as",
    "*-ld",
    "ar",
    "nm",
    "strip",
    "objcopy",
    "collect2",
    "lld*",
    "clang*",
    "*gcc*",
    "*g++*",
)
NETWORK_OR_BRIDGE = ("0x02", "0x06")
PLAIN_DEVICES = ("/dev/null", "/dev/full", "/dev/urandom", "/dev/random")

KEPT = (
    "LD_LIBRARY_PATH", "CUDA_HOME", "CUDA_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "PYTORCH_CUDA_ALLOC_CONF",
    "TRITON_PTXAS_PATH", "TRITON_LIBCUDA_PATH", "CC", "CXX", "TZ",
)  # fmt: skip
DRIVERS_HOME = "TRITON_DATA_HOME_OUTSIDE"  # its name only, so that nothing in it is given for the sake of a tool
CLEAN = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "USER": "jailed",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # whether there is a GPU is asked without starting CUDA: forks come after
    "OMP_NUM_THREADS": "1",  # more would leave a pool of threads in the zygote, which no fork survives
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # else eight for each core, each of 64 MiB of addresses: threads would pass a limit
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",
    "TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS": "0",
}


def environment(outside: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Built up from nothing, so that a token can only get in by name."""
    kept = {name: outside[name] for name in KEPT if name in outside}
    return {**CLEAN, DRIVERS_HOME: outside.get("HOME", ""), **kept, **more}


def import_roots(modules: Iterable[str]) -> list[str]:
    """The directories that hold the top packages of these modules, as this interpreter finds them."""
    roots = [PACKAGE_ROOT]
    for module in modules:
        spec = importlib.util.find_spec(module.partition(".")[0])
        places = list(spec.submodule_search_locations or [spec.origin or ""]) if spec else []
        roots += [str(Path(place).resolve().parent) for place in places if place.startswith("/")]
    return list(dict.fromkeys(roots))


def readable(roots: Iterable[str]) -> list[str]:
    """What every task may read of the interpreter and its packages. Of our own root only the package itself:
    beside it in a checkout lies whatever its owner keeps there."""
    installed = "site-packages" in PACKAGE_ROOT or "dist-packages" in PACKAGE_ROOT
    own = PACKAGE_ROOT if installed else str(Path(PACKAGE_ROOT) / "triton_data")
    places = [sys.prefix, sys.base_prefix, *(root for root in roots if root != PACKAGE_ROOT), own]
    return list(dict.fromkeys(os.path.realpath(place) for place in places))


@cache
def compilers() -> tuple[str, ...]:
    """What belongs to the C compilers of this machine, which are not always under /usr."""
    named = [os.environ.get("CC", ""), os.environ.get("CXX", ""), "cc", "gcc", "g++", "c++", "clang"]
    found = filter(None, (shutil.which(name) for name in named if name))
    return tuple(dict.fromkeys(part for path in found for part in parts_of_compiler(Path(path).resolve())))


def parts_of_compiler(compiler: Path) -> list[str]:
    """The program with the folder that it is installed in; where that holds somebody's home, or lies within one, with
    keys beside the compiler, only what compilers have there by their own conventions."""
    parts, prefix = [compiler], compiler.parents[1]
    if str(prefix) in ("/", "/usr"):
        return [str(compiler)]
    if not holds_home(str(prefix)) and not in_home(prefix):
        return [str(prefix)]
    owned = ("lib/gcc", "lib64/gcc", "lib/clang", "libexec/gcc", "libexec/gcc-cross", "include")
    parts += [prefix / name for name in owned]
    parts += prefix.glob("*-linux-gnu*")  # with its system's own headers and libraries
    parts += [tool for name in TOOLS for tool in compiler.parent.glob(name) if tool.is_file()]
    return [str(part) for part in parts if part.exists()]


def pci_devices(bus: Path = Path("/sys/bus/pci/devices")) -> list[str]:
    """As the kernel's files describe them, without bridges and network cards: those have the machine's addresses."""
    found = []
    for device in bus.glob("*"):
        try:
            kind = (device / "class").read_text()
        except OSError:
            continue
        if not kind.startswith(NETWORK_OR_BRIDGE):
            found.append(str(device.resolve()))
    return found


def holds_home(path: str) -> bool:
    """A home, or something that has it below: too much to be given for the sake of a tool."""
    return any(home.is_relative_to(os.path.realpath(path)) for home in homes())


def in_home(path: Path) -> bool:
    return any(path.is_relative_to(home) for home in homes() if str(home) != "/")


def homes() -> list[Path]:
    """Of whoever runs us, by the table and by the variable, and of all people."""
    found = [os.environ[name] for name in ("HOME", DRIVERS_HOME) if os.environ.get(name)]
    with contextlib.suppress(KeyError):
        found.append(pwd.getpwuid(os.getuid()).pw_dir)
    found += [each.pw_dir for each in pwd.getpwall() if each.pw_uid >= 1000 and each.pw_dir != "/nonexistent"]
    return [Path(os.path.realpath(home)) for home in found]


def for_kind(subprocesses: bool, devices_too: bool, read: Iterable[str]) -> tuple[list[str], list[str]]:
    """(readable, devices) of a task, besides its scratch."""
    paths, devices = [*read, *SYSTEM], list(PLAIN_DEVICES)
    if subprocesses:
        paths += [*TOOLCHAIN, *compilers()]
        paths += [os.environ[name] for name in ("CUDA_HOME", "CUDA_PATH") if not holds_home(os.environ.get(name, "/"))]
    if devices_too:
        paths += [*CUDA, *pci_devices()]
        paths += [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if path and not holds_home(path)]
        devices += [str(path) for path in Path("/dev").glob("nvidia*")]
    return [path for path in paths if path.startswith("/")], devices
