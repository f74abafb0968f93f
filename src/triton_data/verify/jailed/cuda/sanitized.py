"""What the jail runs for compute-sanitizer: the tool, with a Python below it that calls the candidate once.

In: a question as for a candidate, the tool's place and name. Out: how many errors it counted and what it reported of
the first. The tool talks to what it watches through named pipes in scratch, so the policy says `watched`. `main` is
what runs below it. Not covered: believing a candidate that prints a report of its own; the numbers were compared
before.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from triton_data.jail.paths import PACKAGE_ROOT
from triton_data.jail.policy import Json
from triton_data.verify.wire.candidate import CandidateQuestion
from triton_data.verify.wire.record import encode, parse
from triton_data.verify.wire.sanitizing import SanitizerAnswer, SanitizerQuestion
from triton_data.verify.wire.task import question_in

REPORT, QUESTION = Path("report.txt"), Path("question.json")
_COUNT = re.compile(r"(?:ERROR|RACECHECK) SUMMARY: (\d+) (?:error|hazard)")
_UNCACHED = {"PYTORCH_NO_CUDA_MEMORY_CACHING": "1"}  # else all tensors are one allocation


def run(payload: Json) -> Json:
    from triton_data.verify.jailed.cuda import chosen

    chosen.take(payload)
    question = question_in(SanitizerQuestion, payload)
    QUESTION.write_text(json.dumps(encode(question.candidate)), "utf-8")
    below = [sys.executable, "-m", "triton_data.verify.jailed.cuda.sanitized"]
    tool = [question.program, "--tool", question.tool, "--log-file", str(REPORT), "--print-limit", "5"]
    Path("triton_data").symlink_to(Path(PACKAGE_ROOT) / "triton_data")  # its own folder cannot be listed here
    paths = os.pathsep.join(path for path in sys.path if path)
    inside = {**os.environ, **_UNCACHED, "PYTHONPATH": paths, "TMPDIR": str(Path.cwd())}
    done = subprocess.run([*tool, *below], capture_output=True, text=True, env=inside)
    report = REPORT.read_text("utf-8", "replace") if REPORT.exists() else done.stdout
    counted = _COUNT.findall(report)
    first = " ".join(line.strip("= ") for line in report.splitlines()[1:6])
    if not counted or (done.returncode and not int(counted[-1])):
        return encode(SanitizerAnswer(None, f"exit status {done.returncode}: {first} {done.stderr[-200:]}"))
    return encode(SanitizerAnswer(int(counted[-1]), first))


def main() -> None:
    import torch
    from torch.utils import _pytree as pytree

    from triton_data.verify.jailed.cuda.clock import there
    from triton_data.verify.jailed.load_candidate import Loaded, instance_of
    from triton_data.verify.wire import values

    class Plain:
        def on_device(self, instance: Any) -> Any:
            return instance.to("cuda") if isinstance(instance, torch.nn.Module) else instance

    question = parse(CandidateQuestion, json.loads(QUESTION.read_text("utf-8")))
    given = [values.unpacked_tensor(tensor) for tensor in question.tensors]
    with torch.no_grad():
        report = Loaded()
        instance = instance_of(question, given, report, Plain())
        if report.failure is not None:
            raise SystemExit(str(report.failure))
        args, kwargs = pytree.tree_map(there, values.unpack(question.draws[0].inputs, given))
        instance(*args, **kwargs)
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
