"""The entry of a jailed worker: warm once, fork, capture, plain JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.capture.made import LINEAR_RELU
from triton_data.capture.headless.jailed import capture, from_json
from triton_data.records import Capture, Drop

FORKED = """
import json, os, threading
from triton_data.capture.headless import jailed
jailed.warm_up()
assert threading.active_count() == 1 and len(os.listdir("/proc/self/task")) == 1
program = {program!r}
for mode in ("training", "dynamic"):
    pid = os.fork()
    if pid == 0:
        answer, _ = jailed.capture({{"entry": "Model", "text": program, "mode": mode}})
        print(json.dumps({{"mode": mode, "graphs": len(answer["graphs"])}}), flush=True)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
"""


@pytest.mark.slow
def test_a_warm_process_can_be_forked_for_every_mode() -> None:
    script = FORKED.format(program=LINEAR_RELU.text)
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | one_thread)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"mode": "training", "graphs": 2},
        {"mode": "dynamic", "graphs": 1},
    ], done.stderr[-2000:]


def test_the_answer_crosses_as_json_and_becomes_the_record() -> None:
    payload = {"entry": "Model", "text": LINEAR_RELU.text, "target": "sm_80", "mode": "inference"}
    answer, tensors = capture(payload)
    result = from_json(json.loads(json.dumps(answer)), LINEAR_RELU, "sm_80", "inference", ("landlock",))
    assert isinstance(result, Capture)
    assert (result.layers, tensors, result.target) == (("landlock",), [], "sm_80")
    broken, _ = capture({"entry": "Nothing", "text": ""})
    assert isinstance(from_json(broken, LINEAR_RELU, "sm_90", "inference"), Drop)
