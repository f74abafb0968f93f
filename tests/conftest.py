"""What the whole suite shares: jails that stay loaded between commands, and folders as a user has them."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests import order
from triton_data.errors import Misuse
from triton_data.jail.standing import place, start
from triton_data.running.engine.pool import load_ahead
from triton_data.verify.stage import JUDGING

SHARED = place.VARIABLE


def pytest_configure(config):
    """Once, in the process that starts the workers: commands and fixtures of all of them take these jails."""
    load_ahead(JUDGING)  # the first stage of a process decides what its workers have, and it may be any
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if not config.option.basetemp:
        # Not in pytest's own folder, which every pytest that starts on this machine closes to other users: then a
        # run's packages could not be read by root's tasks, and each stage would load a jail of its own.
        config.own_files = tempfile.mkdtemp(prefix="triton-data-files-")
        config.option.basetemp = f"{config.own_files}/made"
    if SHARED in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="triton-data-tests-")
    os.environ[SHARED] = folder
    config.warm_folder = folder
    try:
        start.launch(idle_s=900.0)  # tests of the jail take minutes without it
    except Misuse as error:
        print(f"each test loads its own jails: {error}")


def pytest_unconfigure(config):
    if folder := getattr(config, "warm_folder", ""):
        start.asked({"stop": True})
        del os.environ[SHARED]
        shutil.rmtree(folder, ignore_errors=True)


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == pytest.ExitCode.OK and (made := getattr(session.config, "own_files", "")):
        shutil.rmtree(made, ignore_errors=True)


def pytest_collection_modifyitems(config, items):
    order.longest_first(items, config.rootpath)


@pytest.hookimpl(optionalhook=True)  # where pytest-xdist runs them
def pytest_xdist_make_scheduler(config, log):
    return order.Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def opened(made: Path) -> Path:
    """Entered by all, as a user's folder is: where one is root's alone, tasks of root's jails must have it opened."""
    for folder in (made, *made.parents):
        if folder.stat().st_uid == os.geteuid() and folder.is_relative_to(tempfile.gettempdir()):
            folder.chmod(folder.stat().st_mode | 0o055)
    return made


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    return opened(tmp_path)


@pytest.fixture(autouse=True, scope="session")
def opened_folders(tmp_path_factory: pytest.TempPathFactory):
    made = tmp_path_factory.mktemp
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tmp_path_factory, "mktemp", lambda *words, **named: opened(made(*words, **named)))
        yield
