"""What the jail runs for compute-sanitizer: the tool, with a Python below it that calls the candidate once.

In: a payload as for a candidate, the tool's place and name. Out: how many errors it counted and what it said of the
first. The tool talks to what it watches through named pipes in scratch, so the policy says `watched`. `main` is what
runs below it. Not covered: believing a candidate that prints a report of its own; the numbers were compared before.
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

REPORT, PAYLOAD = Path("report.txt"), Path("payload.json")
_COUNT = re.compile(r"(?:ERROR|RACECHECK) SUMMARY: (\d+) (?:error|hazard)")
_UNCACHED = {"PYTORCH_NO_CUDA_MEMORY_CACHING": "1"}  # else all tensors are one allocation


def run(payload: dict[str, Any]) -> dict[str, Any]:
    from triton_data.verify.jailed.cuda import chosen

    chosen.take(payload)
    PAYLOAD.write_text(json.dumps(payload), "utf-8")
    below = [sys.executable, "-m", "triton_data.verify.jailed.cuda.sanitized"]
    tool = [payload["program"], "--tool", payload["tool"], "--log-file", str(REPORT), "--print-limit", "5"]
    Path("triton_data").symlink_to(Path(PACKAGE_ROOT) / "triton_data")  # its own folder cannot be listed here
    paths = os.pathsep.join(path for path in sys.path if path)
    inside = {**os.environ, **_UNCACHED, "PYTHONPATH": paths, "TMPDIR": str(Path.cwd())}
    done = subprocess.run([*tool, *below], capture_output=True, text=True, env=inside)
    report = REPORT.read_text("utf-8", "replace") if REPORT.exists() else done.stdout
    counted = _COUNT.findall(report)
    said = " ".join(line.strip("= ") for line in report.splitlines()[1:6])
    if not counted or (done.returncode and not int(counted[-1])):
        return {"errors": None, "said": f"exit status {done.returncode}: {said} {done.stderr[-200:]}"}
    return {"errors": int(counted[-1]), "said": said}


def main() -> None:
    import torch
    from torch.utils import _pytree as pytree

    from triton_data.verify.jailed.cuda.clock import there
    from triton_data.verify.jailed.load_candidate import Loading, instance_of
    from triton_data.verify.wire import values

    class Plain:
        def instance(self, made: Any) -> Any:
            return made.to("cuda") if isinstance(made, torch.nn.Module) else made

    payload = json.loads(PAYLOAD.read_text("utf-8"))
    given = [values.from_payload(tensor) for tensor in payload["tensors"]]
    with torch.no_grad():
        report = Loading()
        instance = instance_of(payload, given, report, Plain())
        if report.failed is not None:
            raise SystemExit(str(report.failed))
        args, kwargs = pytree.tree_map(there, values.unpack(payload["draws"][0]["inputs"], given))
        instance(*args, **kwargs)
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
