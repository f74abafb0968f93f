"""`git:URL[@revision]`, and how any git repository is fetched: one commit, only the blobs that are wanted.

In: a URL or a local path. Out: (path, bytes) of wanted files of one commit. Two questions to the server: the commit
with its trees but no blobs, then the wanted blobs by their ids. A server that cannot filter sends all; that works too.
Nothing is checked out, so no hook, filter or link of the repository can act. No credentials are offered.
Not covered: submodules, LFS contents, private repositories.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from triton_data.errors import Misuse
from triton_data.records import Candidate, Drop, Origin
from triton_data.running.engine.worker import die_with
from triton_data.sources.fetching.archive import Caps, Member
from triton_data.sources.fetching.wanted_paths import odd
from triton_data.sources.reasons import Deferred, Reason, Refused, stamp

SHA = re.compile(r"^[0-9a-f]{40}$")
SCP = re.compile(r"^[\w.-]+@[\w.-]+:")
SECONDS = 900.0  # one git command
SETTINGS = (
    "credential.helper=", "core.fsmonitor=false", "protocol.version=2", "fetch.negotiationAlgorithm=noop",
    "http.lowSpeedLimit=2000",
    # what comes is read once and thrown away: one pack, not a file an object, and nothing is forced onto the disk
    "fetch.unpackLimit=1", "core.fsync=none", "gc.auto=0", "pack.threads=1",
)  # fmt: skip
FETCH = (
    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules",
    "--no-show-forced-updates", "--filter=blob:none",
)  # fmt: skip
SAID = (  # what git says, in the order in which it is looked for
    (r"returned error: 429|returned error: 403.*rate|rate limit", None),
    (r"returned error: 451", Reason.BLOCKED),
    (r"returned error: 40[134]|not found|does not exist|could not read Username|Authentication failed", Reason.GONE),
    (r"does not appear to be a git repository|no such file", Reason.GONE),
    (r"not our ref|unadvertised object|couldn't find remote ref|bad object|invalid refspec", Reason.NO_SUCH_REVISION),
    (r"unable to update url base from redirection|protocol .* not (?:supported|allowed)", Reason.REDIRECTED),
    (r"File too large|SIGXFSZ|file size limit", Reason.TOO_LARGE),
    (r"inflate|index-pack|bad pack|corrupt|fatal: pack|unpack", Reason.CORRUPT),
)


@dataclass(frozen=True)
class Git:
    """Git as this package runs it: no prompts, no user settings, no credentials, bounded time and file size."""

    max_bytes: int = 500_000_000
    slow_seconds: int = 30

    def head(self, url: str, ref: str = "HEAD") -> str:
        """The commit at `ref`; a tag is peeled."""
        listed = self.run("ls-remote", "--", url, ref, f"{ref}^{{}}")
        rows = (line.split("\t", 1) for line in listed.decode("utf-8", "replace").splitlines())
        lines = {name: commit for commit, name in rows}
        names = (f"refs/tags/{ref}^{{}}", f"refs/heads/{ref}", f"refs/tags/{ref}", ref)
        found = next((lines[name] for name in names if name in lines), "")
        if not found and not lines and ref == "HEAD":
            raise Refused(Reason.EMPTY, "no commit yet")
        if not SHA.match(found):
            raise Refused(Reason.NO_SUCH_REVISION, ref)
        return found

    def run(self, *args: str, cwd: Path | None = None, stdin: bytes = b"") -> bytes:
        try:
            done = subprocess.run(
                self._command(*args), cwd=cwd, input=stdin, capture_output=True, timeout=SECONDS, check=False,
                env=_environment(), preexec_fn=partial(self._bound, os.getpid()),
            )  # fmt: skip
        except FileNotFoundError:
            raise Misuse('git is not installed: install it, or set fetch = "archive" under [scrape]') from None
        except subprocess.TimeoutExpired:
            raise Refused(Reason.UNREACHABLE, f"git took over {SECONDS:.0f} s") from None
        if done.returncode:
            raise _failure(done.returncode, done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def open(self, *args: str, cwd: Path) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command(*args), cwd=cwd, stdin=pipe, stdout=pipe, env=_environment())

    def _command(self, *args: str) -> list[str]:
        settings = (*SETTINGS, f"http.lowSpeedTime={self.slow_seconds}")
        return ["git", *(word for setting in settings for word in ("-c", setting)), *args]

    def _bound(self, worker: int) -> None:
        """In git's own process: no file over the limit, and no life beyond the worker's."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.max_bytes, self.max_bytes))
        die_with(worker)


def fetch(git: Git, url: str, revision: str, wanted: Callable[[str], bool], caps: Caps,
          scratch: Path) -> Iterator[Member | Drop]:  # fmt: skip
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="git-") as name:
        bare = Path(name)
        for part in ("objects", "refs"):
            (bare / part).mkdir()
        (bare / "HEAD").write_text("ref: refs/heads/none\n")  # with the two folders, all that a bare repository needs
        git.run(*FETCH, "--depth=1", "--", url, revision, cwd=bare)
        drops, blobs = _chosen(git.run("ls-tree", "-r", "-z", revision, cwd=bare), wanted, caps)
        yield from drops
        if blobs:
            ids = "".join(f"{blob}\n" for blob in dict.fromkeys(blobs.values()))
            git.run(*FETCH, "--stdin", "--", url, cwd=bare, stdin=ids.encode())
            yield from _read(git, bare, blobs, caps)


def _chosen(listing: bytes, wanted: Callable[[str], bool], caps: Caps) -> tuple[list[Drop], dict[str, str]]:
    """Wanted regular files by path, each with its blob's id."""
    drops, blobs = [], {}
    lines = listing.split(b"\0")[:-1]
    if len(lines) > caps.files:
        raise Refused(Reason.TOO_MANY_FILES, f"{len(lines)} files")
    for line in lines:
        meta, _, raw = line.partition(b"\t")
        mode, kind, blob = meta.decode().split()
        path = os.fsdecode(raw)
        if kind != "blob" or not wanted(path):
            continue
        if mode == "120000":
            drops.append(Drop(Reason.LINK, "", ascii(path)[1:-1]))
        elif reason := odd(path):
            drops.append(Drop(reason, "", ascii(path)[1:-1]))
        else:
            blobs[path] = blob
    return drops, blobs


def _read(git: Git, bare: Path, blobs: dict[str, str], caps: Caps) -> Iterator[Member | Drop]:
    process = git.open("cat-file", "--batch", cwd=bare)
    assert process.stdin is not None and process.stdout is not None
    unpacked = 0
    try:
        for path, blob in blobs.items():
            process.stdin.write(f"{blob}\n".encode())
            process.stdin.flush()
            size = _size(process.stdout)
            unpacked += size
            if unpacked > caps.unpacked_bytes:  # before it is read: a small pack may hold a very large blob
                raise Refused(Reason.BOMB, f"unpacks to over {caps.unpacked_bytes} bytes")
            data = _one(process.stdout, size, caps.file_bytes)
            yield (path, data) if data is not None else Drop(Reason.TOO_LARGE, f"{size} bytes", path)
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()


def _size(out: IO[bytes]) -> int:
    header = out.readline().split()
    if len(header) != 3:
        raise Refused(Reason.CORRUPT, "the server did not send every blob that it was asked for")
    return int(header[2])


def _one(out: IO[bytes], size: int, most: int) -> bytes | None:
    """The blob and the line end after it; None where it is larger than is wanted."""
    left, kept = size + 1, []
    while left:
        chunk = out.read(min(left, 1 << 20))
        if not chunk:
            raise Refused(Reason.CORRUPT, "a blob ends early")
        left -= len(chunk)
        if size <= most:
            kept.append(chunk)
    return b"".join(kept)[:-1] if size <= most else None


def _failure(code: int, stderr: str) -> Refused | Deferred:
    words = " ".join(stderr.split())[-300:]
    if code in (-25, 153):
        return Refused(Reason.TOO_LARGE, words)
    for pattern, reason in SAID:
        if re.search(pattern, stderr, re.IGNORECASE):
            if reason is None:
                return Deferred(time.time() + 60, words)
            return Refused(reason, words)
    return Refused(Reason.UNREACHABLE, words)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") and "TOKEN" not in name}
    return kept | {
        "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes", "LC_ALL": "C",
        "GIT_LFS_SKIP_SMUDGE": "1", "HOME": os.devnull,
    }  # fmt: skip


# ---- git: ------------------------------------------------------------------------------------------------


def parse(text: str) -> tuple[str, str]:
    """(URL, revision or HEAD). A path on this machine becomes absolute, so that a run can go on from elsewhere."""
    url, revision = _at(text)
    if not url:
        raise Misuse("write the repository after git:, such as git:https://example.org/owner/name.git")
    if "://" not in url and Path(url).expanduser().exists():
        url = Path(url).expanduser().resolve().as_uri()  # a partial clone cannot remember a bare path
    elif "://" not in url and not SCP.match(url):
        raise Misuse(f"no git repository {url}: name a URL or a folder after git:")
    if "://" in url and urlsplit(url).password is not None:
        raise Misuse("leave the password out of the URL after git:, it would be kept in the run; only public ones work")
    if revision.startswith("-") or url.startswith("-"):
        raise Misuse(f"{text!r} is not a git repository")
    return url, revision


def _at(text: str) -> tuple[str, str]:
    """Cut at the last @ that is a revision's: none of user@host, of /@owner/ or of a folder such as a@b/name.git."""
    local = Path(text).expanduser().exists() and "://" not in text
    for found in [] if local else reversed(list(re.finditer("@", text))):
        url, revision = text[: found.start()], text[found.end() :]
        names_place = "/" in url.partition("://")[2] if "://" in url else bool(SCP.match(url)) or Path(url).exists()
        if revision and names_place and not url.endswith("/") and not re.search(r"/.*\.git$", revision):
            return url, revision
    return text, "HEAD"


def pin(git: Git, url: str, revision: str) -> Candidate:
    commit = revision if SHA.match(revision) else git.head(url, revision)
    words = [word for word in re.split(r"[/:]", url.removesuffix(".git").rstrip("/")) if word]
    repo = words[-1] if url.startswith("file:") else "/".join(words[-2:])
    return Candidate(url, url, "", "", Origin("git", repo=repo, revision=commit, url=url, time=stamp(time.time())))
