"""The gpu profile on a real device: what runs in it, and what it survives.

    PYTHONPATH=src python benchmarks/jail_gpu.py        (a CUDA machine, torch and triton installed, from a
    plain checkout)

In: nothing. Out: a table on stdout, one line per proof, with the layers in force; details of a failure below
it; exit status 1 where one failed. Not covered: a hang that the driver cannot end (reported as a failed
health check, the device is then bad).
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from triton_data.jail import GPU, Jail, Outcome, Policy, Task

TRITON = """
import torch, triton, triton.language as tl

@triton.jit
def add(x, y, out, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out + at, tl.load(x + at, mask=at < n) + tl.load(y + at, mask=at < n), mask=at < n)

def main():
    x, y = torch.randn(5000, device="cuda"), torch.randn(5000, device="cuda")
    out = torch.empty_like(x)
    add[(5,)](x, y, out, 5000, BLOCK=1024)
    torch.cuda.synchronize()
    return {"wrong": int((out != x + y).sum()), "device": torch.cuda.get_device_name()}
"""
COMPILED = """
import torch

def main():
    torch.manual_seed(0)
    parts = torch.nn.Linear(256, 256), torch.nn.GELU(), torch.nn.LayerNorm(256)
    model = torch.nn.Sequential(*parts).cuda().eval()
    x = torch.randn(64, 256, device="cuda")
    with torch.no_grad():
        difference = (torch.compile(model)(x) - model(x)).abs().max().item()
    return {"difference": difference}
"""
HANG = """
import torch, triton, triton.language as tl

@triton.jit
def spin(flag):
    while tl.load(flag, volatile=True) == 0:
        pass

def main():
    flag = torch.zeros(1, device="cuda", dtype=torch.int32)
    print("launching", flush=True)
    spin[(1,)](flag)
    torch.cuda.synchronize()
"""
DEVICE_OOM = """
import torch
def main():
    held = []
    while True:
        held.append(torch.empty(1 << 30, dtype=torch.uint8, device="cuda"))
"""
HOST_OOM = """
def main():
    held = []
    while True:
        held.append(bytearray(1 << 28))
"""
ILLEGAL = """
import torch, triton, triton.language as tl

@triton.jit
def stray(x):
    tl.store(x + (1 << 44) + tl.arange(0, 16), 1.0)

def main():
    stray[(1,)](torch.zeros(1, device="cuda"))
    torch.cuda.synchronize()
"""
HEALTH = """
import torch
def main():
    x = torch.arange(1024, device="cuda", dtype=torch.float64)
    return {"sum": (x * 2).sum().item()}
"""
READ_OUTSIDE = "def main():\n    return open('/etc/shadow').read()"
NETWORK = "import socket\ndef main():\n    socket.create_connection(('127.0.0.1', 22), 1)"

PROOFS: tuple[tuple[str, str, Policy, str], ...] = (
    ("first CUDA task", HEALTH, GPU, "ok"),
    ("Triton kernel", TRITON, GPU, "ok"),
    ("torch.compile", COMPILED, GPU, "ok"),
    ("hung kernel, limit 20 s", HANG, replace(GPU, wall_s=20.0), "timeout"),
    ("device out of memory", DEVICE_OOM, GPU, "oom"),
    ("host out of memory", HOST_OOM, replace(GPU, memory=2 << 30), "oom"),
    ("illegal address", ILLEGAL, GPU, "error|signal"),
    ("read outside", READ_OUTSIDE, GPU, "forbidden"),
    ("network", NETWORK, GPU, "forbidden"),
)
VALUES = {"Triton kernel": ("wrong", 0.0), "torch.compile": ("difference", 1e-3)}


def good(name: str, outcome: Outcome, expect: str) -> bool:
    if outcome.status not in expect.split("|"):
        return False
    if name in VALUES:
        key, most = VALUES[name]
        return isinstance(outcome.value, dict) and outcome.value[key] <= most
    return True


def healthy(jail: Jail) -> tuple[bool, Outcome]:
    outcome = jail.run(Task(source=HEALTH), replace(GPU, wall_s=60.0))
    return outcome.value == {"sum": 1024.0 * 1023.0}, outcome


def line(name: str, outcome: Outcome, verdict: str) -> str:
    facts = outcome.facts
    ended = (outcome.reason or "ok").splitlines()[0][:40]
    return f"{name:26} {ended:42} {facts.wall_s:7.2f} s {facts.peak_rss >> 20:7} MiB  {verdict}"


def explain(name: str, outcome: Outcome) -> str:
    return (
        f"\n--- {name}: {outcome.status} {outcome.reason}\n{outcome.facts}\n{outcome.value}\n{outcome.output[-6000:]}"
    )


def without(layer: str) -> Policy:
    return replace(GPU, layers=tuple(held for held in GPU.layers if held != layer))


def diagnose(jail: Jail, source: str) -> list[str]:
    """Which layer is in the way of CUDA: the same task, one layer fewer each time."""
    lines = []
    for layer in GPU.layers:
        outcome = jail.run(Task(source=source), without(layer))
        lines.append(f"without {layer}: {outcome.status} {outcome.reason[:200]} denied={dict(outcome.facts.denied)}")
    return lines


def header(jail: Jail) -> None:
    names = ("torch", "triton")
    versions = []
    for name in names:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"{name} missing")
    print(f"python {platform.python_version()}, {', '.join(versions)}, {platform.system()} {platform.release()}")
    query = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    try:
        print(subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"nvidia-smi: {error}")
    outcome = jail.run(Task(source="def main(): pass"), GPU)
    print(f"uid {os.geteuid()}; layers: {', '.join(outcome.facts.layers)}")
    if outcome.facts.missing:
        print(f"not in force: {json.dumps(dict(outcome.facts.missing))}")


def main() -> int:
    failures: list[str] = []
    # The floor is checked by hand, so that a machine below it still shows what it can do.
    with Jail(preload=("torch", "triton"), allow_unsafe=True, gpu=True, shared=False) as jail:
        header(jail)
        print(f"{'task':26} {'ended':42} {'wall':>9} {'peak RSS':>11}")
        for name, source, policy, expect in PROOFS:
            outcome = jail.run(Task(source=source), policy)
            passed = good(name, outcome, expect)
            well, next_outcome = healthy(jail)
            verdict = ("as expected" if passed else f"EXPECTED {expect}") + (
                ", next task runs" if well else ", NEXT TASK FAILED"
            )
            print(line(name, outcome, verdict), flush=True)
            if not passed:
                failures.append(explain(name, outcome))
                if "ok" in expect.split("|"):
                    failures += diagnose(jail, source)
            if not well:
                failures.append(explain(f"the task after {name}", next_outcome))
            denied = dict(outcome.facts.denied)
            if denied:
                print(f"{'':26} denied and counted: {denied}")
    print("\nall as expected" if not failures else "\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
