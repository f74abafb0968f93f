"""The folder of a report: what is replaced and what is not, what is in it, and that a run ends with one."""

from __future__ import annotations

import base64
import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from made_run import HOSTILE, make
from tests.export.a_run import PAIR, PROGRAM, SCALE_NEW, make_run
from triton_data.cli import cli
from triton_data.config import CurateConfig
from triton_data.errors import Misuse
from triton_data.report import charts, row
from triton_data.store import Store


def reported(run: Path, *args: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli, ["report", "--run-dir", str(run), "--json", *args], catch_exceptions=False)
    result: dict[str, Any] = json.loads(done.output)
    return result


def handed_over(folder: Path, name: str) -> Any:
    (packed,) = re.findall(
        r'report\.receive\("\w+","([A-Za-z0-9+/=]*)"\);\n', (folder / "data" / f"{name}.js").read_text("ascii")
    )
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def test_everything_known_of_a_pair_is_there(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", curate=CurateConfig())
    made = reported(run)
    assert made["entries"] == 5 and Path(made["page"]) == run / "report/index.html"
    entries = {each["id"]: each for each in handed_over(run / "report", "000")}
    pair = entries[PAIR.key]
    assert (pair["pytorch"], pair["triton"], pair["verdict"]) == (PROGRAM.text, SCALE_NEW, "passed")
    assert pair["verdicts"][0]["speed"]["speedup_eager"] == 2.5
    assert pair["capture"]["kernels"][0][0] == "triton_poi_0"
    assert pair["origin"]["link"] == f"https://github.com/some/repo/blob/{'a' * 40}/m/scale.py#L5-L12"
    assert pair["decision"]["keep"] is True
    assert {each["kind"] for each in entries.values()} == {"rewritten", "hand-written"}
    index = handed_over(run / "report", "index")
    assert [each[0] for each in index["rows"]] == list(entries)
    assert "Speed-up over eager" in (run / "report/index.html").read_text()


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", curate=CurateConfig())
    for out in ("a", "b"):
        reported(run, "--out", str(tmp_path / out))
    a, b = ({path.relative_to(tmp_path / out): path.read_bytes() for path in sorted((tmp_path / out).rglob("*.*"))}
            for out in ("a", "b"))  # fmt: skip
    assert a == b and len(a) > 10


def test_only_reports_are_replaced(tmp_path: Path) -> None:
    run, out = make_run(tmp_path / "run"), tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(Misuse, match="exists and is no report"):
        reported(run, "--out", str(out))
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    reported(run, "--out", str(out), "--force")
    (out / "data/stale.js").write_text("")
    reported(run, "--out", str(out))
    assert not (out / "data/stale.js").exists() and not (out / "mine.txt").exists()
    (tmp_path / "link").symlink_to(run)
    with pytest.raises(Misuse, match="is no report"):
        reported(run, "--out", str(tmp_path / "link"))
    assert (run / "run.db").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"run", "out", "link"}, "nothing half-made is left"


def test_a_run_that_holds_nothing_has_a_report(tmp_path: Path) -> None:
    Store.open(tmp_path / "run").close()
    assert reported(tmp_path / "run")["entries"] == 0
    assert "nothing to plot yet" in (tmp_path / "run/report/index.html").read_text()


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_no_text_of_a_run_becomes_markup(tmp_path: Path) -> None:
    """Read by an HTML parser that nobody here wrote: elements and handlers are those of the template."""
    run = make(tmp_path / f"run {HOSTILE[2].replace('/', '')}", 40)
    page = Path(reported(run)["page"]).read_text("utf-8")
    tags = Tags()
    tags.feed(page)
    names = {tag for tag, _ in tags.found}
    assert not names & {"iframe", "img", "base", "style", "object", "embed", "form"}
    scripts = [attributes.get("src") for tag, attributes in tags.found if tag == "script"]
    assert scripts and all(each and re.fullmatch(r"\w+\.js", each) for each in scripts)
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on") or name == "style"]
    assert "window.hacked" in page, "it is shown"


def test_scripts_build_no_markup_from_text() -> None:
    """The rule of assets/dom.js, kept: elements are made in one place."""
    for path in (Path(row.__file__).parent / "assets").glob("*.js"):
        text = "\n".join(line.partition("//")[0] for line in path.read_text().splitlines())
        assert not re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser", text
        )
        if path.name not in ("dom.js", "data.js"):
            assert "createElement" not in text and "setAttribute(" not in text.replace(
                'setAttribute("aria-current"', ""
            )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", " https://x", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    from dataclasses import replace

    assert row.link(replace(PAIR.origin, url=url)) == ""


def test_plots_say_their_numbers() -> None:
    chart = charts.bars("Licences", {"MIT": 3, "Apache-2.0": 12, **{f"L{n}": 1 for n in range(20)}}, most=4)
    assert [(bar.label, bar.value) for bar in chart.bars] == [
        ("Apache-2.0", "12"),
        ("MIT", "3"),
        ("L0", "1"),
        ("19 others", "19"),
    ]
    assert max(part.x + part.width for bar in chart.bars for part in bar.parts) <= charts.WIDTH - charts.VALUE + 1
    sizes = charts.histogram("Tokens", [1, 3, 3, 9])
    assert [(bar.label, bar.value) for bar in sizes.bars] == [("1–1", "1"), ("2–3", "2"), ("4–7", "0"), ("8–15", "1")]
    parts = charts.yields("Yield", {"a/b": {"passed": 3, "failed": 1}}, ("passed", "failed")).bars[0].parts
    assert [part.says for part in parts] == ["3 passed", "1 failed"] and parts[0].width == pytest.approx(
        3 * parts[1].width, 0.1
    )
    assert charts.funnel("F", [("found", 4), ("kept", 1)]).bars[1].value == "1 · 25%"
