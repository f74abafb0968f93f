"""The GPU of this machine, as a target's name.

Asked in a process of its own: one that has started CUDA must not fork workers. Not covered: AMD and Intel GPUs.
"""

from __future__ import annotations

import functools
import subprocess
import sys

from triton_data.errors import Misuse

_ASK = "import torch; print('sm_{}{}'.format(*torch.cuda.get_device_capability()))"


@functools.cache
def own_target() -> str:
    answer = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise Misuse(
            "--device cuda needs an NVIDIA GPU and torch sees none:"
            " --device cpu captures the same Triton code without one"
        )
    return answer.stdout.strip()


def check_own_target(targets: tuple[str, ...]) -> None:
    """On a GPU there is one target: that GPU."""
    own = own_target()
    if targets != (own,):
        raise Misuse(f"--device cuda captures for the GPU that is here, {own}: leave --target out, or say {own}")
