"""Archives made to harm: nothing is written outside, nothing large is unpacked, the good files still come."""

from __future__ import annotations

import gzip
import io
import resource
import tarfile
import zipfile
from pathlib import Path

import pytest

from triton_data.records import Drop
from triton_data.sources.fetching.archive import Caps, members, tar_commit
from triton_data.sources.fetching.store_blob import Kept, keep
from triton_data.sources.fetching.wanted_paths import odd, wanted
from triton_data.sources.reasons import Reason, Refused
from triton_data.store.blobs import Blobs

CAPS = Caps(file_bytes=10_000, unpacked_bytes=1_000_000, files=1000)


def tar(path: Path, *entries: tarfile.TarInfo | tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz", errors="surrogateescape") as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                archive.addfile(info, io.BytesIO(entry[1]))
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def read(path: Path, top: bool = True, caps: Caps = CAPS) -> tuple[dict[str, bytes], dict[str, str]]:
    good, bad = {}, {}
    for member in members(path, wanted, caps, top):
        if isinstance(member, Drop):
            bad[member.part] = str(member.reason)
        else:
            good[member[0]] = member[1]
    return good, bad


def test_names_that_leave_their_folder_or_cannot_be_carried(tmp_path: Path) -> None:
    path = tar(
        tmp_path / "a", ("r/ok.py", b"1"), ("r/../../up.py", b""), ("/etc/abs.py", b""), ("../x.py", b""),
        ("r/new\nline.py", b""), ("r/caf\udce9.py", b""), ("r/back\\slash.py", b""), ("r/C:x.py", b""),
    )  # fmt: skip
    good, bad = read(path)
    assert good == {"ok.py": b"1"}
    assert sorted(bad.values()) == ["odd_name"] * 2 + ["unsafe_path"] * 5
    assert all(part.isascii() and "\n" not in part for part in bad)


def test_names_in_odd_spelling_are_one_file_and_the_last_one_counts(tmp_path: Path) -> None:
    path = tar(tmp_path / "a", ("r/a/b.py", b"1"), ("r//a/./b.py", b"2"), ("./r/c.py", b"3"), ("r/c.py", b"4"))
    found = keep(Blobs(tmp_path / "blobs"), members(path, wanted, CAPS, True))
    by_path = {file.path: file.blob for file in found if isinstance(file, Kept)}
    assert len(found) == 2
    assert [Blobs(tmp_path / "blobs").get(by_path[name]) for name in ("a/b.py", "c.py")] == [b"2", b"4"]


def test_links_and_devices(tmp_path: Path) -> None:
    path = tar(
        tmp_path / "a", special("r/link.py", tarfile.SYMTYPE, "/etc/passwd"),
        special("r/hard.py", tarfile.LNKTYPE, "r/ok.py"),
        special("r/pipe.py", tarfile.FIFOTYPE), special("r/dev.py", tarfile.CHRTYPE), ("r/ok.py", b"1"),
    )  # fmt: skip
    good, bad = read(path)
    assert good == {"ok.py": b"1"}
    assert bad == {"link.py": "link", "hard.py": "link", "pipe.py": "unreadable", "dev.py": "unreadable"}


def test_a_tar_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb"
    with gzip.open(bomb, "wb") as out:
        info = tarfile.TarInfo("r/zeros.bin")
        info.size = 50 * 2**30  # claimed; what follows does not matter
        out.write(info.tobuf(tarfile.GNU_FORMAT))
        out.write(bytes(1 << 20))
    with pytest.raises(Refused) as refused:
        read(bomb)
    assert refused.value.drop.reason == Reason.BOMB


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_unpacks_to_gigabytes_is_not_read(tmp_path: Path, kind: bytes) -> None:
    bomb = tmp_path / "bomb"
    with gzip.open(bomb, "wb", compresslevel=1) as out:
        info = tarfile.TarInfo("r/header")
        info.size, info.type = 200 * 2**20, kind
        out.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(200):
            out.write(bytes(1 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused) as refused:
        read(bomb)
    assert refused.value.drop.reason == Reason.CORRUPT
    with pytest.raises(Refused):
        tar_commit(bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "KiB"


def test_a_zip_with_a_directory_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z", "w") as archive:
        for number in range(60):
            archive.writestr(zipfile.ZipInfo(f"{number}-{'x' * 60_000}.bin"), b"")
        archive.writestr("a.py", b"1")
    with pytest.raises(Refused) as refused:
        read(tmp_path / "z", top=False)
    assert refused.value.drop.reason == Reason.TOO_MANY_FILES


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bin", bytes(2_000_000))
    with pytest.raises(Refused) as refused:
        read(tmp_path / "z", top=False)
    assert refused.value.drop.reason == Reason.BOMB


def test_a_zip_that_lies_about_sizes_yields_no_more_than_it_says(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", b"#" * 500_000)
    data = bytearray((tmp_path / "z").read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")  # uncompressed size in the central directory
    (tmp_path / "z").write_bytes(bytes(data))
    try:
        good, _ = read(tmp_path / "z", top=False)
    except Refused as refused:
        assert refused.drop.reason == Reason.CORRUPT
    else:
        assert len(good["a.py"]) <= 101


def test_links_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z", "w") as archive:
        entry = zipfile.ZipInfo("link.py")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
        archive.writestr("../up.py", "")
        archive.writestr("ok.py", "1")
    assert read(tmp_path / "z", top=False) == ({"ok.py": b"1"}, {"link.py": "link", "../up.py": "unsafe_path"})


def test_too_many_files(tmp_path: Path) -> None:
    path = tar(tmp_path / "a", *[(f"r/{i}.bin", b"") for i in range(1001)])
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.drop.reason == Reason.TOO_MANY_FILES


@pytest.mark.slow
def test_one_hundred_thousand_files_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "a"
    one, last = tarfile.TarInfo("r/one.bin").tobuf(), tarfile.TarInfo("r/last.py").tobuf()
    path.write_bytes(one * 100_000 + last + bytes(1024))
    before = resident()
    found = [(member, resident()) for member in members(path, wanted, Caps(), True)]
    assert [member for member, _ in found] == [("last.py", b"")]
    assert found[0][1] - before < 20e6, "tarfile keeps every member that it has seen, if it is let"


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_a_large_file_is_dropped_and_the_rest_stays(tmp_path: Path) -> None:
    path = tar(tmp_path / "a", ("r/big.py", b"#" * 10_001), ("r/ok.py", b"1"))
    assert read(path) == ({"ok.py": b"1"}, {"big.py": "too_large"})


@pytest.mark.parametrize(
    ("name", "reason"), [("a/b.py", None), ("a/../b.py", "unsafe_path"), ("\ud800.py", "odd_name")]
)
def test_odd(name: str, reason: str | None) -> None:
    assert odd(name) == reason
