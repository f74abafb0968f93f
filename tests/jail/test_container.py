"""Root in a container, as Docker starts it by default: fewer capabilities, and no namespaces of one's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTAINED = f"""
import ctypes, os, sys
sys.path[:0] = [{str(ROOT / "src")!r}]
from dataclasses import replace
from triton_data.jail import RUN, Jail, Task, kernel, paths
from triton_data.jail.inside import bpf, denied, seccomp
from triton_data.jail.outside import view

view.open_to_nobody(paths.readable(paths.import_roots(())), "/tmp")  # an image's interpreter is open to all
DOCKERS = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
for capability in set(range(41)) - set(DOCKERS):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
if os.fork():
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
refused = [bpf.one(bpf.RETURN, bpf.ANSWER_ERRNO | 1)]
allowed = [bpf.one(bpf.RETURN, bpf.ALLOW)]
table = {{name: pair[kernel.ARCH] for group in denied.GROUPS for name, pair in group.items()}}
names = ("unshare", "mount", "umount2", "setns", "pivot_root", "bpf", "perf_event_open", "open_by_handle_at", "keyctl")
decided = bpf.decide({{table[name]: refused for name in names}}, 470, allowed, allowed)
kernel.no_new_privs()
seccomp._install(bpf.one(bpf.LOAD, bpf.NUMBER) + b"".join(decided), 0)
os.execv(sys.executable, [sys.executable, "-c", INSIDE])
"""
INSIDE = f"""
import sys
sys.path[:0] = [{str(ROOT / "src")!r}]
from dataclasses import replace
from triton_data.jail import RUN, Jail, Task
FILES = '''
import os, time
def main():
    held = []
    for _ in range(16):
        file = open("x", "wb"); os.unlink("x"); file.write(bytes(1 << 20)); file.flush(); held.append(file)
    open("y", "w").close()
    time.sleep(20)
'''
SHARED = '''
import ctypes, mmap, time
def main():
    held = []
    for _ in range(4):
        m = mmap.mmap(-1, 32 << 20); m.write(bytes(32 << 20)); m.madvise(mmap.MADV_DONTNEED); held.append(m)
    time.sleep(20)
'''
with Jail(preload=()) as jail:
    print(jail.layers)
    print(jail.run(Task(source=FILES), replace(RUN, disk=4 << 20)).reason)
    print(jail.run(Task(source=SHARED), replace(RUN, memory=64 << 20, devices=True)).reason)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user is one in a container, too")
def test_root_in_a_container_sees_what_its_tasks_hold() -> None:
    """Without CAP_SYS_PTRACE /proc shows another user's open files and mappings to nobody."""
    script = CONTAINED.replace("INSIDE])", f"{INSIDE!r}])")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    layers, files, shared = done.stdout.splitlines() or ["", "", done.stderr]
    assert "namespaces" not in layers and "seccomp" in layers and "landlock" in layers, done.stderr
    assert files == "disk:4 MiB and 4096 files of scratch"
    assert shared == "oom:memory of 64 MiB"
