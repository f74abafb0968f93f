"""Names of repositories as people write them: owner/name, a URL, git@host:owner/name, with `.git` or without.

In: a text, or a file with one a line. Out: owner/name, or an owner. Not covered: whether there is such a repository.
"""

from __future__ import annotations

import re
from pathlib import Path

from triton_data.errors import Misuse

NAME = re.compile(r"^(?:(?:https?|git|ssh)://(?:[^/@]+@)?[^/]+/|git@[^:/]+:)?([\w.-]+/[\w.-]+?)(?:\.git)?(?:/.*)?$")
OWNER = re.compile(r"^(?:https?://[^/]+/|@)?([\w.-]+)/*(?:\*+/?)?$")
# Pages of an owner, on names that GitHub gives to nobody; and what a hub of models puts before owner/name.
_PAGE = re.compile(r"^/?(?:orgs|users|organizations|sponsors)/+([\w.-]+)(?:/.*)?$", re.IGNORECASE)
_KIND = re.compile(r"^/?(?:datasets|spaces|models|org)/+(?=[\w.-])", re.IGNORECASE)
_ON_HUB = re.compile(r"^[^\s]*huggingface\.co/+", re.IGNORECASE)


_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])\s+(?:\[[ xX]?\]\s+)?")  # as people list things
_CALLED = re.compile(r"^(?:git\s+clone\s+|(?:repo(?:sitory)?|github|gh)\s*:\s*(?!//))", re.IGNORECASE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HOST = r"(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|huggingface\.co|raw\.githubusercontent\.com)"
_PLACE = re.compile(
    rf"^(?:git\+)?(?:\w+:)?(?://)?(?:[^/@\s]+@)?(?:www\.|api\.|m\.)?{_HOST}/+(?:repos/)?", re.IGNORECASE
)
_REVISION = re.compile(r"(?<=\.git)@[\w./-]+$")


def plainly(text: str) -> str:
    """Without what stands around a name in a list, and without the host where that is a known one."""
    link = _LINK.search(text)
    text = link[1] if link else _CALLED.sub("", _ITEM.sub("", text.strip().removeprefix("\ufeff")))
    text = _REVISION.sub("", text.strip("\"'`<>()[],; ").removeprefix("git+")).partition("?")[0]
    named = _PLACE.sub("", text)
    if _ON_HUB.match(text):
        named = _KIND.sub("", named)
    page = _PAGE.match(named)
    return page[1] if page else named


def name_of(text: str) -> str | None:
    found = NAME.match(text.strip())
    return found.group(1) if found and not set(found.group(1).split("/")) & {".", ".."} else None


def read_names(path: str, what: str) -> list[str]:
    """One name a line; blank lines and # comments aside."""
    try:
        text = Path(path).expanduser().read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read the {what} {path}: {getattr(error, 'strerror', None) or error}") from error
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def read_opted_out(path: str) -> frozenset[str]:
    """Owners and owner/name in lower case. What is neither is an error: whoever wrote it asked to be left out."""
    found = set()
    for number, word in enumerate(read_names(path, "opt-out file") if path else (), 1):
        plain = plainly(word)
        owner = OWNER.match(plain)
        name = owner.group(1) if owner else name_of(plain)
        if name is None:
            raise Misuse(f"{path}, entry {number}: {word[:80]!r} is neither an owner nor owner/name")
        found.add(name.lower())
    return frozenset(found)
