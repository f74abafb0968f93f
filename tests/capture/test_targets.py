"""Every target of the table where users run it: captured in the jail, and its kernel through the target's compiler."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from tests.capture.made import LINEAR_RELU
from triton_data.cli import cli
from triton_data.targets import TARGETS


def test_every_target_captures_and_compiles_in_the_jail(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(LINEAR_RELU.text)
    command = ["capture", str(path), "--target", ",".join(TARGETS), "--levels", "ttir,cubin", "--json"]
    done = CliRunner().invoke(cli, command)
    rows = {row["target"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert set(rows) == set(TARGETS)
    assert {key: row for key, row in rows.items() if not row.get("kernels")} == {}, "each is captured"
    assert {key: row["compiled"] for key, row in rows.items() if any("error" in k for k in row["compiled"])} == {}
    assert done.exit_code == 0
