"""What the `compile` profile finds of tools, and what it does not find beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from triton_data.jail import COMPILE, Jail, Task, paths

COMPILER = '#!/bin/sh\nexec /usr/bin/cc "$@"\n'
LOOK = """
import os, subprocess
def main(home):
    open('f.c', 'w').write('int f(void) { return 42; }')
    subprocess.run([os.environ['CC'], '-shared', '-fPIC', '-o', 'f.so', 'f.c'], check=True)
    seen = []
    for place, folders, files in os.walk(home):
        for name in files:
            try:
                open(os.path.join(place, name)).read()
                seen.append(os.path.relpath(os.path.join(place, name), home))
            except PermissionError:
                pass
    listed = []
    for place in (home, home + '/.local', home + '/.local/share', os.path.dirname(home)):
        try:
            listed.append(os.listdir(place))
        except PermissionError:
            pass
    known = ('.ssh/key', '.netrc', 'bin/key', '.local/key', '.local/share/keyrings/key', '.local/bin/key')
    for name in known:
        try:
            seen.append(open(home + '/' + name).read())
        except (PermissionError, FileNotFoundError):
            pass
    return [seen, listed]
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """Not under pytest's own folder, which is closed to other users: nothing but Landlock may keep it."""
    with tempfile.TemporaryDirectory(prefix="home-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("where", ["bin/cc", ".local/bin/cc"])
def test_nothing_is_readable_beside_a_compiler_in_a_home(
    where: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".ssh/key", ".netrc", "bin/key", ".local/key", ".local/share/keyrings/key", ".local/bin/key"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("KEY")
    compiler = home / where
    compiler.write_text(COMPILER)
    compiler.chmod(0o755)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("CC", str(compiler))
    with Jail(preload=()) as jail:
        outcome = jail.run(Task(source=LOOK, payload=str(home)), COMPILE)
    assert outcome.value == [[], []], outcome


def test_a_compiler_outside_of_homes_has_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = tmp_path / "gcc" / "bin" / "cc"
    compiler.parent.mkdir(parents=True)
    compiler.write_text(COMPILER)
    assert paths.parts_of_compiler(compiler) == [str(tmp_path / "gcc")]
    monkeypatch.setenv("HOME", str(tmp_path))
    parts = paths.parts_of_compiler(compiler)
    assert str(compiler) in parts and str(tmp_path / "gcc") not in parts


PTX = """
.version {version}
.target {target}
.address_size 64
.visible .entry scale(.param .u64 out)
{{
    .reg .b64 %a;
    .reg .f32 %f;
    ld.param.u64 %a, [out];
    ld.global.f32 %f, [%a];
    add.f32 %f, %f, %f;
    st.global.f32 [%a], %f;
    ret;
}}
"""
ASSEMBLE = """
import subprocess
from triton.backends.nvidia.compiler import get_ptxas
def main(texts):
    ptxas = getattr(get_ptxas(80), 'path', None) or get_ptxas()[0]
    said = subprocess.run([ptxas, '--version'], check=True, capture_output=True, text=True).stdout
    sizes = {}
    for target, text in texts.items():
        open('k.ptx', 'w').write(text)
        done = subprocess.run([ptxas, '-arch=' + target, 'k.ptx', '-o', 'k.cubin'], capture_output=True, text=True)
        sizes[target] = open('k.cubin', 'rb').read(4) == b'\\x7fELF' if done.returncode == 0 else done.stderr
    return [said, sizes]
"""


def test_ptxas_says_its_version_and_assembles_for_every_architecture() -> None:
    targets = {"sm_75": "6.3", "sm_80": "7.0", "sm_86": "7.1", "sm_89": "7.8", "sm_90": "8.0", "sm_100": "8.6"}
    texts = {target: PTX.format(target=target, version=version) for target, version in targets.items()}
    with Jail(preload=("triton",)) as jail:
        outcome = jail.run(Task(source=ASSEMBLE, payload=texts), COMPILE)
    assert outcome.ok, (outcome.reason, outcome.output)
    assert isinstance(outcome.value, list)
    said, sizes = outcome.value
    assert "release" in said
    assert sizes == dict.fromkeys(targets, True)


def test_signals_do_not_make_denied_calls_uncounted() -> None:
    """What the task saw refused is what was counted: a call that a signal interrupts before is neither."""
    source = """
import ctypes, signal
libc = ctypes.CDLL(None, use_errno=True)
def main():
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
    refused = 0
    for _ in range(400):
        if libc.syscall(41 if __import__('os').uname().machine == 'x86_64' else 198, 2, 1, 0) < 0:
            refused += ctypes.get_errno() == 1
        else:
            return 'made'
    signal.setitimer(signal.ITIMER_REAL, 0)
    return refused
"""
    with Jail(preload=()) as jail:
        outcome = jail.run(Task(source=source))
    assert outcome.ok, outcome
    assert isinstance(outcome.value, int) and outcome.value > 0
    assert dict(outcome.facts.denied)["socket"] == outcome.value
