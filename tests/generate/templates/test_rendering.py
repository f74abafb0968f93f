"""Families, variants and texts: distinct, deterministic, laid out, and nothing of the templates left over."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from triton_data.errors import Misuse
from triton_data.generate.templates import dataset, render
from triton_data.generate.templates.families import families
from triton_data.generate.templates.forms import as_module, module_name, tidy
from triton_data.generate.templates.layout import laid_out
from triton_data.generate.templates.names import DIALECTS, renamed
from triton_data.generate.templates.variants import combinations, variants

TEXTS = Path(render.__file__).parent / "texts"


@pytest.fixture(scope="module")
def entries():
    return dataset.chosen(400, seed=3)


def test_there_are_enough_families_and_variants():
    assert len(families()) >= 100
    assert sum(dataset.shares(list(families().values()), dataset.DEFAULT_COUNT).values()) >= 10_000
    assert sum(map(combinations, families().values())) > 25_000


def test_each_family_has_its_templates_and_none_is_left_over():
    names = set(families())
    for kind in ("python", "triton"):
        assert {path.name.removesuffix(".py.jinja") for path in (TEXTS / kind).iterdir()} == {*names, "base"}
    used = {family.test for family in families().values()}
    assert {path.name.removesuffix(".py.jinja") for path in (TEXTS / "pytest").iterdir()} == {*used, "base"}


def test_every_family_gives_entries_that_are_distinct_and_parse(entries):
    assert {entry.family for entry in entries} == set(families())
    assert len({entry.pair for entry in entries}) == len({entry.id for entry in entries}) == len(entries)
    for entry in entries:
        for text in (entry.python_code, entry.triton_code, entry.test_code):
            assert ast.parse(text)
            assert "{{" not in text and "{%" not in text
            assert max(map(len, text.splitlines())) <= 120, entry.id
        assert f"{entry.candidate}(" in entry.triton_code
        assert "import torch.nn.functional as F" not in entry.python_code or "F." in entry.python_code


def test_an_entry_has_the_plans_form(entries):
    row = entries[0].to_json()
    assert list(row) == ["id", "python_code", "triton_code", "test_code", "metadata"]
    assert list(row["metadata"]) == ["operation_type", "difficulty", "tags"]
    assert {entry.to_json()["metadata"]["difficulty"] for entry in entries} == {"easy", "medium", "hard"}


def test_the_seed_decides(entries):
    assert dataset.chosen(400, seed=3) == entries
    assert dataset.chosen(400, seed=4) != entries


def test_a_longer_list_begins_with_the_shorter_one():
    family = families()["softmax"]
    few, many = list(variants(family, 0, 5)), list(variants(family, 0, 50))
    assert many[:5] == few and len(set(map(str, many))) == 50


def test_what_differs_in_size_only_lies_on_one_side(entries):
    sides: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        sides.setdefault((entry.family, entry.group), set()).add(dataset.split_of(entry))
    assert all(len(each) == 1 for each in sides.values())
    assert set().union(*sides.values()) == set(dataset.SPLITS)


def test_families_that_have_few_variants_give_them_all():
    picked = [families()[name] for name in ("scatter_add", "softmax", "unary")]
    assert dataset.shares(picked, 112) == {"scatter_add": 12, "softmax": 50, "unary": 50}


def test_an_unknown_family_is_one_line():
    with pytest.raises(Misuse, match="did you mean 'softmax'"):
        dataset.checked_names(["sofmax"])


def test_files_are_replaced_when_they_change_and_only_then(entries, tmp_path):
    few = [entry for entry in entries if entry.family in ("softmax", "rope")]
    dataset.write(few, tmp_path)
    files = sorted(tmp_path.rglob("*.jsonl"))
    before = {path: path.stat().st_mtime_ns for path in files}
    dataset.write(few, tmp_path)
    assert before == {path: path.stat().st_mtime_ns for path in files}
    dataset.write([entry for entry in few if entry.family == "rope"], tmp_path)
    assert {path.stem for path in tmp_path.rglob("*.jsonl")} == {"rope"}
    assert {path.name for path in tmp_path.iterdir()} == set(dataset.SPLITS)


def test_identifiers_change_but_not_strings_attributes_or_parts_of_words():
    text = '"""total"""\nBLOCK = x.total + total  # total\nsubtotal = f(total, "total")\n'
    wanted = '"""total"""\nBLK = x.total + acc  # total\nsubtotal = f(acc, "total")\n'
    assert renamed(text, "short") == wanted
    assert renamed("total = acc\n", "short") == "total = acc\n", "acc is taken"
    assert "plain" in DIALECTS and renamed(text, "plain") == text


def test_a_function_becomes_a_module():
    function = "def twice_it(x, k=2):\n    y = x * k\n    return y\n"
    text = f'"""Doc."""\n\nimport torch\n\nN = 3\n\n\n{function}\n\ndef get_inputs():\n    return []\n'
    found = as_module(text, "twice_it", module_name("twice_it"))
    assert found.startswith(
        '"""Doc."""\n\nimport torch\nfrom torch import nn\n\nN = 3\n\n\nclass TwiceIt(nn.Module):\n'
    )
    assert "    def forward(self, x, k=2):\n        y = x * k\n        return y\n\n\ndef get_inputs" in found


def test_blank_lines_are_those_of_pep8():
    text = '"""D."""\nimport torch\nN = 1\ndef f():\n    a = 1\n\n\n    return a\n@g\ndef h():\n    pass\n'
    assert tidy(text) == (
        '"""D."""\n\nimport torch\n\nN = 1\n\n\ndef f():\n    a = 1\n\n    return a\n\n\n@g\ndef h():\n    pass\n'
    )


@pytest.mark.parametrize(
    "line",
    [
        f"    kernel[(n,)]({', '.join(f'argument_{i}' for i in range(12))}, BLOCK=128)",
        f"    x = tl.load({' + '.join(f'pointer_{i}' for i in range(9))}, mask=mask, other=0.0).to(tl.float32)",
        f"def launch({', '.join(f'parameter_{i}' for i in range(20))}):",
        f'    assert {" and ".join(f"shape_{i}" for i in range(7))} == 1, "a, b, and (c of all of them"',
    ],
)
def test_a_long_line_is_opened_up_and_means_the_same(line):
    text = line + "\n    return 1\n" if line.startswith("def") else f"def f():\n{line}\n"
    found = laid_out(text)
    assert max(map(len, found.splitlines())) <= 120 < len(line)
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(text))
