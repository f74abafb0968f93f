"""What came of a generation by language models: yield by operator, by p_value and by prompt, cost, and diversity.

In: a run. Out: an `Analysis` of plain numbers, the same for the same run. Diversity is that of the programs that were
kept: distinct sequences of ATen operators, distinct syntax trees, and how many operators a module has. Not covered:
pages (folder.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Any

from triton_data.records import Attempt, Sample, codec
from triton_data.store import Store
from triton_data.store.ledger import Spending, spending

FEWEST = 3  # samples of an operator before its yield says anything


@dataclass(frozen=True)
class Yield:
    name: str
    samples: int
    valid: int

    @property
    def part(self) -> float:
        return self.valid / self.samples if self.samples else 0.0


@dataclass(frozen=True)
class Failing:
    operator: str
    samples: int
    failed: int
    categories: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Diversity:
    modules: int
    operator_sequences: int  # distinct, of ATen
    operator_sets: int
    aten_operators: int  # that occur at all
    pairs_seen: int  # of listed operators, together in one module
    pairs_drawn: int
    lengths: tuple[tuple[str, int], ...]  # operators a module, in bins
    median_length: float


@dataclass(frozen=True)
class Money:
    answers: int
    prompt_tokens: int
    completion_tokens: int
    dollars: float
    dollars_at_most: float
    dollars_a_module: float


@dataclass(frozen=True)
class Analysis:
    samples: int
    valid: int
    answers: int
    by_attempt: tuple[Yield, ...]
    categories: tuple[tuple[str, int], ...]
    pairs: tuple[tuple[str, int], ...]
    failing: tuple[Failing, ...]
    by_p_value: tuple[Yield, ...]
    by_prompt: tuple[Yield, ...]
    by_aim: tuple[Yield, ...]
    by_model: tuple[Yield, ...]
    diversity: Diversity
    money: Money

    def to_json(self) -> dict[str, Any]:
        made: dict[str, Any] = codec.to_json(self)
        return made


def analyse(store: Store) -> Analysis:
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in store.records(Attempt):
        attempts[attempt.sample].append(attempt)
    ended = [sample for sample in store.records(Sample) if sample.key in attempts]
    good = {key for key, each in attempts.items() if any(not one.category for one in each)}
    every = [attempt for each in attempts.values() for attempt in each]
    kept = [attempt for attempt in every if not attempt.category]
    return Analysis(
        samples=len(ended),
        valid=len(good),
        answers=len(every),
        by_attempt=_yields((f"answer {each.number}", not each.category) for each in every),
        categories=_counted(attempt.category for attempt in every if attempt.category),
        pairs=_counted(attempt.pair for attempt in kept if attempt.pair),
        failing=_failing(ended, attempts, good),
        by_p_value=_yields((f"{sample.p_value:g}", sample.key in good) for sample in ended),
        by_prompt=_yields((sample.prompt, sample.key in good) for sample in ended),
        by_aim=_yields((sample.aim, sample.key in good) for sample in ended if sample.aim),
        by_model=_yields((f"{each.provider}/{each.version or each.model}", not each.category) for each in every),
        diversity=_diversity(ended, good, kept),
        money=_money(spending(store), len(good)),
    )


def _yields(pairs: Iterable[tuple[str, bool]]) -> tuple[Yield, ...]:
    drawn: Counter[str] = Counter()
    valid: Counter[str] = Counter()
    for name, is_valid in pairs:
        drawn[name] += 1
        valid[name] += is_valid
    return tuple(Yield(name, drawn[name], valid[name]) for name in sorted(drawn))


def _counted(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _failing(ended: list[Sample], attempts: dict[str, list[Attempt]], good: set[str]) -> tuple[Failing, ...]:
    drawn: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    why: dict[str, Counter[str]] = defaultdict(Counter)
    for sample in ended:
        drawn.update(set(sample.operators))
        if sample.key not in good:
            failed.update(set(sample.operators))
            for operator in set(sample.operators):
                why[operator][attempts[sample.key][-1].category] += 1
    rows = [Failing(name, drawn[name], failed[name], _counted(why[name].elements())) for name in drawn if failed[name]]
    return tuple(sorted(rows, key=lambda row: (-row.failed / row.samples, -row.failed, row.operator)))


def _diversity(ended: list[Sample], good: set[str], kept: list[Attempt]) -> Diversity:
    drawn = {pair for sample in ended for pair in combinations(sorted(set(sample.operators)), 2)}
    seen = {pair for sample in ended if sample.key in good for pair in combinations(sorted(set(sample.operators)), 2)}
    lengths = [len(attempt.operators) for attempt in kept]
    return Diversity(
        modules=len(kept),
        operator_sequences=len({attempt.operators for attempt in kept}),
        operator_sets=len({frozenset(attempt.operators) for attempt in kept}),
        aten_operators=len({operator for attempt in kept for operator in attempt.operators}),
        pairs_seen=len(seen),
        pairs_drawn=len(drawn),
        lengths=tuple(sorted(Counter(map(_bin, lengths)).items(), key=lambda item: int(item[0].split("-")[0]))),
        median_length=float(median(lengths)) if lengths else 0.0,
    )


def _bin(length: int) -> str:
    first = 1
    while length >= first * 2:
        first *= 2
    return f"{first}-{first * 2 - 1}"


def _money(spent: Spending, valid: int) -> Money:
    dollars, most = spent.cost / 1e9, spent.most / 1e9
    tokens = (spent.prompt_tokens, spent.completion_tokens)
    return Money(spent.answers, *tokens, dollars, most, dollars / valid if valid else 0.0)


# ---- as text ---------------------------------------------------------------------------------------------------


def words(found: Analysis) -> str:
    """Tables for a terminal or a log, without colours."""
    lines = [f"{found.valid} of {found.samples} samples became modules ({_percent(found.valid, found.samples)}),"
             f" {found.answers} answers"]  # fmt: skip
    if found.money.answers:
        money = found.money
        lines.append(
            f"{money.prompt_tokens:,} + {money.completion_tokens:,} tokens, ${money.dollars:.4f} spent"
            f" (at most ${money.dollars_at_most:.4f}), ${money.dollars_a_module:.5f} a module"
        )
    different = found.diversity
    lines += [
        f"{different.operator_sequences} operator sequences and {different.operator_sets} operator sets in"
        f" {different.modules} modules, of {different.aten_operators} ATen operators;"
        f" {different.pairs_seen} of {different.pairs_drawn} drawn pairs of operators are in a module",
        *_table("operators a module", different.lengths),
        *_table("why answers failed", found.categories),
        *_table("pairs", found.pairs),
    ]
    for title, rows in (("p_value", found.by_p_value), ("prompt", found.by_prompt), ("aim", found.by_aim),
                        ("answer", found.by_attempt), ("model", found.by_model)):  # fmt: skip
        shown = [(each.name, f"{each.valid} of {each.samples}, {each.part:.0%}") for each in rows]
        lines += _table(f"yield by {title}", shown)
    failing = [each for each in found.failing if each.samples >= FEWEST][:20]
    lines += _table("operators that fail", [(each.operator, _failed(each)) for each in failing])
    return "\n".join(lines)


def _failed(row: Failing) -> str:
    why = ", ".join(f"{name} {number}" for name, number in row.categories[:3])
    return f"{row.failed} of {row.samples}, {row.failed / row.samples:.0%}: {why}"


def _table(title: str, rows: Iterable[tuple[str, object]]) -> list[str]:
    rows = list(rows)
    width = max((len(name) for name, _ in rows), default=0)
    return ["", f"{title}:", *(f"  {name:<{width}}  {value}" for name, value in rows)] if rows else []


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"
