"""defaults < TOML < flags, and a wrong setting is one line that says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from triton_data.config import Config, load, with_flags
from triton_data.errors import Misuse


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "run.toml"
    path.write_text(text)
    return path


def test_flags_win_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    config = load(written(tmp_path, 'jobs = 3\n[capture]\ntargets = ["sm_80"]\n[scrape]\nsources = ["dir:."]\n'))
    assert (config.jobs, config.capture.targets, config.capture.modes) == (3, ("sm_80",), ("inference",))
    config = with_flags(config, jobs=5, capture__modes=("training",), run_dir=None)
    assert (config.jobs, config.run_dir) == (5, "runs/default")
    assert (config.capture.targets, config.capture.modes) == (("sm_80",), ("training",))


def test_it_survives_being_kept_in_a_run(tmp_path: Path) -> None:
    config = load(written(tmp_path, "[export]\nplain = true\n[capture]\ntimeout = 7\n"))
    assert Config.from_json(config.to_json()) == config


def test_the_hash_is_of_what_is_asked_for_not_of_where(tmp_path: Path) -> None:
    config = Config()
    assert with_flags(config, run_dir="elsewhere", jobs=9).hash == config.hash
    assert with_flags(config, capture__targets=("sm_80",)).hash != config.hash


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("jobz = 3", r"unknown setting 'jobz' \(did you mean 'jobs'\?\)"),
        ("[capture]\ntragets = []", r"unknown setting 'capture.tragets' \(did you mean 'targets'\?\)"),
        ("jobs = 'two'", "jobs must be of type int, not str"),
        ("jobs = true", "jobs must be of type int, not bool"),
        ("capture = 3", r"capture is a section: write \[capture\]"),
        ("[capture]\ntargets = 'sm_90'", "capture.targets must be a list of strings"),
        ("jobs = ", "is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Misuse, match=says):
        load(written(tmp_path, text))


def test_a_missing_file_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"examples/quickstart\.toml"):
        load(tmp_path / "absent.toml")
