"""Names of repositories that people give: `owner/name`, a URL, or a list of either in a file.

In: text. Out: `owner/name` strings, each once. The seeds' `torch_repos.json` shapes are read too: a JSON list, or an
object, of names, URLs or objects with `full_name`. Not covered: whether such a repository exists (lookup.py).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from triton_data.errors import Misuse
from triton_data.formats.repo_names import name_of as name_of
from triton_data.formats.repo_names import read_names
from triton_data.formats.repo_names import read_opted_out as read_opted_out

HOST = re.compile(r"^(?:(?:https?|git|ssh)://(?:[^/@]+@)?|git@)([^/:]+)")
KEYS = ("full_name", "nameWithOwner", "html_url", "url", "repo", "name")


def elsewhere(text: str, base_url: str) -> str:
    """The host that a URL names, where it is neither GitHub's nor the one that is asked: a/b there is not a/b here."""
    found = HOST.match(text.strip())
    own_host = urlsplit(base_url).hostname or ""
    here = {"github.com", "www.github.com", "ssh.github.com", own_host, own_host.removeprefix("api.")}
    return found.group(1) if found and found.group(1).lower() not in here else ""


def read_seeds(path: str, base_url: str) -> list[str]:
    words = _from_json(path) if path.endswith(".json") else read_names(path, "repos file")
    names = []
    for number, word in enumerate(words, 1):
        name = name_of(word)
        if name is None:
            raise Misuse(f"{path}, entry {number}: {word[:80]!r} is not owner/name or a repository's URL")
        if host := elsewhere(word, base_url):
            raise Misuse(f"{path}, entry {number}: {word[:80]!r} is on {host}: name it as git:URL")
        names.append(name)
    return list(dict.fromkeys(names))


def _from_json(path: str) -> list[str]:
    try:
        value = json.loads(Path(path).expanduser().read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Misuse(f"cannot read the repos file {path}: {error}") from error
    return list(_words(value))


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        for key in KEYS:
            if isinstance(value.get(key), str):
                return [value[key]]
        deep = [word for item in value.values() if isinstance(item, dict | list) for word in _words(item)]
        return deep or [key for key in value if "/" in key]
    return [word for item in value for word in _words(item)] if isinstance(value, list) else []
