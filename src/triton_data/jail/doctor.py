"""For people: which layers hold on this machine, and what the jail makes of one file.

In: nothing, or a file with a `main()`. Out: plain values for `triton-data doctor` to print. Not covered: the
printing (cli.py).
"""

from __future__ import annotations

import platform
import threading
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.jail.handle import Jail
from triton_data.jail.outcome import Facts, Outcome, labelled
from triton_data.jail.policy import COMPILE, FLOOR, Task, profile

PATIENCE_S = 25.0


def layers_available() -> dict[str, Any]:
    """Found by being jailed, not by asking for versions: an empty task of `compile`, which has every layer."""
    facts = _facts()
    held = {layer.partition(":")[0] for layer in facts.layers}
    return {
        "layers": list(labelled(facts.layers)),
        "missing": dict(facts.missing),
        "floor": list(FLOOR),
        "safe": held.issuperset(FLOOR),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _facts() -> Facts:
    """Whatever is wrong with the jail, doctor says so soon."""
    found: list[Facts] = []
    jail = Jail(preload=(), allow_unsafe=True, shared=False)

    def ask() -> None:
        with jail:
            found.append(jail.run(Task(source="def main(): pass"), COMPILE).facts)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PATIENCE_S)
    if asking.is_alive():
        jail.abandon()
    return found[0] if found else Facts(missing=(("jail", f"no answer within {PATIENCE_S:.0f} s"),))


def try_file(path: str | Path, profile_name: str = "run", *, allow_unsafe: bool = False) -> dict[str, Any]:
    """Run the file's `main()` in the jail. The answer is JSON as it stands."""
    policy = profile(profile_name)
    try:
        source = Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read {path}: {error}") from error
    if not source.strip():
        raise Misuse(f"{path} is empty: it needs a function main()")
    with Jail(allow_unsafe=allow_unsafe, gpu=policy.devices) as jail:
        return as_json(jail.run(Task(source=source), policy))


def as_json(outcome: Outcome) -> dict[str, Any]:
    facts = outcome.facts
    return {
        "status": outcome.status,
        "reason": outcome.reason,
        "layers": list(labelled(facts.layers)),
        "missing": dict(facts.missing),
        "denied": dict(facts.denied),
        "exit": facts.exit,
        "signal": facts.signal,
        "wall_s": round(facts.wall_s, 4),
        "cpu_s": round(facts.cpu_s, 4),
        "peak_rss": facts.peak_rss,
        "value": outcome.value,
        "tensors": [{"dtype": tensor.dtype, "shape": list(tensor.shape)} for tensor in outcome.tensors],
        "output": outcome.output,
    }
