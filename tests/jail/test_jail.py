"""One jail, many tasks: what comes back, and what is said when nothing does."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from triton_data.errors import Misuse
from triton_data.jail import COMPILE, RUN, Jail, JailGone, Task, layers_available, profile, try_file
from triton_data.records import Drop

ROOT = Path(__file__).parents[2]
HERE = "tests.jail.entries"


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(roots=[ROOT], warm=f"{HERE}:warm") as jail:
        yield jail


def test_our_function_is_called_with_data(jail: Jail) -> None:
    outcome = jail.run(Task(entry=f"{HERE}:double", payload={"number": 21}))
    assert outcome.ok, outcome
    assert outcome.value == {"twice": 42, "warmed": 1}
    assert outcome.tensors[0].torch().tolist() == [21.0, 21.0]
    facts = outcome.facts
    assert facts.exit == 0 and 0 < facts.wall_s < 30 and 0 < facts.cpu_s < 30 and facts.peak_rss > 1 << 20
    assert {"rlimits", "no_new_privs", "seccomp"} <= set(facts.layers)


def test_what_the_zygote_has_not_loaded_can_be_imported(jail: Jail) -> None:
    outcome = jail.run(Task(entry=f"{HERE}:import_late"))
    assert outcome.value == ["sqlite3", "xml.dom.minidom", "torch.distributions.wishart"], outcome


@pytest.mark.parametrize(
    ("source", "status", "reason", "drop"),
    [
        ("def main(): raise KeyError('k')", "error", "error:KeyError: 'k'", "error"),
        ("x = 1", "error", "error:KeyError: 'main'", "error"),
        ("def main(:", "error", "error:SyntaxError", "error"),
        ("import not_there", "error", "error:ModuleNotFoundError", "error"),
        ("def main(): open('/etc/shadow')", "forbidden", "forbidden:open /etc/shadow", "forbidden:open"),
        (
            "import socket\ndef main(): socket.create_server(('', 0))",
            "forbidden",
            "forbidden:socket",
            "forbidden:socket",
        ),
        ("import os\ndef main(): os.fork()", "forbidden", "forbidden:fork", "forbidden:fork"),
        ("import os\ndef main(): os.chmod('/', 0)", "forbidden", "forbidden:chmod", "forbidden:chmod"),
        ("import torch\ndef main(): torch.empty(1 << 42)", "oom", "oom:RuntimeError", "oom"),
        ("import os\ndef main(): os.kill(os.getpid(), 7)", "signal", "signal:7", "signal:7"),
        ("import os\ndef main(): os._exit(9)", "exit", "exit:9", "exit:9"),
        ("import os\ndef main(): os._exit(0)", "bad_result", "bad_frame:no result", "bad_result"),
        ("def main(): return float('nan')", "error", "error:ValueError", "error"),
        ("def main(): return object()", "error", "error:TypeError", "error"),
        ("import time\ndef main(): time.sleep(9)", "timeout", "timeout:wall time of 1 s", "timeout"),
    ],
)
def test_reasons(jail: Jail, source: str, status: str, reason: str, drop: str) -> None:
    outcome = jail.run(Task(source=source), replace(RUN, wall_s=1.0))
    assert (outcome.status, outcome.reason[: len(reason)]) == (status, reason), outcome
    assert outcome.drop("part") == Drop(drop, outcome.reason, "part")


@pytest.mark.parametrize(
    ("limits", "body", "reason"),
    [
        ({"memory": 64 << 20}, "x = []\n  while True: x.append(bytearray(1 << 22))", "oom:MemoryError"),
        (
            {"memory": 64 << 20, "profile": "compile", "subprocesses": True},
            "import mmap, os, time\n  for _ in range(3):\n    if os.fork() == 0: x = bytearray(50 << 20); time.sleep(9)"
            "\n  time.sleep(9)",
            "oom:memory of 64 MiB",
        ),
        ({"cpu_s": 1}, "while True: pass", "timeout:cpu time of 1 s"),
        ({"wall_s": 0.3}, "import time; time.sleep(9)", "timeout:wall time of 0.3 s"),
        (
            {"tasks": 5},
            "import threading, time\n  for _ in range(99): threading.Thread(target=time.sleep, args=(3,)).start()",
            "error:limit of 5 processes and threads, or of memory for their stacks: RuntimeError",
        ),
        (
            {"tasks": 5, "subprocesses": True},
            "import os, time\n  while True:\n    if os.fork() == 0: time.sleep(9)",
            "error:limit of 5 processes and threads: BlockingIOError",
        ),
        (
            {"tasks": 5, "subprocesses": True},
            "import subprocess\n  x = []\n  while True: x.append(subprocess.Popen(['sleep', '9']))",
            "error:limit of 5 processes and threads: BlockingIOError",
        ),
        ({"file_size": 1 << 20}, "open('x', 'wb').write(bytes(2 << 20))", "error:limit of 1 MiB a file: OSError"),
        (
            {"file_size": 1 << 20},
            "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open('x', 'wb').write(bytes(2 << 20))",
            "signal:25 (1 MiB a file)",
        ),
        ({"open_files": 16}, "import os\n  while True: os.dup(1)", "error:limit of 16 open files: OSError"),
        (
            {"disk": 2 << 20},
            "for i in range(9): open(f'{i}', 'wb').write(bytes(1 << 20))",
            "error:limit of 2 MiB and 4096 files of scratch: OSError",
        ),
        ({"output": 1 << 10}, "import os\n  while True: os.write(3, bytes(1 << 20))", "flood:result of 0 MiB"),
        ({}, 'raise RuntimeError("can\'t start new thread")', "error:RuntimeError: can't start"),
        ({}, "raise OSError(27, 'too large, I say')", "error:OSError: [Errno 27]"),
    ],
)
def test_a_reason_names_the_limit(jail: Jail, limits: dict[str, object], body: str, reason: str) -> None:
    policy = replace(RUN, **{"wall_s": 20.0, **limits})  # type: ignore[arg-type]
    outcome = jail.run(Task(source=f"def main():\n  {body}"), policy)
    assert outcome.reason.startswith(reason), outcome
    assert outcome.drop().reason in ("oom", "timeout", "error", "signal:25", "flood")


def test_what_forks_share_counts_once(jail: Jail) -> None:
    source = (
        "import os, time\ndef main():\n  x = bytearray(60 << 20)\n"
        "  for _ in range(5):\n    if os.fork() == 0:\n      time.sleep(0.6); os._exit(0)\n"
        "  time.sleep(0.6); return len(x)"
    )
    outcome = jail.run(Task(source=source), replace(COMPILE, memory=100 << 20))
    assert outcome.value == 60 << 20, outcome


def test_a_hidden_denial_is_still_counted(jail: Jail) -> None:
    source = (
        "import socket\ndef main():\n  for _ in range(3):\n"
        "    try: socket.socket()\n    except OSError: pass\n  return 1"
    )
    outcome = jail.run(Task(source=source))
    assert outcome.ok
    assert outcome.facts.denied == (("socket", 3),)


def test_output_keeps_its_beginning_and_its_end(jail: Jail) -> None:
    source = "def main():\n  print('first')\n  print('x' * 500_000)\n  print('last')"
    outcome = jail.run(Task(source=source))
    assert outcome.output.startswith("first\nxxx") and outcome.output.endswith("xxx\nlast\n")
    assert len(outcome.output) == RUN.log


def test_compile_may_run_a_compiler_and_load_what_it_made(jail: Jail) -> None:
    source = (
        "import subprocess, ctypes\ndef main():\n  open('f.c', 'w').write('int f(void) { return 42; }')\n"
        "  subprocess.run(['cc', '-shared', '-fPIC', '-o', 'f.so', 'f.c'], check=True)\n"
        "  return ctypes.CDLL('./f.so').f()"
    )
    assert jail.run(Task(source=source), COMPILE).value == 42
    assert jail.run(Task(source=source), RUN).reason.startswith("forbidden:fork")


def _in_worker(job: tuple[Jail, int]) -> object:
    jail, number = job
    return jail.run(Task(entry=f"{HERE}:double", payload={"number": number})).value


def test_only_a_watched_task_makes_named_pipes_and_only_in_its_scratch(tmp_path: Path) -> None:
    """Without seccomp, which denies them to all: what Landlock alone says."""
    with Jail(floor=("landlock",)) as open_to_calls:
        for watched, place in ((True, "pipe"), (False, "pipe"), (True, tmp_path / "pipe")):
            policy = replace(COMPILE, watched=watched, layers=("landlock", "namespaces"))
            outcome = open_to_calls.run(Task(source=f"import os\ndef main(): os.mkfifo({str(place)!r})"), policy)
            assert outcome.ok == (watched and place == "pipe"), (watched, place)
            assert outcome.ok or "PermissionError" in outcome.output, outcome


def test_descriptors_in_flight_take_nobody_elses_result(jail: Jail) -> None:
    """The kernel counts them by user, and results leave by the same way."""
    hoard = (
        "import socket, time\ndef main():\n  pairs = [socket.socketpair() for _ in range(60)]\n"
        "  end = time.time() + 1\n  while time.time() < end:\n    for a, b in pairs:\n"
        "      try: socket.send_fds(a, [b'x'], [b.fileno()] * 200)\n      except OSError: pass"
    )
    with ThreadPoolExecutor(3) as pool:
        hoarders = [pool.submit(jail.run, Task(source=hoard)) for _ in range(2)]
        others = [jail.run(Task(source=f"def main(): return {number}")) for number in range(8)]
    assert [outcome.value for outcome in others] == list(range(8))
    for hoarder in hoarders:
        assert dict(hoarder.result().facts.denied).keys() == {"sendmsg"}


def test_many_processes_share_one_zygote(jail: Jail) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        values = pool.map(_in_worker, [(jail, number) for number in range(12)])
    assert [value["twice"] for value in values] == [2 * number for number in range(12)]  # type: ignore[index]


def test_threads_share_one_handle(jail: Jail) -> None:
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda n: jail.run(Task(source=f"def main(): return {n}")), range(24)))
    assert [outcome.value for outcome in outcomes] == list(range(24))


def test_doctor_names_the_layers() -> None:
    found = layers_available()
    assert found["safe"] and "seccomp" in found["layers"]
    json.dumps(found)


def test_try_a_file(tmp_path: Path) -> None:
    path = tmp_path / "hello.py"
    path.write_text("def main():\n  print('hello')\n  open('/etc/shadow')\n")
    answer = try_file(path)
    assert (answer["status"], answer["reason"]) == ("forbidden", "forbidden:open /etc/shadow")
    assert answer["output"].startswith("hello\n")
    json.dumps(answer)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (lambda: Jail(preload=("no_such_module",)), "cannot preload no_such_module"),
        (lambda: Jail(preload=(), roots=[ROOT], warm=f"{HERE}:warm_and_leave_a_thread"), "2 threads"),
        (lambda: Jail(preload=(), floor=("landlock", "moat")), "below the floor: no moat"),
    ],
)
def test_a_jail_that_cannot_be_is_one_line(start: object, words: str) -> None:
    with pytest.raises(Misuse, match=words) as raised, start():
        pass
    assert "\n" not in str(raised.value)


def test_unknown_profile() -> None:
    with pytest.raises(Misuse, match="did you mean 'compile'"):
        profile("compil")


def test_an_address_that_is_closed() -> None:
    with Jail(preload=()) as jail:
        pass
    with pytest.raises(JailGone):
        Jail.attach(str(jail.address)).run(Task(source="def main(): pass"))


def test_secrets_of_the_driver_do_not_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    with Jail(preload=(), env={"WANTED": "yes"}) as jail:
        value = jail.run(Task(source="import os\ndef main(): return dict(os.environ)")).value
    assert isinstance(value, dict)
    assert "GITHUB_TOKEN" not in value and value["WANTED"] == "yes" and value["HOME"] == value["TMPDIR"]


def test_the_jail_does_not_load_torch_outside() -> None:
    code = "import sys, triton_data.jail; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=dict(os.environ)).returncode == 0
