"""The table of docs/security.md: every attack in every configuration that this machine can show, in one command.

    python -m tests.attacks.table [--only TEXT] [--long]      (as root: also as an ordinary user)

In: nothing. Out: Markdown on stdout: a line a configuration with how many attacks were contained, and how much longer
than before it the three tasks after an attack took, at worst; with `--long` also how each attack ended. Exit status 1
where one was not contained. An older Landlock is had by asking the kernel for no more than its ABI had. A slow next
task is measured after the same attack again, twice at most: what is slow each time is the attack's doing, what is slow
once the machine's. Takes three to six minutes a configuration.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections import deque
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.attacks import deceit, exhaustion, reach, second_look, third_look
from tests.attacks.attack import Attack
from tests.attacks.undisturbed import CLEAN
from tests.attacks.world import World
from triton_data.jail import RUN, Jail, Policy, paths
from triton_data.jail.inside import landlock, namespaces
from triton_data.jail.outside import view
from triton_data.jail.policy import NEWEST

KINDS = {
    "taking more than is given": exhaustion,
    "reaching out": reach,
    "deceiving": deceit,
    "a second look": second_look,
    "a third look": third_look,
}
OLDER = (5,)  # ABIs: 5 has no scopes; of 6 the very same is asked as of 7, which adds only a log
ORDINARY_UID = 1000
REPOSITORY = Path(__file__).parents[2]
USUAL = 15  # clean tasks that say how long one takes
AFTER = 3
SLOW = 2.0


@dataclass(frozen=True)
class Configuration:
    ordinary: bool
    namespaces: bool
    abi: int

    @property
    def layers(self) -> tuple[str, ...]:
        return (f"landlock:{self.abi}", "seccomp", *(["namespaces"] if self.namespaces else []))

    def __str__(self) -> str:
        who = "ordinary user" if self.ordinary else f"root, drops to {namespaces.NOBODY}"
        return f"{who}, {'all layers' if self.namespaces else 'no namespaces'}, Landlock ABI {self.abi}"


@dataclass
class Found:
    layers: str
    ends: dict[str, str]  # how each attack ended, with '!' in front where it was not contained
    slower: dict[str, float]  # how many times longer than before the next tasks took


def configurations() -> list[Configuration]:
    here = landlock.abi(NEWEST)
    users = (False, True) if os.geteuid() == 0 else (True,)
    abis = (here, *(abi for abi in OLDER if abi < here))
    return [Configuration(user, spaces, abi) for abi in abis for user in users for spaces in (True, False)]


def every() -> list[Attack]:
    return [attack for module in KINDS.values() for attack in module.suite.attacks]


class Clean:
    """How long a task takes that does nothing."""

    def __init__(self, jail: Jail, policy: Policy) -> None:
        self.jail, self.policy = jail, policy
        self.usual = deque((self.once() for _ in range(USUAL)), maxlen=USUAL)

    def once(self) -> float:
        start = time.perf_counter()
        outcome = self.jail.run(CLEAN, self.policy)
        seconds = time.perf_counter() - start
        if outcome.value != "next":
            raise RuntimeError(f"the next task ended with {outcome.reason!r}")
        return seconds

    def slower(self) -> float:
        before, after = statistics.median(self.usual), [self.once() for _ in range(AFTER)]
        self.usual.extend(after)
        return statistics.median(after) / before


def placeless(reason: str) -> str:
    """Where this machine keeps things says nothing about an attack."""
    reason = re.sub(r"(?:/tmp)?(?:/tmp\w+)?/(?:attacks|triton-data-jail)-\w+", "/…", reason)
    return re.sub(r"/\S*?/(?=site-packages|src/triton_data)", "/…/", reason)


def run_all(configuration: Configuration) -> Found:
    policy = replace(RUN, layers=configuration.layers)
    found = Found("", {}, {})
    with tempfile.TemporaryDirectory(prefix="attacks-") as directory, Jail() as jail:
        Path(directory).chmod(0o755)
        world, clean = World(Path(directory)), Clean(jail, policy)
        for attack in every():
            found.ends[attack.name], found.slower[attack.name] = run_one(attack, jail, world, clean)
            print(f"{configuration}: {attack.name}: {found.ends[attack.name]}", file=sys.stderr)
            world.reset()
        found.layers = ", ".join(jail.run(CLEAN, policy).facts.layers)
        world.close()
    return found


def run_one(attack: Attack, jail: Jail, world: World, clean: Clean) -> tuple[str, float]:
    times = []
    for _ in range(3):
        outcome = attack.run(jail, world.payload(), layers=clean.policy.layers)
        harm = world.harm()
        try:
            times.append(clean.slower())
        except RuntimeError as error:
            harm.append(str(error))
        end = placeless(outcome.reason.split("\n")[0])[:60] or "ok"
        if harm or not attack.contained(outcome):
            return f"! {harm} {end}", 0.0
        if times[-1] < SLOW:
            break
    return end, min(times)


def as_ordinary_user(configuration: Configuration) -> Found:
    """The same suite by a user who owns nothing here, in a view that lets all read the interpreter."""
    with tempfile.TemporaryDirectory() as directory:
        os.chown(directory, ORDINARY_UID, ORDINARY_UID)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            become_ordinary(writing, directory, json.dumps(asdict(configuration)))
        os.close(writing)
        with os.fdopen(reading) as file:
            text = file.read()
        os.waitpid(pid, 0)
    return Found(**json.loads(text))


def become_ordinary(writing: int, directory: str, argument: str) -> None:
    roots = [*paths.import_roots(("torch",)), str(REPOSITORY)]
    view.open_to_nobody([*paths.readable(roots), str(REPOSITORY)], "/tmp")
    os.setgroups([])
    os.setresgid(*[ORDINARY_UID] * 3)
    os.setresuid(*[ORDINARY_UID] * 3)
    os.dup2(writing, 1)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": directory,
        "TMPDIR": directory,
        "PYTHONPATH": f"{REPOSITORY}/src",
    }
    os.chdir(REPOSITORY)
    os.execve(sys.executable, [sys.executable, "-B", "-m", "tests.attacks.table", "--json", argument], environment)


def totals(columns: dict[str, Found]) -> int:
    """Prints a line each; returns how many attacks were not contained."""
    escaped = 0
    print("| configuration | contained | next task, at worst | layers |\n|---|---|---|---|")
    for name, found in columns.items():
        contained = sum(not end.startswith("!") for end in found.ends.values())
        escaped += len(found.ends) - contained
        worst = max(found.slower, key=lambda attack: found.slower[attack])
        slow = f"{found.slower[worst]:.2f}×, after “{worst}”"
        print(f"| {name} | {contained} of {len(found.ends)} | {slow} | {found.layers} |")
    return escaped


def ends(columns: dict[str, Found]) -> None:
    print("\n| attack | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for kind, module in KINDS.items():
        print(f"| **{kind}** |" + " |" * len(columns))
        for attack in module.suite.attacks:
            cells = [found.ends[attack.name].replace("|", "\\|") for found in columns.values()]
            print(f"| {attack.name} | " + " | ".join(cells) + " |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="configurations whose name has this text")
    parser.add_argument("--long", action="store_true", help="how each attack ended, too")
    parser.add_argument("--json", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.json:
        print(json.dumps(asdict(run_all(Configuration(**json.loads(arguments.json))))))
        return 0
    columns: dict[str, Found] = {}
    for configuration in configurations():
        if arguments.only in str(configuration):
            other = configuration.ordinary and os.geteuid() == 0
            columns[str(configuration)] = as_ordinary_user(configuration) if other else run_all(configuration)
    escaped = totals(columns)
    for name, found in columns.items():
        for attack, end in found.ends.items():
            if end.startswith("!"):
                print(f"\nNOT CONTAINED, {name}: {attack}: {end}")
    if arguments.long:
        ends(columns)
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
