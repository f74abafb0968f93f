"""The verbs explain and show: what happened to one thing, and one pair side by side.

In: an id or its beginning, a path, a reason, a name. Out: steps, or texts. What is shown is foreign text, and nothing
of it steers a terminal. Not covered: finding and telling (report/).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from triton_data.commands import options
from triton_data.commands.looking.dropped import printable
from triton_data.commands.looking.meanings import meaning
from triton_data.errors import Misuse
from triton_data.records import Capture, Kernel, Pair, Program, SourceFile
from triton_data.report import row
from triton_data.report.entries import KERNEL, Entry, entries, known, newest_round
from triton_data.report.find import Reason, Thing, find, in_a_line
from triton_data.report.story import SHOWN, Step, Teller
from triton_data.store import Store

SIDES = ("pytorch", "triton", "inductor", "file")


@click.command()
@click.argument("what", metavar="ID|PATH|REASON|NAME")
@options.RUN_DIR
@options.JSON
def explain(what: str, run_dir: Path, as_json: bool) -> None:
    """Say what happened to one thing of a run, stage by stage, and how to try it alone.

    ID is the beginning of any id; NAME a class or kernel. Where a word means several things, they are listed.

    Example:  triton-data explain GatedUnit --run-dir runs/quickstart

    Example:  triton-data explain construct_failed --run-dir runs/quickstart
    """
    with Store.read(run_dir) as store:
        found = find(store, what)
        if len(found) > 1:
            _list(found, as_json)
            return
        head = in_a_line(found[0])
        if as_json:
            click.echo(json.dumps(head))
        else:
            click.echo(printable("  ".join(filter(None, head.values()))))
        for step in Teller(store, meaning).tell(found[0]):
            click.echo(json.dumps(asdict(step)) if as_json else "\n".join(_lines(step)))


def _list(found: list[Thing | Reason], as_json: bool) -> None:
    for each in map(in_a_line, found):
        if as_json:
            click.echo(json.dumps(each))
        else:
            name = each["id"] if each["kind"] in ("reason", "drop") else each["id"][:SHOWN]
            click.echo(printable("  ".join(filter(None, (name, each["kind"], each["name"], each["where"])))))
    if not as_json:
        click.echo(f"{len(found)} things are meant by it: triton-data explain ID says more of one", err=True)


def _lines(step: Step) -> Iterator[str]:
    head = f"  {step.stage:8} {step.result:9} {step.id[:SHOWN]:{SHOWN}}"
    reason = f"{step.reason}: " if step.reason and step.reason not in step.words else ""
    yield printable(f"{head}  {reason}{' '.join(step.words.split())}").rstrip()
    if step.command:
        yield printable(f"{'':8}   alone: {step.command}")


@click.command()
@click.argument("what", metavar="[ID|NAME]", required=False)
@click.option("--only", type=click.Choice(SIDES), help="Print this text alone, exactly as it is: for a file.")
@options.RUN_DIR
@options.JSON
def show(what: str | None, only: str | None, run_dir: Path, as_json: bool) -> None:
    """Print a pair of a run side by side with its verdict; with no ID, list the ids there are.

    Example:  triton-data show GatedUnitNew --run-dir runs/quickstart

    Example:  triton-data show GatedUnit --only pytorch --run-dir runs/quickstart > GatedUnit.py
    """
    with Store.read(run_dir) as store:
        if what is None:
            _list_entries(store, as_json)
        elif only is not None:
            _print_text(_text(store, _one(store, what, only), only))
        else:
            _print_entry(store, _one(store, what, ""), as_json)


def _list_entries(store: Store, as_json: bool) -> None:
    for entry in entries(store):
        place = row.place(entry.origin)
        said = {"id": entry.key, "verdict": entry.verdict, "kind": entry.kind, "name": entry.name,
                "where": "/".join(filter(None, (place["repo"], place["path"])))}  # fmt: skip
        line = "  ".join([entry.key[:SHOWN], f"{entry.verdict:12}", f"{entry.kind:19}", entry.name, said["where"]])
        click.echo(json.dumps(said) if as_json else printable(line).rstrip())


def _one(store: Store, what: str, only: str) -> Thing:
    """A name means a pair before the program that it was made of, unless only the program has what is asked for."""
    wanted = {"file": (SourceFile,), "pytorch": (Program, Pair), "inductor": (Capture, Pair, Program)}
    kinds = wanted.get(only, (Pair, Kernel, Program, Capture))
    found = [each for each in find(store, what) if isinstance(each, kinds)]
    best = next((some for kind in kinds if (some := [each for each in found if isinstance(each, kind)])), [])
    if len(best) == 1:
        return best[0]
    if not best:
        raise Misuse(f"{what!r} has no text to show{f' of the kind {only}' if only else ''}:"
                     f" `triton-data explain {what}` says what it is")  # fmt: skip
    named = ", ".join(f"{in_a_line(each)['id'][:SHOWN]} {in_a_line(each)['where']}" for each in best[:6])
    raise Misuse(f"{len(best)} things are called {what!r}: give one's id: {printable(named)}")


def _entry(store: Store, thing: Thing) -> Entry:
    """What is shown of it: a pair, or a text alone."""
    if isinstance(thing, Capture):
        made = list(store.records(Program, "key = ?", (thing.program,)))
        return (
            _entry(store, made[0]) if made else Entry(thing.key, "capture", thing.entry, "", thing.origin, None, thing)
        )
    if isinstance(thing, Program):
        pairs = list(store.records(Pair, "program = ?", (thing.key,)))
        if pairs:
            return _entry(store, pairs[0])
        return Entry(thing.key, "program", thing.entry, "", thing.origin, thing)
    assert isinstance(thing, Pair | Kernel), "others were not asked for"
    if isinstance(thing, Kernel) and thing.reference:
        pairs = list(store.records(Pair, "key = ?", (thing.reference,)))
        if pairs:
            return _entry(store, pairs[0])
    return known(store, newest_round(store), thing)


def _text(store: Store, thing: Thing, only: str) -> str:
    if isinstance(thing, SourceFile):
        return store.blobs.get(thing.blob).decode("utf-8", "replace")
    if only == "pytorch" and isinstance(thing, Program):
        return thing.text
    if only == "triton" and isinstance(thing, Kernel):
        return thing.called
    if only == "inductor" and isinstance(thing, Capture):
        return "\n".join(graph.code for graph in thing.graphs)
    entry = _entry(store, thing)
    captured = "\n".join(graph.code for graph in entry.capture.graphs) if entry.capture else ""
    texts = {"pytorch": entry.program.text if entry.program else "", "triton": entry.triton, "inductor": captured}
    if not texts[only]:
        raise Misuse(
            f"{entry.name} has no {only} side: `triton-data explain {entry.key[:SHOWN]}` says what became of it"
        )
    return texts[only]


def _print_text(text: str) -> None:
    """Exactly as it is into a file or a pipe; on a terminal without what would steer it."""
    if sys.stdout.isatty():
        text = "\n".join(printable(line) for line in text.split("\n"))
    click.echo(text, nl=not text.endswith("\n"))


def _print_entry(store: Store, thing: Thing, as_json: bool) -> None:
    from triton_data.commands.terminal_tables import console, entry_table

    entry = _entry(store, thing)
    if as_json:
        click.echo(json.dumps(row.whole(entry, meaning)))
        return
    console().print(entry_table(entry))
    for verdict in entry.verdicts:
        said = "passed" if verdict.passed else f"not passed: {verdict.reason}: {meaning('verify', verdict.reason)}"
        click.echo(printable(f"verdict {verdict.key[:SHOWN]} on {verdict.device}: {said}"))
    if entry.kind != KERNEL and not entry.verdicts:
        click.echo("not judged yet")
    where = row.link(entry.origin) or "/".join(filter(None, (entry.origin.repo, entry.origin.path)))
    click.echo(printable(f"from {where}, licence {entry.origin.licence or 'unknown'}"))
    click.echo(f"more: triton-data explain {entry.key[:SHOWN]} --run-dir {store.run_dir}")
