"""Wheels of a loopback index become a folder; nothing of them runs, and what cannot be had is named."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.environments.index import sdist, served, wheel
from triton_data.environments import (
    Environment,
    Environments,
    Limits,
    NotInstalled,
    has_lock,
    keep_lock,
    lock_of,
)
from triton_data.environments.install import remove

MIB = 1 << 20


@dataclass
class Index:
    folder: Path
    url: str
    run: Path

    def environments(self, **more: object) -> Environments:
        return Environments(self.run, index=self.url, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    wheel(folder, "alpha-zz", {"alpha_zz/__init__.py": "VALUE = 1\n"}, requires=("beta-zz>=2", "torch<1"))
    wheel(folder, "beta-zz", {"beta_zz.py": "VALUE = 2\n"}, "2.0")
    wheel(folder, "beta-zz", {"beta_zz.py": "VALUE = 1\n"}, "1.0")
    wheel(folder, "old-zz", {"old_zz.py": "VALUE = 3\n"}, requires=("beta-zz<2",))
    wheel(folder, "hook-zz", {"hook_zz.py": "", "hook.pth": "import os; os.abort()\n", "sitecustomize.py": "1/0\n",
                              "hook_zz-1.0.data/scripts/hook-zz": "#!/bin/sh\n"})  # fmt: skip
    wheel(folder, "bomb-zz", {"bomb_zz.py": b"#" * (40 * MIB)})
    wheel(folder, "weight-zz", {"weight_zz.py": Random(0).randbytes(3 * MIB)})
    climbing = wheel(folder, "climb-zz", {"climb_zz.py": ""})
    with zipfile.ZipFile(climbing, "a") as archive:
        archive.writestr("../../../climbed.py", "1/0\n")
    sdist(folder, "source-zz")
    with served(folder) as url:
        yield Index(folder, url, tmp_path_factory.mktemp("run"))


def asking(*modules: str, stated: str = "") -> dict[str, bytes]:
    names = stated or "\n".join(module.replace("_", "-") for module in modules)
    return {"model.py": f"import {', '.join(modules)}\n".encode(), "requirements.txt": names.encode()}


def test_what_is_asked_for_comes_with_what_it_needs(index: Index) -> None:
    found = index.environments().of(asking("alpha_zz"))
    assert found.missing == {}
    assert found.packages == {"alpha-zz": ("1.0", ("alpha_zz",)), "beta-zz": ("2.0", ("beta_zz",))}
    assert found.requires("from alpha_zz import VALUE\nimport os\n") == ("alpha-zz==1.0",)
    assert not list(Path(found.folder).rglob("torch"))
    assert not any(path.stat().st_mode & 0o222 for path in Path(found.folder).rglob("*"))


def test_the_same_question_is_answered_from_disk(index: Index, tmp_path: Path) -> None:
    environments = Environments(tmp_path, index=index.url)
    first = environments.of(asking("beta_zz"))
    answers = list((environments.root / "answers").iterdir())
    assert [json.loads(path.read_text())["key"] for path in answers] == [first.key]
    again = Environments(tmp_path, index=index.url, limits=Limits())
    stamp = Path(first.folder).stat().st_ctime_ns
    assert again.of(asking("beta_zz")) == first and Path(first.folder).stat().st_ctime_ns == stamp


def test_equal_wheels_are_one_folder_whoever_asks(index: Index) -> None:
    one = index.environments().of(asking("beta_zz"))
    other = index.environments().of(asking("beta_zz", stated="beta-zz>=1"))
    assert one.key == other.key


def test_what_has_no_wheel_is_named_and_the_rest_is_installed(index: Index) -> None:
    found = index.environments().of(asking("alpha_zz", "source_zz", "nowhere_zz"))
    assert set(found.packages) == {"alpha-zz", "beta-zz"}
    assert "no wheel" in found.missing["source_zz"] and "not on the index" in found.missing["nowhere_zz"]


def test_what_contradicts_the_others_is_left_out(index: Index) -> None:
    found = index.environments().of(asking("alpha_zz", "old_zz"))
    assert len(found.missing) == 1 and "contradicts" in next(iter(found.missing.values()))
    assert "beta-zz" in found.packages


def test_a_version_that_has_no_wheel_is_replaced_by_one_that_has(index: Index) -> None:
    found = index.environments().of(asking("beta_zz", stated="beta-zz==0.1"))
    assert found.packages["beta-zz"][0] == "2.0"


def test_nothing_that_python_runs_unasked_is_left(index: Index) -> None:
    found = index.environments().of(asking("hook_zz"))
    names = {path.name for path in Path(found.folder).iterdir()}
    assert "hook_zz.py" in names
    assert not names & {"hook.pth", "sitecustomize.py", "bin"}


def test_an_archive_that_climbs_out_writes_nothing_outside(index: Index) -> None:
    index.environments().of(asking("climb_zz"))
    assert not list(index.run.parent.rglob("climbed.py"))


def test_wheels_may_weigh_only_so_much(index: Index) -> None:
    found = index.environments(limits=Limits(download=MIB)).of(asking("weight_zz", "beta_zz"))
    assert set(found.packages) == {"beta-zz"}, found.missing
    assert "MiB" in found.missing["weight_zz"]


def test_a_wheel_that_unpacks_to_too_much_is_stopped(index: Index) -> None:
    found = index.environments(limits=Limits(installed=8 * MIB)).of(asking("bomb_zz"))
    assert not found.key and "more than 8 MiB" in found.missing["bomb_zz"]
    assert not [path for path in (index.run / "environments").iterdir() if path.name.startswith(".new")]


def test_offline_nothing_is_asked_for(tmp_path: Path) -> None:
    found = Environments(tmp_path, install=False, index="http://127.0.0.1:9").of(asking("alpha_zz"))
    assert (found.key, found.folder) == ("", "") and not list(tmp_path.iterdir())


def test_an_index_that_does_not_answer_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    down = Environments(tmp_path, index="http://127.0.0.1:9").of(asking("beta_zz"))
    assert not down.key and down.missing["beta_zz"]
    assert not (tmp_path / "environments" / "answers").exists()


def test_a_folder_is_removed_with_what_is_read_only_in_it(index: Index, tmp_path: Path) -> None:
    found = Environments(tmp_path, index=index.url).of(asking("beta_zz"))
    remove(Path(found.folder))
    assert not Path(found.folder).exists()


def test_another_machine_makes_the_same_from_its_lock(index: Index, tmp_path: Path) -> None:
    """It asks the index for nothing but the files: what is locked stays locked when there is something newer."""
    made = index.environments().of(asking("alpha_zz"))
    there = Environments(tmp_path / "there", index=index.url)
    assert not has_lock(there.root, made.key)
    keep_lock(there.root, made.key, lock_of(index.environments().root, made.key))
    folder = Path(there.folder(made.key))
    assert Environment(made.key, str(folder)).packages == made.packages
    assert {path.relative_to(folder) for path in folder.rglob("*.py")} == {
        path.relative_to(made.folder) for path in Path(made.folder).rglob("*.py")
    }


def test_a_lock_that_is_not_what_its_name_says_is_refused(index: Index, tmp_path: Path) -> None:
    made = index.environments().of(asking("beta_zz"))
    there = Environments(tmp_path / "there", index=index.url)
    keep_lock(there.root, "0" * 32, lock_of(index.environments().root, made.key))
    with pytest.raises(NotInstalled, match="another Python or platform"):
        there.folder("0" * 32)
    assert not Path(there.root / ("0" * 32)).exists()
