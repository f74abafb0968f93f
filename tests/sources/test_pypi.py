"""PyPI: an index on loopback in its odd shapes, and three real packages through the whole of `scrape`."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.sources.conftest import command, drops, files, scrape
from tests.sources.hub import Fault, Handler, Hub, make_tar, serving
from triton_data.config import ScrapeConfig
from triton_data.errors import Misuse
from triton_data.records import Kernel, Program, SourceFile
from triton_data.sources import pypi
from triton_data.sources.fetching.download import Downloads
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.reasons import Refused
from triton_data.store import Store

PKG_INFO = b"Metadata-Version: 2.4\nName: Small\nLicense-Expression: Apache-2.0\nProject-URL: Source, https://github.com/o/small\n"


def sdist(version: str) -> bytes:
    top = f"small-{version}"
    return make_tar({f"{top}/PKG-INFO": PKG_INFO, f"{top}/small.py": b"x = 1\n", f"{top}/small.egg-info/PKG-INFO": b""})


def wheel() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("small/__init__.py", "x = 2\n")
        archive.writestr(
            "small-3.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nClassifier: License :: OSI Approved :: MIT License\n",
        )
        archive.writestr("small-3.0.dist-info/RECORD", "")
    return out.getvalue()


def index(hub: Hub, contents: dict[str, bytes], as_json: bool = False, extra: str = "", lie: bool = False) -> None:
    def sha(data: bytes) -> str:
        return "0" * 64 if lie else hashlib.sha256(data).hexdigest()

    links = "".join(f'<a href="../../files/{name}#sha256={sha(data)}">{name}</a>\n' for name, data in contents.items())
    listed = [{"filename": n, "url": f"../../files/{n}", "hashes": {"sha256": sha(d)}} for n, d in contents.items()]

    def page(handler: Handler) -> bool:
        if as_json:
            kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
            handler.reply(200, json.dumps({"files": listed}).encode(), kind)
        else:
            handler.reply(200, f"<html>{links}{extra}</html>".encode(), {"Content-Type": "text/html"})
        return True

    def serve(handler: Handler) -> bool:
        handler.reply(200, contents[handler.path.rpartition("/")[2]])
        return True

    hub.faults += [Fault("/simple/small/$", page, 99), Fault("/files/", serve, 99)]


def modules(run: Path) -> list[SourceFile]:
    """Beside them comes what the package says of itself, its requirements among it."""
    found = list(files(run).values())
    assert any(each.origin.path.endswith(("PKG-INFO", "METADATA")) for each in found)
    return [each for each in found if each.origin.path.endswith(".py")]


@pytest.mark.parametrize("as_json", [False, True])
def test_an_sdist_by_html_and_by_json(tmp_path: Path, as_json: bool) -> None:
    hub = Hub([])
    odd = (
        '<a href="../../files/small-9.tar.gz.asc">x</a><a href="../../files/other-1.0.tar.gz">x</a><a href="bad">x</a>'
    )
    index(
        hub,
        {"small-1.9.tar.gz": sdist("1.9"), "small-1.10.tar.gz": sdist("1.10"), "small-2.0rc1.tar.gz": b""},
        as_json,
        odd,
    )
    with serving(hub) as base:
        scrape(tmp_path / "run", ScrapeConfig(sources=("pypi:Small",), index=f"{base}/simple"))
    (found,) = modules(tmp_path / "run")
    origin = found.origin
    assert (origin.repo, origin.revision, origin.path) == ("small", "small@1.10", "small.py"), "1.10 is newer than 1.9"
    assert (origin.licence, origin.url) == ("Apache-2.0", "https://github.com/o/small")


def test_a_wheel_where_there_is_no_sdist_of_that_version(tmp_path: Path) -> None:
    hub = Hub([])
    index(hub, {"small-1.0.tar.gz": sdist("1.0"), "small-3.0-py3-none-any.whl": wheel()})
    with serving(hub) as base:
        scrape(tmp_path / "run", ScrapeConfig(sources=("pypi:small", "pypi:small==1.0"), index=f"{base}/simple"))
    got = {f.origin.path: f.origin for f in modules(tmp_path / "run")}
    assert set(got) == {"small/__init__.py", "small.py"}
    assert (got["small/__init__.py"].revision, got["small/__init__.py"].licence) == ("small@3.0", "MIT")


def test_a_checksum_that_does_not_fit_and_a_version_that_is_not_there(tmp_path: Path) -> None:
    hub = Hub([])
    index(hub, {"small-1.0.tar.gz": sdist("1.0")}, lie=True)
    with serving(hub) as base:
        sources = ("pypi:small", "pypi:small==7.7", "pypi:absent")
        scrape(tmp_path / "run", ScrapeConfig(sources=sources, index=f"{base}/simple"))
    assert files(tmp_path / "run") == {}
    assert drops(tmp_path / "run") == {"checksum": 1, "no_such_version": 1, "gone": 1}


def test_the_first_of_a_list(tmp_path: Path) -> None:
    hub = Hub([])
    index(hub, {"small-1.0.tar.gz": sdist("1.0")})
    names = tmp_path / "names"
    names.write_text("small\n# not this line\nabsent\nnever-asked\n")
    with serving(hub) as base:
        config = ScrapeConfig(sources=("pypi-top:2",), names_file=str(names), index=f"{base}/simple")
        scrape(tmp_path / "run", config)
        assert not hub.asked("never-asked")
    assert len(modules(tmp_path / "run")) == 1
    assert drops(tmp_path / "run") == {"gone": 1}


def test_an_index_of_files(tmp_path: Path) -> None:
    (tmp_path / "simple/small").mkdir(parents=True)
    (tmp_path / "simple/small/index.html").write_text('<a href="small-1.0.tar.gz">x</a>')
    (tmp_path / "simple/small/small-1.0.tar.gz").write_bytes(sdist("1.0"))
    scrape(tmp_path / "run", ScrapeConfig(sources=("pypi:small",), index=(tmp_path / "simple").as_uri()))
    assert len(modules(tmp_path / "run")) == 1


@pytest.mark.parametrize("page", ["no json", "{}", '{"files": 3}', '{"files": [3]}', '{"files": [{}]}'])
def test_a_page_that_is_no_index_is_an_outcome(tmp_path: Path, page: str) -> None:
    hub = Hub([])
    kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
    hub.faults.append(Fault("/simple/small/$", lambda h: h.reply(200, page.encode(), kind) is None, 9))
    with serving(hub) as base, pytest.raises(Refused) as refused:
        pypi.pin(Downloads(Waits(tmp_path)), "small", "", f"{base}/simple")
    assert refused.value.drop.reason == "unreadable"


@pytest.mark.parametrize("text", ["", "a b", "../x", "x>=1", "-r file"])
def test_what_is_no_package(text: str) -> None:
    with pytest.raises(Misuse):
        pypi.parse(text)


def test_credentials_of_an_index_stay_out_of_the_run() -> None:
    assert pypi.indexes("https://me:secret@h:8080/simple/") == ["https://h:8080/simple"]


def test_metadata_is_never_a_guess() -> None:
    assert (
        pypi.read_metadata(
            "License: see the LICENSE file\nClassifier: License :: OSI Approved :: BSD License\n"
        ).licence
        == ""
    )
    assert pypi.read_metadata("License: MIT\n").licence == "MIT"


@pytest.mark.slow
@pytest.mark.network
def test_real_packages_through_extract(tmp_path: Path) -> None:
    """As someone without a token would begin: two commands, and what comes out says where it is from."""
    packages = ("einops==0.8.0", "lion-pytorch==0.2.2", "rotary-embedding-torch==0.8.4")
    run = tmp_path / "run"
    process = command("scrape", *(f"pypi:{package}" for package in packages), "--run-dir", run)
    _, told = process.communicate()
    assert process.returncode == 0, told
    if "unreachable" in drops(run):
        pytest.skip("the package index cannot be reached")
    assert {f.origin.revision for f in files(run).values()} == {package.replace("==", "@") for package in packages}
    assert drops(run) == {}
    assert all(f.origin.licence == "MIT" and "github.com" in f.origin.url for f in files(run).values())
    process = command("extract", "--run-dir", run)
    _, told = process.communicate()
    assert process.returncode == 0, told
    with Store.read(run) as store:
        kernels = {kernel.name: kernel.origin for kernel in store.records(Kernel)}
        programs = {program.origin.repo: program.origin for program in store.records(Program)}
    assert kernels["update_fn_kernel"].revision == "lion-pytorch@0.2.2"
    assert (programs["einops"].revision, programs["einops"].licence) == ("einops@0.8.0", "MIT")
