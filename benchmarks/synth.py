"""Modules by language models without one: how far typed construction comes, and what validating costs.

    PYTHONPATH=src python benchmarks/synth.py offline 2000 --jobs 16 --out /tmp/offline
    PYTHONPATH=src:. python benchmarks/synth.py validator 60 --jobs 2

`offline` lets every module through eager, capture, rewrite and verify, prints the yield by stage, and goes on where it
was when it is called again. `validator` has a server on loopback answer at once with modules that were composed before:
what is left is the validator's own speed, beside one fresh process a module that does the same in eager and in capture.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from triton_data.generate.llm_modules.offline.compose import compose
from triton_data.generate.llm_modules.prompts import load
from triton_data.generate.llm_modules.sampling import draw
from triton_data.generate.llm_modules.settings import Settings, settings
from triton_data.pipeline.synthesis.generating import generate
from triton_data.records import Attempt, Capture, Sample
from triton_data.report import synthesis
from triton_data.store import Store

FRESH = """
import json, sys
from triton_data.generate.llm_modules.jailed import check
from triton_data.capture.headless.jailed import capture
text, entry = sys.stdin.read(), sys.argv[1]
seen = check({"text": text, "entry": entry})[0]
assert "operators" in seen, seen
made = capture({"text": text, "entry": entry})[0]
sys.exit(0 if "graphs" in made else 1)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("offline", "validator"))
    parser.add_argument("number", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--seconds", type=float, default=0.0, help="Stop in an orderly way after so long.")
    given = parser.parse_args()
    load_average = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"python {platform.python_version()}, torch {torch.__version__}, {os.cpu_count()} cores, load {load_average}")
    with tempfile.TemporaryDirectory() as folder:
        out = given.out or Path(folder)
        if given.what == "offline":
            offline(given.number, given.jobs, out, given.seconds)
        else:
            validator(given.number, given.jobs, out)


def offline(number: int, jobs: int, out: Path, seconds: float) -> None:
    chosen = settings(model_name="offline", num_total_samples=number, output_dir=str(out / "modules"), jobs=jobs,
                      num_worker=jobs * 2, max_retries=0, steer=False)  # fmt: skip
    if seconds:
        _stop_after(seconds)
    started, before = time.monotonic(), cpu()
    result = generate(chosen, out / "run", ())
    wall, used = time.monotonic() - started, cpu() - before
    done = max(result.tally.done, 1)
    print(f"{result.tally.done} samples in {wall:.0f} s with {jobs} jobs: {done / wall * 60:.1f} a minute,"
          f" {used / done:.1f} CPU seconds each, start included")  # fmt: skip
    with Store.read(out / "run") as store:
        stages(store)
        print()
        print(synthesis.words(synthesis.analyse(store)))


def stages(store: Store) -> None:
    """Each stage's part of what came into it."""
    attempts = list(store.records(Attempt))
    count: dict[str, int] = {}
    for attempt in attempts:
        count[attempt.category] = count.get(attempt.category, 0) + 1
    kept = [attempt for attempt in attempts if not attempt.category]
    known = sum(count.get(name, 0) for name in ("duplicate", "near_duplicate", "contamination"))
    compiled = len(kept) + count.get("mismatch", 0)
    ran = compiled + known + count.get("compilation", 0) + count.get("no_kernel", 0)
    rewritten = [attempt for attempt in kept if not attempt.pair.startswith("not rewritten")]
    verified = [attempt for attempt in kept if attempt.pair == "verified"]
    rows = [
        ("drawn", store.count(Sample), store.count(Sample)), ("ended", len(attempts), store.count(Sample)),
        ("run in eager", ran, len(attempts)), ("new", ran - known, ran), ("compiled", compiled, ran - known),
        ("rewritten", len(rewritten), len(kept)), ("verified", len(verified), len(rewritten)),
        ("verified of valid", len(verified), len(kept)),
    ]  # fmt: skip
    for name, part, whole in rows:
        print(f"  {name:<18} {part:>6} of {whole:>6}  {part / whole if whole else 0:.1%}")
    kernels = {kernel.key for capture in store.records(Capture) for kernel in capture.kernels}
    total = sum(len(capture.kernels) for capture in store.records(Capture))
    print(f"  {len(kernels)} distinct Inductor kernels of {total}")


def validator(number: int, jobs: int, out: Path) -> None:
    from tests.llm.billing import Billing, listening  # a server, not a test

    os.environ["OPENAI_API_KEY"] = "sk-none"
    chosen = settings(model_name="openai", num_total_samples=number, output_dir=str(out / "modules"), jobs=jobs,
                      num_worker=jobs * 4, max_retries=0, steer=False, validate="compile")  # fmt: skip
    answers = composed(chosen)

    def reply(body: dict[str, Any], asked: int) -> str:
        words = body["messages"][1]["content"]
        return f"```python\n{answers[words.partition('called `')[2].partition('`')[0]]}```"

    started, before = time.monotonic(), cpu()
    with listening(Billing(reply)) as server:
        chosen = settings(**{**vars_of(chosen), "base_url": server.url})
        result = generate(chosen, out / "run", ())
    wall, used = time.monotonic() - started, cpu() - before
    valid = result.tally.valid
    print(f"ours:  {valid} of {number} valid in {wall:.1f} s ({result.seconds:.1f} s with its start),"
          f" {valid / wall * 60:.1f} a minute, {used / number:.2f} CPU seconds each, start included")  # fmt: skip
    fresh(dict(list(answers.items())[: max(4, number // 10)]), jobs)


def fresh(answers: dict[str, str], jobs: int) -> None:
    started, before, good = time.monotonic(), cpu(), 0
    waiting = list(answers.items())
    running: list[subprocess.Popen[str]] = []
    while waiting or running:
        while waiting and len(running) < jobs:
            name, text = waiting.pop()
            process = subprocess.Popen([sys.executable, "-c", FRESH, name], stdin=subprocess.PIPE, text=True)
            assert process.stdin is not None
            process.stdin.write(text)
            process.stdin.close()
            running.append(process)
        done = [process for process in running if process.poll() is not None]
        good += sum(process.returncode == 0 for process in done)
        running = [process for process in running if process.poll() is None]
        time.sleep(0.02)
    wall, used = time.monotonic() - started, cpu() - before
    print(f"fresh: {good} of {len(answers)} in {wall:.1f} s, {good / wall * 60:.1f} a minute,"
          f" {used / len(answers):.2f} CPU seconds each; unconfined")  # fmt: skip


def composed(chosen: Settings) -> dict[str, str]:
    aims = {name: tuple(prompt.aims) for name, prompt in load(chosen.prompts).items()}
    drawn = [draw(chosen, number, {}, aims) for number in range(chosen.num_total_samples)]
    return {sample.name: compose(sample.operators, sample.name, str(sample.number)) for sample in drawn}


def vars_of(chosen: Settings) -> dict[str, Any]:
    return {name: getattr(chosen, name) for name in chosen.__dataclass_fields__}


def cpu() -> float:
    """Of this process and of the children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


def _stop_after(seconds: float) -> None:
    import signal
    import threading

    timer = threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    main()
