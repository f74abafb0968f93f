"""The packages that extract.py measures on, and a count of what they hold that shares no code with what it judges.

Enters: a package's name. Leaves: its newest source archive (else wheel) as a mapping in memory, kept in a cache folder
as it was downloaded; nothing is extracted to disk. The counts look at spelling only.
"""

from __future__ import annotations

import ast
import html
import io
import os
import re
import tarfile
import zipfile
from pathlib import Path
from urllib.parse import urljoin

import requests

INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


def fetch(package: str, cache: Path) -> dict[str, bytes]:
    """The newest source archive, else the newest wheel, as a mapping; kept in the cache as it was downloaded."""
    cache.mkdir(parents=True, exist_ok=True)
    known = sorted(cache.glob(f"{package}@*"))
    if not known:
        page = requests.get(f"{INDEX}/{package}/", timeout=60)
        page.raise_for_status()
        links = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', page.text)
        sources = [link for link in links if link[1].endswith((".tar.gz", ".zip"))]
        url, name = (sources or [link for link in links if link[1].endswith(".whl")])[-1]
        data = requests.get(urljoin(page.url, html.unescape(url)), timeout=300).content
        path = cache / f"{package}@{name}"
        path.write_bytes(data)
        known = [path]
    return unpack(known[-1])


def unpack(archive: Path) -> dict[str, bytes]:
    """Members in memory; nothing is extracted to disk."""
    files: dict[str, bytes] = {}
    if archive.name.endswith(".tar.gz"):
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and (handle := tar.extractfile(member)) is not None:
                    files[member.name] = handle.read()
    else:
        with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as wheel:
            files = {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/")}
    return files


# The ground truth looks at spelling only: a decorator that ends in `jit` in a file that imports triton, and a class
# that reaches the name Module through bases of the same names. It shares no code with what it judges.
def true_kernels(data: bytes) -> int:
    if b"triton" not in data:
        return 0
    count = 0
    for node in ast.walk(parsed(data)):
        if isinstance(node, ast.FunctionDef):
            names = [re.split(r"\W", ast.unparse(d).split("(")[0])[-1] for d in node.decorator_list]
            other = any(re.search(r"\b(torch|numba|cute)\b", ast.unparse(d)) for d in node.decorator_list)
            count += "jit" in names and not other
    return count


def true_classes(files: dict[str, bytes]) -> int:
    nodes = [n for d in files.values() for n in ast.walk(parsed(d)) if isinstance(n, ast.ClassDef)]
    bases = [(n.name, [re.split(r"[\[.]", ast.unparse(b).split("[")[0])[-1] for b in n.bases]) for n in nodes]
    torch_made = {"Module", "Sequential", "ModuleList", "ModuleDict", "_Loss", "PreTrainedModel", "LightningModule"}
    modules, grown = set(torch_made), True
    while grown:
        more = {name for name, parents in bases if modules & set(parents)} - modules
        grown = bool(more)
        modules |= more
    direct = re.compile(r"\bnn\.[A-Z]\w+")
    return sum(
        bool(modules & set(p)) or any(direct.search(ast.unparse(b)) for b in n.bases)
        for n, (_, p) in zip(nodes, bases, strict=True)
    )


def parsed(data: bytes) -> ast.Module:
    try:
        return ast.parse(data)
    except (SyntaxError, ValueError):
        return ast.Module([], [])
