"""What the tutorial has for machines that no test has: as far as it can be held to something."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

jsonschema = pytest.importorskip("jsonschema", reason="comes with ray: pip install -e '.[ray]'")

PAGE = (Path(__file__).parents[2] / "docs/tutorials/ten-machines.md").read_text("utf-8")


def block(kind: str, word: str) -> str:
    (found,) = [text for text in re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) if word in text]
    return str(found)


def test_the_cluster_file_is_one_for_ray_up() -> None:
    installed = find_spec("ray")  # not imported: it would read its token now
    assert installed and installed.origin
    schema = json.loads((Path(installed.origin).parent / "autoscaler/ray-schema.json").read_text("utf-8"))
    cluster = yaml.safe_load(block("yaml", "cluster_name"))
    jsonschema.validate(cluster, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**cluster, "head_start_command": []}, schema)


def test_the_batch_script_is_bash() -> None:
    script = block("text", "#SBATCH")
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert "RAY_AUTH_MODE=token" in script and "--dashboard-host=127.0.0.1" in script


def test_every_start_of_a_head_keeps_its_dashboard_on_loopback() -> None:
    starts = re.findall(r"ray start --head.*", PAGE)
    assert len(starts) == 3 and all("--dashboard-host=127.0.0.1" in line for line in starts)
