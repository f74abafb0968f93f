"""The table of docs/security.md: every attack in every configuration that this machine can show.

    python -m tests.attacks.table            (as root: also as an ordinary user)

In: nothing. Out: Markdown on stdout, and exit status 1 where one attack was not contained. Takes about a
minute a configuration.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.attacks import deceit, exhaustion, reach, second_look
from tests.attacks.attack import Attack
from tests.attacks.world import World
from triton_data.jail import RUN, Jail, Task, paths
from triton_data.jail.inside import namespaces
from triton_data.jail.outside import view
from triton_data.jail.policy import LAYERS

KINDS = {
    "taking more than is given": exhaustion,
    "reaching out": reach,
    "deceiving": deceit,
    "a second look": second_look,
}
WITHOUT_NAMESPACES = ("landlock", "seccomp")
ORDINARY_UID = 1000
REPOSITORY = Path(__file__).parents[2]


def run_all(layers: tuple[str, ...]) -> dict[str, str]:
    """{attack: how it ended}, with '!' in front where it was not contained or the next task did not run."""
    ended: dict[str, str] = {}
    policy = replace(RUN, layers=layers)
    with tempfile.TemporaryDirectory(prefix="attacks-") as directory, Jail() as jail:
        Path(directory).chmod(0o755)
        world = World(Path(directory))
        for attack in every():
            print(attack.name, file=sys.stderr)
            outcome = attack.run(jail, world.payload(), layers=layers)
            harm = world.harm()
            well = jail.run(Task(source="def main(): return 1"), policy).value == 1
            good = attack.contained(outcome) and not harm and well
            ended[attack.name] = ("" if good else f"! {harm} ") + (outcome.reason.split("\n")[0][:60] or "ok")
            world.reset()
        ended["layers"] = ", ".join(jail.run(Task(source="def main(): pass"), policy).facts.layers)
        world.close()
    return ended


def every() -> list[Attack]:
    return [attack for module in KINDS.values() for attack in module.suite.attacks]


def as_ordinary_user(layers: str) -> dict[str, str]:
    """The same suite by a user who owns nothing here, in a view that lets all read the interpreter."""
    with tempfile.TemporaryDirectory() as directory:
        os.chown(directory, ORDINARY_UID, ORDINARY_UID)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
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
            command = [sys.executable, "-B", "-m", "tests.attacks.table", "--json", layers]
            os.execve(sys.executable, command, environment)
        os.close(writing)
        with os.fdopen(reading) as file:
            text = file.read()
        os.waitpid(pid, 0)
    ended: dict[str, str] = json.loads(text)
    return ended


def configurations() -> dict[str, dict[str, str]]:
    me = f"root, drops to {namespaces.NOBODY}" if os.geteuid() == 0 else "ordinary user"
    columns = {f"{me}, all layers": run_all(LAYERS), f"{me}, no namespaces": run_all(WITHOUT_NAMESPACES)}
    if os.geteuid() == 0:
        columns["ordinary user, all layers"] = as_ordinary_user("all")
        columns["ordinary user, no namespaces"] = as_ordinary_user("floor")
    return columns


def main() -> int:
    if "--json" in sys.argv:
        print(json.dumps(run_all(LAYERS if "all" in sys.argv else WITHOUT_NAMESPACES)))
        return 0
    columns = configurations()
    print("| attack | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for kind, module in KINDS.items():
        print(f"| **{kind}** |" + " |" * len(columns))
        for attack in module.suite.attacks:
            ends = [column[attack.name].replace("|", "\\|") for column in columns.values()]
            print(f"| {attack.name} | " + " | ".join(ends) + " |")
    escaped = 0
    for name, column in columns.items():
        attacks = {attack: end for attack, end in column.items() if attack != "layers"}
        contained = sum(not end.startswith("!") for end in attacks.values())
        escaped += len(attacks) - contained
        print(f"\n{name}: contained {contained} of {len(attacks)}. Layers: {column['layers']}.")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
