"""Who is kept, why not, and where: licences, survivors, secrets, verification, splits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.modules import distinct, everything, retold
from tests.curate.runs import curated, decided, label_all, program, put
from triton_data.config import CurateConfig
from triton_data.curate import licences, privacy
from triton_data.curate import settings as curation
from triton_data.curate.reading import tokens
from triton_data.curate.split import SPLITS, assign, split_units
from triton_data.curate.summary import summarise
from triton_data.errors import Misuse
from triton_data.records import Outcome, Pair, Program, Verdict
from triton_data.store import Store

TEXTS = distinct(40, seed=3)
CLEAN = CurateConfig(decontaminate="off")


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("MIT", True), ("mit", True), ("GPL-3.0-only", False), ("MIT OR GPL-3.0-only", True), ("", False),
        ("MIT AND GPL-3.0-only", False), ("(MIT OR GPL-2.0-only) AND Apache-2.0", True), ("LicenseRef-own", False),
        ("Apache-2.0 WITH LLVM-exception", True), ("MIT AND (", False), ("MIT) OR", False),
    ],
)  # fmt: skip
def test_licence_expressions(expression: str, may: bool) -> None:
    assert licences.allowed(expression, licences.PERMISSIVE) is may


def test_unknown_licences_are_kept_only_from_the_users_own_files(tmp_path: Path) -> None:
    records = [program(TEXTS[0], "o/a", licence=""), program(TEXTS[1], "mine", source="dir", licence=""),
               program(TEXTS[2], "o/b", licence="AGPL-3.0-only")]  # fmt: skip
    decisions = curated(tmp_path / "own", records, CLEAN)
    assert [decisions[r.key].reasons for r in records] == [("licence_unknown",), (), ("licence",)]
    decisions = curated(tmp_path / "keep", records, replace(CLEAN, unknown_licence="keep", licences=("AGPL-3.0-only",)))
    assert [decisions[r.key].keep for r in records] == [True, True, True]


def test_the_survivor_has_the_better_licence_then_verification_stars_age(tmp_path: Path) -> None:
    text = TEXTS[0]
    young = program(text, "o/r", stars=5, time="2026-02-01", entry="Young")
    old = program(retold(text), "o/r", stars=5, time="2020-02-01", entry="Old")
    starred = program(text + "\n", "o/r", stars=900, time="2026-02-01", entry="Starred")
    verified = program(text + "\n\n", "o/r", stars=1, time="2026-02-01", entry="Verified")
    closed = program(text + "\n\n\n", "o/r", stars=9000, licence="GPL-3.0-only", entry="Closed")
    for number, (best, others) in enumerate(
        [(old, [young]), (starred, [young, old]), (verified, [starred, young]), (verified, [closed, starred])]
    ):
        with Store.open(tmp_path / str(number)) as store:
            put(store, [best, *others])
            if best is verified:
                pair = Pair(best.key, "", "VerifiedNew", "x = 1", best.origin)
                put(store, [pair, Verdict(pair.key, "cpu", "1", True, "", (), best.origin)])
            label_all(store)
            decisions = decided(store, CLEAN)
        assert {decisions[each.key].cluster for each in (best, *others)} == {best.key}
        assert decisions[best.key].keep and not any(decisions[each.key].keep for each in others)


def test_a_pair_shares_its_programs_fate_and_its_own_verdict(tmp_path: Path) -> None:
    good, bad = program(TEXTS[0], "o/a"), program(TEXTS[1], "o/b", licence="GPL-3.0-only")
    pairs = [Pair(each.key, "", "New", TEXTS[10 + i], each.origin)
             for i, each in enumerate((good, bad, good))]  # fmt: skip
    failed = Verdict(pairs[2].key, "cpu", "1", False, "wrong_values", (), good.origin)
    decisions = curated(tmp_path, [good, bad, *pairs, failed], replace(CLEAN, dedup="off"))
    assert decisions[pairs[0].key].keep
    assert decisions[pairs[1].key].reasons == ("licence", "program_left_out")
    assert decisions[pairs[2].key].reasons == ("verification_failed",)
    strict = curated(tmp_path / "strict", [good, *pairs[:1]], replace(CLEAN, verified="passed"))
    assert strict[pairs[0].key].reasons == ("unverified",)


def test_secrets_addresses_length_opt_outs_and_what_cannot_be_read(tmp_path: Path) -> None:
    texts = [
        TEXTS[0] + "\nKEY = 'AKIAABCDEFGHIJKLMNOP'\n", TEXTS[1] + "\n# by jane.doe@example.com\n",
        TEXTS[2] + "\nx = [" + "1, " * 40_000 + "]\n", TEXTS[3], "def f(:\n",
    ]  # fmt: skip
    records = [program(text, repo) for text, repo in zip(texts, ("a/a", "b/b", "c/c", "Gone/d", "e/e"), strict=True)]
    (tmp_path / "out.txt").write_text("gone  # asked on 3 May\n")
    decisions = curated(tmp_path, records, replace(CLEAN, opt_out=str(tmp_path / "out.txt"), split_by="cluster"))
    reasons = [set(decisions[r.key].reasons) - {"other_split"} for r in records]
    assert reasons == [{"secrets"}, {"personal_flag"}, {"too_long"}, {"opted_out"}, {"unparsable"}]
    assert [decisions[r.key].keep for r in records] == [False, True, False, False, False]


def test_privacy_lets_code_pass() -> None:
    code = "@triton.jit\ndef f(x): return x @ y  # 1.2.3, a@b, 127.0.0.1\n"
    assert privacy.flags(code) == ()
    assert privacy.flags("host = '93.184.216.34'") == ("ip_address",)


def test_token_estimate_is_near_what_tokenizers_make_of_code() -> None:
    """Between 3 and 4.5 characters a token, where BPE tokenizers of 100k to 200k entries lie for Python."""
    text = "\n".join(TEXTS)
    assert 3 < len(text) / tokens.estimate(text) < 4.5


def test_settings_that_cannot_be_are_one_line(tmp_path: Path) -> None:
    for config in (CurateConfig(dedup="nearly"), CurateConfig(test=60, validation=60), CurateConfig(opt_out="none"),
                   CurateConfig(benchmarks=("none.json.gz",))):  # fmt: skip
        with pytest.raises(Misuse):
            curation.check(config)


# ---- splits --------------------------------------------------------------------------------------------------------

UNITS = st.lists(st.tuples(st.sampled_from([f"u{i}" for i in range(8)]), st.integers(0, 9)), min_size=1, max_size=60)


@given(UNITS, st.integers(0, 5))
def test_no_unit_and_no_group_is_on_two_sides(texts: list[tuple[str, int]], seed: int) -> None:
    units, groups = [unit for unit, _ in texts], [group for _, group in texts]
    sides = assign(units, groups, split_units(units, seed, (25, 25), {}))
    for names in (units, groups):
        seen: dict[object, set[str]] = {}
        for name, (side, own) in zip(names, sides, strict=True):
            if own:
                seen.setdefault(name, set()).add(side)
        assert all(len(found) == 1 for found in seen.values())


@given(UNITS, UNITS, st.integers(0, 5))
def test_adding_data_never_moves_a_text_into_test(
    texts: list[tuple[str, int]], added: list[tuple[str, int]], seed: int
) -> None:
    """Only what turns out to be a copy of something in train (or validation) may leave its side, and only that way."""
    before_splits = split_units([unit for unit, _ in texts], seed, (25, 25), {})
    before = assign([unit for unit, _ in texts], [group for _, group in texts], before_splits)
    whole = [*texts, *added]
    splits = split_units([unit for unit, _ in whole], seed, (25, 25), before_splits)
    after = assign([unit for unit, _ in whole], [group for _, group in whole], splits)
    assert before_splits.items() <= splits.items()
    for (old, own), (new, still) in zip(before, after, strict=False):
        assert SPLITS.index(new) <= SPLITS.index(old)
        assert not (still and not own)
        if own and still:
            assert new == old


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(24)), st.integers(12, 24))
def test_the_whole_stage_is_stable_and_leaks_nothing(order: list[int], first: int) -> None:
    """Real texts with copies in other repositories, curated, then more of them, curated again in the same run."""
    import tempfile

    records = [
        program(TEXTS[i % 12] if i < 12 else everything(TEXTS[i % 12]), f"o/r{i % 7}", entry=f"E{i}") for i in order
    ]
    config = replace(CLEAN, validation=25, test=25)
    with tempfile.TemporaryDirectory() as place, Store.open(Path(place)) as store:
        rounds = []
        for number, part in enumerate((records[:first], records[first:])):
            put(store, part)
            label_all(store)
            decisions = decided(store, config, f"r{number}")
            store.commit("curate", [Outcome(f"r{number}", tuple(decisions.values()))])
            rounds.append({key: d for key, d in decisions.items() if d.keep})
        assert summarise(store).kept == len(rounds[1])
    by_key = {each.key: each for each in records}
    for kept in rounds:
        sides: dict[str, set[str]] = {}
        for key, decision in kept.items():
            sides.setdefault(by_key[key].origin.repo, set()).add(decision.split)
            sides.setdefault(decision.cluster, set()).add(decision.split)
        assert all(len(each) == 1 for each in sides.values())
    for key in rounds[0].keys() & rounds[1].keys():
        assert rounds[0][key].split == rounds[1][key].split


def test_one_repository_alone_is_all_train_and_stays_so(tmp_path: Path) -> None:
    unlucky = next(
        f"o/r{i}" for i in range(999) if split_units([f"github:o/r{i}", "x"], 0, (5, 5), {})[f"github:o/r{i}"] == "test"
    )
    with Store.open(tmp_path) as store:
        put(store, [program(TEXTS[0], unlucky)])
        label_all(store)
        first = decided(store, CLEAN, "r0")
        store.commit("curate", [Outcome("r0", tuple(first.values()))])
        put(store, [program(TEXTS[1], "o/other"), program(TEXTS[2], unlucky)])
        label_all(store)
        second = decided(store, CLEAN, "r1")
    assert {d.split for d in first.values()} == {"train"}
    assert {d.split for d in second.values() if d.unit == f"github:{unlucky}"} == {"train"}


def test_the_same_set_is_decided_the_same_in_any_order(tmp_path: Path) -> None:
    records: list[Program] = [program(text, f"o/r{i % 5}") for i, text in enumerate(TEXTS)]
    records += [program(everything(text), f"o/r{i % 3}", entry="Copy") for i, text in enumerate(TEXTS[:20])]
    assert curated(tmp_path / "a", records, CLEAN) == curated(tmp_path / "b", records[::-1], CLEAN)
