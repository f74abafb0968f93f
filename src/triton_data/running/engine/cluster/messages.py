"""What the driver and a node say to each other: frozen types, pickled by us, so that both sides have the same version.

A driver sends `Opening` once a stage and then `Orders` again and again; a node answers each with `Opened` and `Report`.
What an item reads travels with it: records by value, blobs and locks by name until the node says that it lacks them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from triton_data.records import Outcome


@dataclass(frozen=True)
class Versions:
    """What has to be the same on every machine, because results depend on it."""

    triton_data: str
    python: str
    torch: str
    triton: str

    def differences(self, other: Versions) -> str:
        """What `other` has that is not ours, in words; '' where all is the same."""
        unlike = [name for name in vars(self) if getattr(self, name) != getattr(other, name)]
        return ", ".join(f"{name} {getattr(other, name)} instead of {getattr(self, name)}" for name in unlike)


@dataclass(frozen=True)
class Described:
    """A node that has started."""

    versions: Versions
    host: str
    pid: int
    jobs: int
    folder: str


@dataclass(frozen=True)
class Opening:
    stage: str
    work: bytes  # pickled: a function that makes the stage's work for a node's folder
    timeout: float  # seconds an item
    number: int = 0  # of this opening, said back


@dataclass(frozen=True)
class Opened:
    number: int
    refused: str = ""  # one line: why this node cannot do this stage


@dataclass(frozen=True)
class Sent:
    """An item on its way to a node, with what it reads there."""

    key: str
    item: bytes
    reads: bytes = b""  # pickled: the outcomes of earlier stages whose records the work looks up
    blobs: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Orders:
    items: tuple[Sent, ...] = ()
    withdrawn: frozenset[str] = frozenset()  # keys: give them back if they have not begun
    blobs: dict[str, bytes] = field(default_factory=dict)
    locks: dict[str, str] = field(default_factory=dict)
    draining: bool = False  # give back all that has not begun


@dataclass(frozen=True)
class Report:
    outcomes: tuple[Outcome, ...] = ()
    running: tuple[str, ...] = ()
    queued: int = 0
    returned: tuple[str, ...] = ()  # withdrawn, and not begun
    declined: dict[str, str] = field(default_factory=dict)  # key: why it cannot be done on this node
    missing_blobs: tuple[str, ...] = ()
    missing_locks: tuple[str, ...] = ()
    locks: dict[str, str] = field(default_factory=dict)  # of environments that outcomes name for the first time
    log: bytes = b""  # what workers printed since the last report
    broken: str = ""  # one line: this node can go on no longer
