"""Exports that are folders: Parquet, TRL, verl, KernelBench's problems, and the entries of the templates' plan.

In: a run's selection and a folder to fill. Out: its files, and a Tally. The card that explains them is card.py's.
Not covered: where the folder goes (publish.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import IO, TypeAlias

import pyarrow as pa

from triton_data.export import columns
from triton_data.export.asked import conversation
from triton_data.export.exported import Tally
from triton_data.export.parquet import Table
from triton_data.export.problems import NO_PROBLEM, problem
from triton_data.export.rows import TRAIN, Row, Selection
from triton_data.export.source import source
from triton_data.export.test_code import BATCH, TEST_FAILED, Entry, entry_of
from triton_data.formats.prompts import fenced, messages
from triton_data.records import Program

Writer: TypeAlias = Callable[[Selection, Path, Tally], None]
_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
REWARD = pa.struct([("style", pa.string()), ("ground_truth", pa.string())])
_SOURCE = [("origin", pa.string()), ("licence", pa.string()), ("requires", pa.list_(pa.string()))]
EXTRA = pa.struct(
    [("split", pa.string()), ("index", pa.int64()), ("key", pa.string()), ("entry", pa.string()), *_SOURCE]
)
RL = pa.schema(
    [("data_source", pa.string()), ("prompt", _MESSAGES), ("ability", pa.string()), ("reward_model", REWARD),
     ("extra_info", EXTRA)]
)  # fmt: skip
SFT = pa.schema([("messages", _MESSAGES), ("key", pa.string()), *_SOURCE])


def parquet(selection: Selection, folder: Path, tally: Tally) -> None:
    table = Table(folder / "data", columns.SCHEMA)
    for row in selection.rows():
        values = columns.values(row)
        table.add(row.split, values, sum(len(value) for value in values.values() if isinstance(value, str)))
        _ship(tally, row)
    table.close()


def _ship(tally: Tally, row: Row) -> None:
    tally.ship(row.kind, row.split, row.origin, row.label, row.verdict)


class Lines:
    """One JSON-lines file per split, opened when its first entry comes; train is always there."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.files: dict[str, IO[str]] = {}
        self._file(TRAIN)

    def write(self, split: str, entry: dict[str, object]) -> None:
        self._file(split).write(json.dumps(entry) + "\n")

    def _file(self, split: str) -> IO[str]:
        if split not in self.files:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.files[split] = self.stack.enter_context((self.folder / f"{split}.jsonl").open("w", encoding="utf-8"))
        return self.files[split]


def trl(selection: Selection, folder: Path, tally: Tally) -> None:
    """The three forms that its trainers take; `prompt`/`completion` and `messages` for pairs only."""
    with ExitStack() as stack:
        text, chat, ask = (Lines(folder / name, stack) for name in ("text", "messages", "prompt_completion"))
        for row in selection.rows():
            text.write(row.split, {"text": fenced(row.triton)})
            _ship(tally, row)
            if talk := conversation(row, selection):
                prompt, answer = talk
                chat.write(row.split, {"messages": [*prompt, answer]})
                ask.write(row.split, {"prompt": prompt, "completion": [answer]})


def verl(selection: Selection, folder: Path, tally: Tally) -> None:
    """`rl/`: a prompt a program and what its reward function needs; `sft/`: the pairs as conversations."""
    learning, tuning = Table(folder / "rl", RL), Table(folder / "sft", SFT)
    for index, (program, label, split) in enumerate(selection.programs()):
        learning.add(split, _task(program, split, index), len(program.text))
        tally.ship("program", split, program.origin, label)
    for row in selection.rows():
        if talk := conversation(row, selection):
            told = source(row.origin, row.triton, row.pinned)
            tuning.add(row.split, {"messages": [*talk[0], talk[1]], "key": row.key, **told}, len(row.triton))
            _ship(tally, row)
    learning.close()
    tuning.close()


def _task(program: Program, split: str, index: int) -> dict[str, object]:
    truth = json.dumps({"entry": program.entry, "python_code": program.text})
    return {
        "data_source": "triton_data",
        "prompt": messages(program.entry, program.text),
        "ability": "triton",
        "reward_model": {"style": "rule", "ground_truth": truth},
        "extra_info": {
            "split": split, "index": index, "key": program.key, "entry": program.entry,
            **source(program.origin, program.text, program.requires),
        },
    }  # fmt: skip


def kernelbench(selection: Selection, folder: Path, tally: Tally) -> None:
    """`SPLIT/levelN/I_Entry.py`: a `Model`, `get_inputs()` and `get_init_inputs()` in each."""
    numbers: dict[Path, int] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for program, label, split in selection.programs():
        text = problem(program)
        if text is None:
            selection.leave_out(NO_PROBLEM)
            continue
        level = folder / split / f"level{max(1, label.difficulty) if label else 1}"
        numbers[level] = numbers.get(level, 0) + 1
        level.mkdir(parents=True, exist_ok=True)
        (level / f"{numbers[level]}_{program.entry}.py").write_text(text, "utf-8")
        tally.ship("program", split, program.origin, label)


def entries(selection: Selection, folder: Path, tally: Tally) -> None:
    """`SPLIT/entries.json`: id, python_code, triton_code, test_code and metadata of every pair whose test passes."""
    pairs = (
        (row, _entry(row)) for row in selection.rows() if conversation(row, selection)
    )  # it asks for the same name
    with ExitStack() as stack:
        lists: dict[str, IO[str]] = {}
        for row, entry in _passing(pairs, selection):
            if row.split not in lists:
                (folder / row.split).mkdir(parents=True)
                file = stack.enter_context((folder / row.split / "entries.json").open("w", encoding="utf-8"))
                stack.callback(file.write, "\n]\n")
                lists[row.split] = file
            lists[row.split].write(("[" if lists[row.split].tell() == 0 else ",") + "\n" + json.dumps(asdict(entry)))
            _ship(tally, row)
        if not lists:
            (folder / TRAIN).mkdir(parents=True)
            (folder / TRAIN / "entries.json").write_text("[]\n", "utf-8")


def _passing(pairs: Iterable[tuple[Row, Entry]], selection: Selection) -> Iterator[tuple[Row, Entry]]:
    """Those whose own test passes; the others are left out and counted. All of them where nobody runs tests."""
    waiting = iter(pairs)
    while batch := list(islice(waiting, BATCH)):
        said = selection.tests([entry for _, entry in batch]) if selection.tests else {}
        for row, entry in batch:
            if selection.tests and said.get(entry.id, "no answer"):
                selection.leave_out(TEST_FAILED)
            else:
                yield row, entry


def _entry(row: Row) -> Entry:
    assert row.program is not None, "only pairs become entries"
    return entry_of(row.key, row.program, row.name, row.triton, row.label, source(row.origin, row.triton, row.pinned))


WRITERS: dict[str, Writer] = {
    "parquet": parquet,
    "trl": trl,
    "verl": verl,
    "kernelbench": kernelbench,
    "entries": entries,
}
