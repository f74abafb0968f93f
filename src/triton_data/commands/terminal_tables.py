"""What people see at the end of a run: the funnel as a table, and a program beside a kernel made from it.

In: a run. Out: rich tables on stdout. Not covered: pages with plots (report/).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from triton_data.records import Pair, Program
from triton_data.report.entries import Entry
from triton_data.store import Store

NARROWEST_PAIR = 100  # columns; below this, side by side is unreadable and one goes under the other
LONGEST_PAIR = 80  # lines


def console() -> Console:
    """As wide as the terminal; where there is none (a log), wide enough for two columns of code."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=shutil.get_terminal_size((150, 40)).columns)


def funnel_table(funnel: dict[str, Any]) -> Table:
    table = Table(title=f"run {funnel['run_dir']}", title_justify="left")
    for name in ("stage", "done", "pending", "records", "dropped", "s/item"):
        table.add_column(name, justify="right" if name in ("done", "pending", "s/item") else "left")
    for name, row in funnel["stages"].items():
        table.add_row(
            name,
            str(row["done"]),
            str(row["pending"]),
            ", ".join(f"{number} {kind}" for kind, number in row["records"].items()) or "-",
            ", ".join(f"{number} {reason}" for reason, number in sorted(row["dropped"].items())) or "-",
            "-" if row["seconds_per_item"] is None else f"{row['seconds_per_item']:.3g}",
        )
    return table


def nodes_table(run_dir: str, nodes: Sequence[Mapping[str, Any]]) -> Table:
    """The machines that worked for a run at last, as its driver saw them."""
    table = Table(title=f"nodes (what they print: {escape(run_dir)}/logs)", title_justify="left")
    for name in ("node", "state", "workers", "running", "items", "died", "work", "last seen", "said"):
        table.add_column(name, justify="right" if name in ("workers", "running", "items", "died", "work") else "left")
    for node in nodes:
        counts = [str(node[name]) for name in ("workers", "running", "done", "died")]
        work = f"{node['seconds']:.0f} s"
        table.add_row(escape(node["name"]), node["state"], *counts, work, node["seen"], escape(node["said"]))
    return table


def kernels_line(funnel: dict[str, Any]) -> str:
    """How far hand-written kernels got; '' where there are none."""
    kernels = funnel["kernels"]
    return ", ".join(f"{name} {number}" for name, number in kernels.items()) if kernels["hand-written kernels"] else ""


def tally_table(title: str, counts: Mapping[str, int]) -> Table:
    """How many of each, with their share, the most frequent first."""
    table = Table(title=title, title_justify="left")
    for name in ("result", "number", "share"):
        table.add_column(name, justify="left" if name == "result" else "right")
    total = sum(counts.values())
    for name, number in sorted(counts.items(), key=lambda item: -item[1]):
        table.add_row(name, str(number), f"{number / total:.1%}")
    return table


def one_pair(store: Store) -> Table | None:
    """The pair whose two texts fit best on one screen; before any is rewritten, there is nothing to show."""
    best: tuple[int, Program, Pair] | None = None
    for pair in (each for each in store.sorted(Pair) if each.capture):
        for program in store.records(Program, "key = ?", (pair.program,)):
            lines = max(program.text.count("\n"), pair.text.count("\n"))
            if best is None or lines < best[0]:
                best = (lines, program, pair)
    return None if best is None else pair_table(best[1], best[2])


def pair_table(program: Program, pair: Pair) -> Table:
    left = f"PyTorch (inputs: {program.inputs_from})", _code(program.text)
    return _beside(f"one pair: {program.entry}", [left, (f"Triton ({pair.entry})", _code(pair.text))])


def entry_table(entry: Entry) -> Table:
    """All of it: who asks for one pair wants to read it."""
    sides = []
    if entry.program:
        title = f"PyTorch: {entry.program.entry} (inputs: {entry.program.inputs_from})"
        sides.append((title, _code(entry.program.text, 0)))
    if entry.triton:
        sides.append((f"Triton: {entry.name}", _code(entry.triton, 0)))
    return _beside(f"{entry.kind} {entry.name} {entry.key}", sides)


def _beside(title: str, sides: Sequence[tuple[str, Syntax]]) -> Table:
    """One above the other where there is no room for two columns."""
    narrow = console().width < NARROWEST_PAIR or len(sides) < 2
    table = Table(title=Text(title), title_justify="left", expand=True)
    for number, (name, _) in enumerate(sides[:1] if narrow else sides):
        table.add_column(Text(name), ratio=2 + number)
    if narrow:
        for number, (name, code) in enumerate(sides):
            if number:
                table.add_section()
                table.add_row(Text(name, style="bold"))
            table.add_row(code)
        return table
    table.add_row(*(code for _, code in sides))
    return table


def _code(text: str, most: int = LONGEST_PAIR) -> Syntax:
    lines = [
        "".join(char if char.isprintable() else " " for char in line.expandtabs(4)) for line in text.strip().split("\n")
    ]
    if most and len(lines) > most:
        lines = [*lines[:most], f"# ... {len(lines) - most} more lines"]
    return Syntax("\n".join(lines), "python", word_wrap=True, background_color="default")


def facts_table(facts: list[tuple[str, str]]) -> Table:
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column()
    for name, words in facts:
        table.add_row(escape(name), escape(words))
    return table
