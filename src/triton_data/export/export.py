"""Every format by its name, and the one way to write them.

In: a run, what was asked for, and who runs tests. Out: an Exported for each format. Not covered: uploading (hub.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from triton_data.config import ExportConfig
from triton_data.errors import Misuse, closest
from triton_data.export.card import write_card
from triton_data.export.exported import Exported, Tally
from triton_data.export.publish import staged
from triton_data.export.rows import Selection
from triton_data.export.test_code import Tests
from triton_data.export.torchtune import SHAPES, export_lists, made_of
from triton_data.store import Store

FOLDERS = ("parquet", "trl", "verl", "kernelbench", "entries")  # their writers load pyarrow
FORMATS = (*SHAPES, *FOLDERS)


def check(config: ExportConfig) -> None:
    for name in config.formats:
        if name not in FORMATS:
            raise Misuse(f"unknown export format {name!r}{closest(name, FORMATS)}")


def export(store: Store, config: ExportConfig, run_dir: str, tests: Tests | None = None) -> Iterator[Exported]:
    for name in config.formats:
        selection = Selection(store, config.everything, tests)
        if name in SHAPES:
            yield export_lists(selection, config, name)
        else:
            yield _export_folder(selection, config, name, run_dir)


def _export_folder(selection: Selection, config: ExportConfig, name: str, run_dir: str) -> Exported:
    from triton_data.export.folders import WRITERS

    place, tally = Path(config.out) / name, Tally()
    with staged(place, config.force, made_of(selection)) as made:
        folder = made.path
        folder.mkdir()
        WRITERS[name](selection, folder, tally)
        made.entries = tally.kinds.total()
        everything = " --all" if config.everything else ""
        command = f"triton-data export --run-dir {Path(run_dir).name} --format {name}{everything}"
        write_card(folder, name, selection, tally, command)
    return tally.exported(place, selection.left_out)
