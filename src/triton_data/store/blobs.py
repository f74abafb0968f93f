"""Content-addressed bytes beside the database: `blobs/ab/abcdef…`, named by SHA-256.

Any process may put: a blob is written under a temporary name and renamed, so it is there whole or not at all.
Not covered: deleting blobs that no record names any more.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


class Blobs:
    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        return self.root / name[:2] / name

    def put(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        target = self.path(name)
        if target.exists():
            return name
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name

    def get(self, name: str) -> bytes:
        return self.path(name).read_bytes()
