"""What is found in kernels where nothing says what they should compute: how many right ones are accused, how many
wrong ones caught?

    PYTHONPATH=src python benchmarks/without_reference.py [--every 12] [--only REGEX] [--jobs 2]

Asked about are the right kernels of benchmarks/kernels, each with the inputs of its reference and without it, and every
so many of their mutants. Mutants that give the same results as their originals are among them, so a hundred percent is
out of reach. Prints the verdicts by reason, and each right kernel that is accused by name.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from kernels import good_kernels  # noqa: E402  the folder that this script stands in is not a package
from mutants import mutants  # noqa: E402
from triton_data.verify.bench.bench import Bench, open_bench  # noqa: E402
from triton_data.verify.judge.judgement import Judgement  # noqa: E402
from triton_data.verify.judge.kernel_alone import verify_kernel  # noqa: E402

CALL = "called_alone"
WRAPPER = f"""

def {CALL}(*args, **kwargs):
    given = get_init_inputs()
    made = ModelNew(*given[0], **given[1]) if len(given) == 2 and isinstance(given[1], dict) else ModelNew(*given)
    for weight in made.parameters():  # which a candidate may leave to whoever gives it the reference's
        torch.nn.init.normal_(weight)
    return made(*args, **kwargs)
"""


def alone(reference: str, candidate: str) -> str:
    """One file: the constants and inputs of the reference, the kernel, and something to call."""
    return f"{reference}\n\n{candidate}\n{WRAPPER}"


def judged(subjects: list[tuple[str, str]], bench: Bench, jobs: int, title: str) -> list[tuple[str, Judgement]]:
    def judge(subject: tuple[str, str]) -> tuple[str, Judgement]:
        return subject[0], verify_kernel(subject[1], CALL, bench=bench)

    with ThreadPoolExecutor(jobs) as pool:
        return list(tqdm(pool.map(judge, subjects), total=len(subjects), desc=title, disable=not sys.stderr.isatty()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=12, help="one mutant of so many")
    parser.add_argument("--only", default="", metavar="REGEX", help="kernels with such names")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    good = [each for each in good_kernels(variants=False) if re.search(options.only, each.name)]
    right = [(each.name, alone(each.reference, each.candidate)) for each in good]
    wrong = [
        (f"{each.name}:{mutant.line} {mutant.operator}", alone(each.reference, mutant.text))
        for each in good
        for mutant in mutants(each.candidate)
    ]
    with open_bench() as bench:
        for title, subjects in (("right kernels", right), (f"every {options.every}th mutant", wrong[:: options.every])):
            found = judged(subjects, bench, options.jobs, title)
            report(title, found, named=subjects is right)


def report(title: str, found: list[tuple[str, Judgement]], named: bool) -> None:
    counts = Counter(judgement.reason for _, judgement in found)
    defects = sum(not judgement.open for _, judgement in found)
    print(f"{title}: {len(found)}, a defect is found in {defects} ({defects / max(1, len(found)):.1%})")
    for reason, count in counts.most_common():
        print(f"  {reason:28} {count}")
    for name, judgement in found if named else ():
        if judgement.reason != "no_reference":
            print(f"  {name}: {judgement.reason}: {judgement.detail[:160]}")


if __name__ == "__main__":
    main()
