"""The report of thousands of pairs in a browser, from disk: counts, links, keys, hostile texts, and who cannot see."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import browser as chromium
from made_run import FAMILIES, HOSTILE
from tests.npm import NotInstalled
from tests.report.axe import script
from tests.report.pages import awaited, complaints, count, opened, searched, texts, typed
from triton_data.report.folder import Report

pytestmark = pytest.mark.timeout(300)
Large = tuple[Path, Report]


def counted(driver: Any, number: int) -> None:
    wanted = f"{number:,} "
    awaited(driver, "document.getElementById('count').textContent", like=lambda said: said.startswith(wanted))


def choices(driver: Any, facet: str) -> dict[str, str]:
    place = f'[data-facet="{facet}"]'
    return dict(zip(texts(driver, f"{place} .value"), texts(driver, f"{place} .count"), strict=True))


def asked(run: Path, sql: str, *values: str) -> list[Any]:
    with sqlite3.connect(run / "run.db") as db:
        return db.execute(sql, values).fetchall()


@pytest.fixture
def page(driver: Any, large: Large) -> Path:
    opened(driver, large[1].page)
    return large[1].page


def browse(driver: Any, page: Path, place: str = "#pairs") -> None:
    opened(driver, page, place)
    awaited(driver, "document.querySelectorAll('.row').length")


def test_the_overview_stands_there_before_any_script(driver: Any, page: Path) -> None:
    shown = texts(driver, "#page-overview")[0]
    for words in (
        "The funnel",
        "What would help most",
        "needs:frozendict",
        "Yield by repository",
        "Licences",
        "Splits",
    ):
        assert words in shown
    assert len(texts(driver, "#page-overview svg")) >= 12
    assert complaints(driver) == []


def test_the_list_has_all_and_draws_few(driver: Any, page: Path, pairs: int) -> None:
    browse(driver, page)
    assert count(driver) == pairs
    assert len(texts(driver, ".row")) < 100
    driver.execute_script("const list = document.getElementById('list'); list.scrollTop = list.scrollHeight")
    last = awaited(driver, "[...document.querySelectorAll('.row')].at(-1).getAttribute('aria-posinset')",
                   like=lambda found: found == str(pairs))  # fmt: skip
    assert last == str(pairs)
    browse(driver, page, "#kernels")
    assert count(driver) == pairs // 10
    assert complaints(driver) == []


def test_search_finds_what_the_database_has(driver: Any, page: Path, large: Large) -> None:
    browse(driver, page)
    for words, wanted in (
        ("file77.py", asked(large[0], "SELECT COUNT(*) FROM pairs WHERE path LIKE '%file77.py%'")[0][0]),
        ("owner5/repo5 race", asked(large[0], "SELECT COUNT(*) FROM verdicts v JOIN pairs p ON p.key = v.subject"
                                    " WHERE (p.repo LIKE '%owner5/repo5%' OR p.repo LIKE '%owner5/repo5_')"
                                    " AND v.reason = 'race'")[0][0]),
        ("nothing is called like this", 0),
    ):  # fmt: skip
        searched(driver, words)
        counted(driver, wanted)
    assert texts(driver, "#rows") == ["Nothing is like this. Fewer words or facets show more."]


def test_facets_count_and_choose(driver: Any, page: Path, large: Large) -> None:
    browse(driver, page)
    offered = choices(driver, "verdict")
    how_many = "SELECT COUNT(*) FROM verdicts WHERE passed = ?"
    passed, failed = (asked(large[0], how_many, each)[0][0] for each in ("1", "0"))
    assert offered == {"passed": f"{passed:,}", "failed": f"{failed:,}"}
    driver.execute_script('document.querySelector(\'[data-facet="verdict"] input[data-value="failed"]\').click()')
    counted(driver, failed)
    # its own facet still says how many each choice would give; the others count what is left
    assert texts(driver, '[data-facet="verdict"] .count') == [f"{passed:,}", f"{failed:,}"]
    families = choices(driver, "family")
    for family in FAMILIES:
        wanted = asked(large[0], "SELECT COUNT(*) FROM labels l JOIN verdicts v ON v.subject = l.subject"
                       " WHERE v.passed = 0 AND l.families LIKE ?", f'%"{family}"%')[0][0]  # fmt: skip
        assert families.get(family, "0") == f"{wanted:,}"
    assert "verdict=failed" in driver.current_url
    driver.refresh()
    counted(driver, failed)


def test_a_pair_opens_by_its_link(driver: Any, page: Path, large: Large) -> None:
    key, text, program, verdict = asked(
        large[0], "SELECT p.key, p.text, g.text, v.key FROM pairs p JOIN programs g ON g.key = p.program"
        " JOIN verdicts v ON v.subject = p.key WHERE p.entry = 'Model1777New'")[0]  # fmt: skip
    opened(driver, page, f"#pair={key}")
    awaited(driver, "document.querySelectorAll('#page-entry .code').length >= 2")
    left, right = (code.rstrip() for code in texts(driver, "#page-entry .sides .code"))
    assert (left, right) == (program.rstrip().replace("\n", ""), text.rstrip().replace("\n", "")), (
        "a line is an element"
    )
    shown = texts(driver, "#page-entry")[0]
    for words in (verdict, "measured against", "float64", f"({16 + 1777 % 90} registers)", "landlock:7", "Apache-2.0"):
        assert words in shown, words
    assert len(driver.find_elements("css selector", ".py-keyword")) > 5
    link = driver.find_element("css selector", "#page-entry dd a").get_attribute("href")
    assert link.startswith("https://github.com/owner31/repo31/blob/") and link.endswith("#L10-L40")
    opened(driver, page, "#pair=0123456789abcdef")
    awaited(driver, "document.querySelector('#page-entry h1')?.textContent", like=lambda said: said == "No such entry")
    assert complaints(driver) == []


def test_near_duplicates_stand_beside_each_other(driver: Any, page: Path, pairs: int) -> None:
    opened(driver, page, "#duplicates")
    groups = awaited(driver, "document.querySelectorAll('#clusters details').length")
    assert groups == 100 and f"{pairs // 10:,} groups" in texts(driver, "#clusters > p")[0]
    driver.execute_script("document.querySelector('#clusters a[href^=\"#compare\"]').click()")
    awaited(driver, "document.querySelectorAll('#page-compare .code').length == 4")
    marked = texts(driver, "#page-compare .line.other")
    assert marked and not any(line == "import triton" for line in marked)


def test_keys(driver: Any, page: Path) -> None:
    browse(driver, page)
    typed(driver, "jj")
    assert awaited(driver, "document.activeElement.closest('.row')?.dataset.at", like=lambda at: at == "1")
    typed(driver, "\ue007")  # Enter
    awaited(driver, "document.querySelectorAll('#page-entry .code').length >= 2")
    first = texts(driver, "#page-entry h1")[0]
    typed(driver, "n")
    awaited(driver, "document.querySelector('#page-entry h1').textContent", like=lambda said: said != first)
    typed(driver, "\ue00c")  # Escape
    awaited(driver, "!document.getElementById('page-browse').hidden")
    typed(driver, "/")
    awaited(driver, "document.activeElement.id", like=lambda name: name == "search")
    typed(driver, "r1")  # in a field these are letters
    assert awaited(driver, "document.getElementById('search').value", like=lambda said: said == "r1")
    typed(driver, "\ue015")  # arrow down leaves the field
    typed(driver, "1")
    awaited(driver, "!document.getElementById('page-overview').hidden")


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_what_is_foreign_stays_text(driver: Any, large: Large, number: int) -> None:
    evil, run = HOSTILE[number], large[0]
    ((key, name),) = asked(run, "SELECT key, entry FROM pairs WHERE entry LIKE ? AND path LIKE ?", f"Model{number}%",
                           f"%/file{number}{evil}.py")  # fmt: skip
    opened(driver, large[1].page, f"#pair={key}")
    awaited(driver, "document.querySelectorAll('#page-entry .code').length >= 2")
    driver.execute_script("for (const box of document.querySelectorAll('#page-entry details')) box.open = true")
    awaited(driver, "document.querySelectorAll('#page-entry .code').length >= 3")
    shown = texts(driver, "#page-entry")[0]
    assert f"file{number}{evil}.py" in shown and texts(driver, "#page-entry h1")[0].startswith(name)
    assert shown.count(evil) >= 6, "in its name, path, repository, code, kernel and docstring"
    driver.execute_script("location.hash = '#pairs'")
    awaited(driver, "document.querySelectorAll('.row').length")
    searched(driver, evil.lower())
    assert awaited(driver, "document.querySelector('.row .name')?.textContent", like=lambda said: said is not None)
    assert driver.execute_script("return window.hacked") is None
    assert (
        driver.execute_script("return document.querySelectorAll('iframe, img, base, main style, main script').length")
        == 0
    )
    links = driver.execute_script(
        "return [...document.querySelectorAll('a[href]')].map((each) => each.attributes.href.value)"
    )
    assert all(each.startswith(("#", "https://github.com/")) for each in links)
    assert driver.current_url.startswith("file:")
    assert complaints(driver) == []


def test_the_policy_lets_nothing_else_run(driver: Any, page: Path) -> None:
    driver.execute_script(
        "const image = document.createElement('img'); image.src = 'https://example.org/x.png';"
        "document.body.append(image)"
    )
    awaited(driver, "1")
    assert any("Content Security Policy" in each for each in complaints(driver))
    with pytest.raises(Exception, match="TrustedHTML"):
        driver.execute_script("document.body.innerHTML = '<b>x</b>'")
    refused = driver.execute_async_script("report.load('../x').catch((error) => arguments[0](error.message))")
    assert refused == "not a file of this report"


PLACES = ("#overview", "#pairs", "#kernels", "#duplicates", "#pair={key}")
SCREENS = [
    (1400, 1000, False, PLACES, True),
    (420, 900, False, PLACES, False),  # the same page, laid out anew
    (1400, 1000, True, PLACES[-1:], True),
    pytest.param(420, 900, False, PLACES, True, marks=pytest.mark.slow),
]
RUN_AXE = "axe.run(document).then(arguments[0], (error) => arguments[0]({error: String(error)}))"
TOO_WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def axe() -> str:
    try:
        return script()
    except NotInstalled as missing:
        pytest.skip(f"axe-core: {missing}")


@pytest.mark.parametrize(("width", "height", "dark", "places", "audited"), SCREENS)
def test_who_cannot_see_or_has_a_small_screen(
    large: Large,
    axe: str,
    width: int,
    height: int,
    dark: bool,
    places: tuple[str, ...],
    audited: bool,
    tmp_path: Path,
) -> None:
    """axe-core finds nothing serious, nothing sticks out to the right, and pictures are kept for people to look at."""
    if why := chromium.missing():
        pytest.skip(why)
    kept = Path(os.environ.get("REPORT_PICTURES", tmp_path))
    ((key,),) = asked(large[0], "SELECT key FROM pairs WHERE entry = 'Model30New'")
    with chromium.browser(width, height, dark) as driver:
        driver.set_script_timeout(120)
        for place in places:
            opened(driver, large[1].page, place.format(key=key))
            awaited(driver, "document.querySelectorAll('section:not([hidden]) :is(.row, .code, svg, li)').length")
            driver.save_screenshot(str(kept / f"{width}{'-dark' if dark else ''}-{place[1:5]}.png"))
            assert driver.execute_script(TOO_WIDE) <= 0, place
            if not audited:
                continue
            driver.execute_script(axe)
            found = driver.execute_async_script(RUN_AXE)
            assert "error" not in found, found
            bad = [(each["id"], [node["html"][:200] for node in each["nodes"][:2]])
                   for each in found["violations"] if each["impact"] in ("serious", "critical")]  # fmt: skip
            assert bad == [], f"{place}: {json.dumps(bad, indent=1)}"
