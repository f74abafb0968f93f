"""The training environment for tests: the one of this checkout, made on first use in about half a minute.

Scripts run in forks of one process there, which has the libraries loaded: to import them takes longer than the scripts.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from triton_data.train.environment import Environment, environment

ROOT = Path(__file__).parents[1]
OFFLINE = {"HF_HUB_OFFLINE": "1", "TIKTOKEN_CACHE_DIR": "", "OMP_NUM_THREADS": "2"}
SECONDS = 240
SERVER = """
import json, os, sys, traceback
import torchtune.datasets, torchtune.models.llama3, transformers.models.llama.modeling_llama
from trl import SFTTrainer, TrlParser
print("ready", flush=True)
for line in sys.stdin:
    job = json.loads(line)
    child = os.fork()
    if child == 0:
        for number in (1, 2):
            os.dup2(os.open(job["outputs"][number - 1], os.O_WRONLY | os.O_CREAT), number)
        os.chdir(job["cwd"])
        sys.argv, status = ["-c", *job["args"]], 1
        try:
            exec(compile(job["script"], "script", "exec"), {"__name__": "__main__"})
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def ready_environment() -> Environment:
    made = environment()
    if not made.ready:
        made.make()
    return made


@cache
def _server() -> subprocess.Popen[str]:
    """It ends when its input does, with this process."""
    place = tempfile.mkdtemp()
    made = subprocess.Popen(
        [ready_environment().python, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **OFFLINE, "HF_HOME": place}, cwd=place,
    )  # fmt: skip
    assert _answer(made) == "ready"
    return made


def _answer(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    if not select.select([server.stdout], [], [], SECONDS)[0]:
        server.kill()
        raise TimeoutError(f"the training environment said nothing for {SECONDS} s")
    return server.stdout.readline().strip()


def run_there(script: str, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A script in the training environment, with no way to the network."""
    server = _server()
    assert server.stdin is not None
    with tempfile.TemporaryDirectory() as place:
        outputs = [f"{place}/stdout", f"{place}/stderr"]
        job = {"script": script, "args": args, "cwd": str(cwd), "outputs": outputs}
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        status = int(_answer(server))
        said = [Path(path).read_text("utf-8", "replace") for path in outputs]
    return subprocess.CompletedProcess(["-c", *args], status, *said)


def run_apart(script: str, *args: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, for what libraries read from the environment when they are imported."""
    return subprocess.run(
        [ready_environment().python, "-c", script, *args], cwd=cwd, capture_output=True, text=True, timeout=SECONDS,
        env={**os.environ, **OFFLINE, "HF_HOME": str(cwd / "hf"), **variables},
    )  # fmt: skip
