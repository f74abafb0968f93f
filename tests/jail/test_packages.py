"""One more folder for one task: it can be imported from, comes last, and no other task sees it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from triton_data.jail import RUN, Jail, Outcome, Task


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    folder.chmod(0o755)
    for name in ("one", "other"):
        (folder / name).mkdir()
        (folder / name / f"only_{name}.py").write_text("VALUE = 1\n")
    for name in ("json", "triton_data", "sitecustomize"):
        (folder / "one" / f"{name}.py").write_text("raise SystemExit('taken for another')\n")
    (folder / "one" / "run.pth").write_text("import os; os._exit(9)\n")
    return folder


@pytest.fixture(scope="module")
def jail(shelf: Path) -> Iterator[Jail]:
    with Jail((), shelf=shelf) as opened:
        yield opened


def run(jail: Jail, packages: Path | str, line: str) -> Outcome:
    policy = replace(RUN, packages=str(packages))
    return jail.run(Task(source=f"def main():\n    {line}\n    return 1"), policy)


def test_a_task_imports_from_its_folder(jail: Jail, shelf: Path) -> None:
    assert run(jail, shelf / "one", "import only_one").ok
    assert run(jail, shelf / "other", "import only_other").ok


def test_no_other_task_sees_it(jail: Jail, shelf: Path) -> None:
    assert "No module named" in run(jail, "", "import only_one").reason
    assert "No module named" in run(jail, shelf / "other", "import only_one").reason
    reading = f"print(open({str(shelf / 'one' / 'only_one.py')!r}).read())"
    for packages in ("", shelf / "other"):
        assert run(jail, packages, reading).status == "forbidden"


def test_nothing_in_it_takes_another_modules_place(jail: Jail, shelf: Path) -> None:
    assert run(jail, shelf / "one", "import json, triton_data.errors; json.dumps(1)").ok


def test_it_cannot_be_written_to(jail: Jail, shelf: Path) -> None:
    outcome = run(jail, shelf / "one", f"open({str(shelf / 'one' / 'new.py')!r}, 'w')")
    assert not outcome.ok and not (shelf / "one" / "new.py").exists()


def test_a_folder_that_is_gone_is_an_import_that_fails(jail: Jail, shelf: Path) -> None:
    outcome = run(jail, shelf / "gone", "import only_one")
    assert "No module named" in outcome.reason


@pytest.mark.parametrize("layers", [("landlock", "seccomp"), ("landlock", "seccomp", "namespaces")])
def test_with_and_without_namespaces(jail: Jail, shelf: Path, layers: tuple[str, ...]) -> None:
    policy = replace(RUN, packages=str(shelf / "one"), layers=layers)
    assert jail.run(Task(source="def main():\n    import only_one"), policy).ok
