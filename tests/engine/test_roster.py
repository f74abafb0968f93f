"""What `status` says of the machines that work for a run."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from triton_data.commands.inspect import status
from triton_data.running.engine.cluster.roster import Roster, Row
from triton_data.store import Store


def test_status_has_a_row_a_node_and_says_where_their_logs_are(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    roster = Roster(tmp_path)
    roster.rows["a"] = Row("a", "10.0.0.1", state="working", workers=8, done=1234, seconds=600.0)
    roster.rows["b"] = Row("b/[red]", "10.0.0.2", state="refused", said="the jail does not hold here")
    roster.write("verify")
    for part in (b"first\n", b"", b"second\n"):
        roster.log("b/../c", part)
    said = CliRunner().invoke(status, ["--run-dir", str(tmp_path)], env={"COLUMNS": "200"}).output
    assert "1234" in said and "600 s" in said and "the jail does not hold here" in said and "b/[red]" in said
    as_json = CliRunner().invoke(status, ["--run-dir", str(tmp_path), "--json"]).output
    assert [node["done"] for node in json.loads(as_json)["nodes"]] == [1234, 0]
    (log,) = (tmp_path / "logs").iterdir()
    assert log.read_text() == "first\nsecond\n"


def test_a_run_of_one_machine_says_nothing_of_nodes(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    assert "nodes" not in json.loads(CliRunner().invoke(status, ["--run-dir", str(tmp_path), "--json"]).output)
