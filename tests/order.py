"""Which file of the suite a worker takes next: what takes long comes first, so that none is left with it at the end.

In: what pytest has collected. Out: the same, in another order, and what belongs to one worker. Files that run scripts
in the training environment belong together: each worker would load its libraries anew, which takes longer than they do.
Names that are not there any more are no error: then the order is only less good.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

TRAINING = "the training environment"
TRAINS = ("tests/export/test_readers.py", "tests/train/test_training.py", "tests/train/test_configs.py")
LONG = (
    *TRAINS,
    "tests/test_quickstart.py",
    "tests/attacks/test_attacks.py",
    "tests/extract/test_dependencies.py",
    "tests/verify/test_stage.py",
    "tests/train/test_evaluation.py",
    "tests/attacks/cheats/test_cheats.py",
    "tests/verify/judge/test_smaller_sizes.py",
    "tests/verify/good/test_good.py",
    "tests/report/test_pages.py",
    "tests/jail/test_lifetime.py",
    "tests/sources/test_broken.py",
    "tests/capture/test_targets.py",
    "tests/generate/templates/test_checks.py",
    "tests/generate/test_llm_modules.py",
    "tests/engine/test_ray.py",
    "tests/doors/test_generator.py",
)


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # a class without types
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return TRAINING if file in TRAINS else file


def longest_first(items: list[pytest.Item], root: Path) -> None:
    place = {root / name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path, len(LONG)))
