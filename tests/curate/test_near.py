"""Near-duplicate search against what comparing everything with everything finds, and each part against its promise."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.modules import distinct
from triton_data.curate.duplicates import buckets, near
from triton_data.curate.duplicates.clusters import Clusters
from triton_data.curate.duplicates.overlap_keys import part_keys
from triton_data.curate.duplicates.signatures import SIZE, signatures
from triton_data.curate.reading.shingles import Sets, Sketches, joined, sketch
from triton_data.curate.reading.words import mixed

CALLS = ("relu", "tanh", "exp", "sin", "cos", "sigmoid", "abs", "sqrt", "erf", "log")


def look_alike(count: int, seed: int) -> list[str]:
    """Ten operators in some order; every third text is an earlier one with a line changed, added or moved."""
    draw = random.Random(seed)
    bodies: list[list[str]] = []
    for number in range(count):
        body = draw.choices(CALLS, k=draw.randint(12, 26))
        if number and draw.random() < 1 / 3:
            body = list(draw.choice(bodies))
            place, how = draw.randrange(len(body) - 1), draw.randrange(3)
            if how == 0:
                body[place] = draw.choice(CALLS)
            elif how == 1:
                body.insert(place, draw.choice(CALLS))
            else:
                body[place], body[place + 1] = body[place + 1], body[place]
        bodies.append(body)
    head = "class M(nn.Module):\n    def forward(self, x):\n"
    return [head + "".join(f"        x = torch.{call}(x) * y\n" for call in body) for body in bodies]


def sets_of(rows: list[set[int]]) -> Sets:
    arrays = [np.sort((mixed(np.array(sorted(row), np.uint64)) >> np.uint64(32)).astype(np.uint32)) for row in rows]
    return joined([Sets(array, np.array([0, len(array)])) for array in arrays])


def found(sketches: Sketches) -> np.ndarray:
    clusters = Clusters(len(sketches.shingles))
    near.merge_similar(sketches, clusters)
    return clusters.labels()


def all_alike(sketches: Sketches) -> list[tuple[int, int]]:
    count = len(sketches.shingles)
    return [(a, b) for a in range(count) for b in range(a + 1, count) if near.alike(sketches, a, sketches, b)]


def test_pairs_are_found_among_texts_that_are_all_alike() -> None:
    """Their buckets are crowded, so that not every pair of a bucket is looked at."""
    sketches = sketch(look_alike(600, seed=5))
    made = signatures(sketches.shingles)
    crowd = max(np.unique(buckets.band(made, number), return_counts=True)[1].max() for number in range(buckets.BANDS))
    assert crowd > 2 * buckets.CROWDED
    labels, pairs = found(sketches), all_alike(sketches)
    assert len(pairs) > 200
    assert sum(labels[a] == labels[b] for a, b in pairs) >= 0.99 * len(pairs)


def test_nothing_is_united_that_no_chain_of_pairs_connects() -> None:
    sketches = sketch(look_alike(300, seed=6))
    true = Clusters(300)
    for one, other in all_alike(sketches):
        true.union(one, other)
    labels, allowed = found(sketches), true.labels()
    assert all(allowed[row] == allowed[label] for row, label in enumerate(labels.tolist()))
    assert len(set(labels.tolist())) > 50


def test_a_large_crowd_of_the_same_is_one_cluster() -> None:
    texts = distinct(2, seed=1)
    labels = found(sketch([texts[0]] * 5000 + [texts[1]] * 5000))
    assert labels.tolist() == [0] * 5000 + [5000] * 5000


SETS = st.sets(st.integers(0, 400), min_size=1, max_size=60)


@settings(deadline=None)
@given(SETS, st.data())
def test_sets_that_agree_share_a_part(one: set[int], data: st.DataObject) -> None:
    """Whatever is taken out and put in, as long as nine tenths agree: a twentieth goes, a twentieth comes."""
    few = len(one) // 20
    gone = data.draw(st.sets(st.sampled_from(sorted(one)), max_size=few))
    other = one - gone | data.draw(st.sets(st.integers(500, 600), max_size=few))
    assert len(one & other) >= near.AGREEMENT * len(one | other)
    keys, bounds = part_keys(sets_of([one, other]), near.AGREEMENT)
    assert set(keys[bounds[0] : bounds[1]].tolist()) & set(keys[bounds[1] : bounds[2]].tolist())


def test_the_share_of_equal_slots_is_the_similarity() -> None:
    """For sets of few elements too, where most slots are copies of others."""
    for size, error in ((12, 0.16), (60, 0.08), (400, 0.05)):
        errors = []
        for seed in range(20):
            draw = random.Random(seed)
            common = {draw.randrange(10**9) for _ in range(size)}
            own = [{draw.randrange(10**9) for _ in range(size // 4)} for _ in range(2)]
            made = signatures(sets_of([common | own[0], common | own[1], common | own[0]]))
            assert (made[0] == made[2]).all() and made.shape == (3, SIZE)
            errors.append(abs(float((made[0] == made[1]).mean()) - size / (size + 2 * (size // 4))))
        assert np.mean(errors) < error


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60))
def test_uniting_many_at_once_is_uniting_one_by_one(pairs: list[tuple[int, int]]) -> None:
    at_once, one_by_one = Clusters(31), Clusters(31)
    ones, others = np.array([a for a, _ in pairs], np.int64), np.array([b for _, b in pairs], np.int64)
    at_once.unite(ones, others)
    for one, other in pairs:
        one_by_one.union(one, other)
    assert at_once.labels().tolist() == [one_by_one.find(row) for row in range(31)]


PIECES = ('"""', "'''", "#", "\n", "x.relu()", " ", "import torch", "from a import (b,\n c)", "def get_inputs():",
          "    return 1", "self.conv(x)", "3.5e4", '"', "é", "torch.nn.functional.relu")  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), min_size=1, max_size=6))
def test_a_text_is_the_same_alone_and_among_others(texts: list[str]) -> None:
    """One buffer holds them all, so an open quote or a comment could run into the next text."""
    whole = sketch(texts)
    for row, text in enumerate(texts):
        alone = sketch([text])
        assert alone.shingles.values.tolist() == whole.shingles.row(row).tolist()
        assert alone.operators.values.tolist() == whole.operators.row(row).tolist()


def test_what_does_not_count_does_not_count() -> None:
    plain = "class M(nn.Module):\n    def forward(self, x):\n        return F.relu(x) + torch.tanh(x * 2)\n"
    noisy = (
        'import torch\nfrom torch import (nn,\n    fft)\n"""What: x @ y."""\n' + plain.replace("x", "value")
    ).replace(
        "return", "'''exp(a)'''  # sigmoid(b)\n        return"
    ) + "\n\ndef get_inputs():\n    return [torch.ones(3)]\n"
    one, other = sketch([plain]), sketch([noisy])
    assert one.shingles.values.tolist() == other.shingles.values.tolist() and len(one.shingles.values) > 10
    assert one.operators.values.tolist() == other.operators.values.tolist() and len(one.operators.values) == 4
