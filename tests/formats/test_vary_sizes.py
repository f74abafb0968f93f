"""Which other sizes a program is tried at."""

from __future__ import annotations

from triton_data.formats.vary_sizes import APART, plan

PRODUCT = """
N = 128


def get_inputs():
    return [torch.randn(N, 128), torch.randn(128, 128)]


def get_init_inputs():
    return []
"""


def test_places_that_name_one_size_are_changed_alone_and_together() -> None:
    """By the name of a constant too: of a square product only the two inner ones have to change together."""
    apart = [varied for varied in plan(PRODUCT) if varied.kind == "128 apart"]
    alone = [varied.resized.text for varied in apart if len(varied.places) == 1]
    assert len(alone) == 8 and "[torch.randn(131, 128), torch.randn(128, 128)]" in alone[0]
    inner = next(varied for varied in apart if varied.places == (1, 2))
    assert "[torch.randn(N, 131), torch.randn(131, 128)]" in inner.resized.text
    assert all(varied.enough == APART for varied in apart)


def test_every_size_is_also_larger_than_the_block_that_it_just_fits() -> None:
    text = "def get_inputs():\n    return [torch.randn(64, 1000)]\n"
    found = {varied.kind: varied for varied in reversed(list(plan(text)))}
    assert dict(found["all larger"].resized.changes) == {64: 131, 1000: 2003}
    assert dict(found["1000 many"].resized.changes) == {64: 2, 1000: 65_537}
    assert max(dict(found["64 many"].resized.changes).values()) == 16_411, "nobody runs 65,537 rows of a small program"


def test_a_text_without_sizes_has_no_plan() -> None:
    assert list(plan("def get_inputs():\n    return [X]\n")) == []


def test_what_is_cut_into_parts_has_sizes_of_its_own() -> None:
    """Even ones, and multiples of what is given, where a program refuses all others."""
    text = "def get_inputs():\n    return [torch.randn(64, 1000)]\n"
    found = [dict(varied.resized.changes) for varied in plan(text) if varied.kind in ("all larger", "64 many")]
    assert {64: 132, 1000: 2004} in found and {64: 192, 1000: 3000} in found
    assert any(sizes.get(64) == 4160 for sizes in found)


def test_a_size_is_also_another_multiple_of_one_that_it_is_a_multiple_of() -> None:
    """Where all sizes grow, six heads of three groups stay two a group."""
    text = "def get_inputs():\n    return [torch.randn(2, 6, 16), torch.randn(2, 3, 16)]\n"
    found = [dict(varied.resized.changes) for varied in plan(text) if varied.kind == "ratio"]
    assert {6: 9} in found and {16: 18} in found


def test_what_is_drawn_below_a_size_goes_where_that_goes() -> None:
    """`randint(1, 11)` beside an axis of 10: lengths of no more than there is."""
    text = "def get_inputs():\n    return [torch.randn(4, 10), torch.randint(1, 11, (4,))]\n"
    found = [(dict(v.resized.changes), v.resized.text) for v in plan(text) if v.resized.text != text]
    assert all(sizes.get(11, 11) == sizes.get(10, 10) + 1 for sizes, _ in found if 10 in sizes or 11 in sizes)
    assert all("randint(1, 11" in made for sizes, made in found if 10 not in sizes)
