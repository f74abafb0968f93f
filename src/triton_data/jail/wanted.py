"""What a jail is to be: everything that its zygote is started with but the folder it lives in.

Two that are wanted alike are one and the same jail to whoever asks: `key` is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    preload: tuple[str, ...]
    warm: str  # 'package.module:function', called once after loading
    roots: tuple[str, ...]  # import roots
    read: tuple[str, ...]  # what tasks may read
    shelf: str  # a folder of which a policy may name a part as its `packages`
    floor: tuple[str, ...]  # layers without which no task runs
    retire_after: int  # tasks
    env: Mapping[str, str]  # HOME and TMPDIR aside, which are of the jail's own

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Wanted:
        lists = {name: tuple(map(str, given[name])) for name in ("preload", "roots", "read", "floor")}
        env = {str(name): str(value) for name, value in given["env"].items()}
        warm, shelf = str(given["warm"]), str(given["shelf"])
        return cls(warm=warm, shelf=shelf, retire_after=int(given["retire_after"]), env=env, **lists)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def key(self) -> str:
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()
