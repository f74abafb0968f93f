"""The parts of a generation that need neither server nor jail: draws, prompts, answers, names, composition, prices."""

from __future__ import annotations

import ast
import pickle
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triton_data.commands.doors.key_values import parse
from triton_data.errors import Misuse
from triton_data.generate.llm_modules import answers, form, operators, prompts
from triton_data.generate.llm_modules.files import Folder
from triton_data.generate.llm_modules.jailed import check
from triton_data.generate.llm_modules.offline.compose import RULES, compose
from triton_data.generate.llm_modules.sampling import draw, geometric
from triton_data.generate.llm_modules.settings import Settings, settings
from triton_data.generate.llm_modules.steering import Tried
from triton_data.llm import endpoints, prices
from triton_data.llm.question import Reply
from triton_data.records import Drop, Origin, Program

EVERY = [name for names in operators.CLASSES.values() for name in names]
AIMS = {"prompts_sahan": ("plain",)}


def test_the_lists_have_no_operator_twice_and_the_composer_knows_them_all():
    assert len(EVERY) == len(set(EVERY)) > 100
    assert set(EVERY) <= set(RULES)


@pytest.mark.parametrize("operator", EVERY)
def test_each_operator_alone_makes_a_module_that_runs(operator):
    """Of ours, so that no jail is needed. Each has some seeds in which it fits."""
    texts = [compose([operator, "nn.Linear"], "M", f"{operator} {seed}") for seed in range(6)]
    placed = [text for text in texts if text and operator not in text.split("def forward")[0].partition("# without")[2]]
    assert placed, "it is never placed"
    seen = [check({"text": text, "entry": "M"})[0] for text in placed[:3]]
    assert any("operators" in each for each in seen), seen


def test_the_same_seed_composes_the_same_text_and_says_what_it_left_out():
    one, other = (compose(["nn.Conv2d", "nn.ReLU"], "M", seed) for seed in ("1", "2"))
    assert one == compose(["nn.Conv2d", "nn.ReLU"], "M", "1") != other
    assert "# without nn.Unheard: no place was found" in compose(["nn.Unheard", "nn.ReLU"], "M", "1")
    assert compose(["nn.Unheard"], "M", "1") == ""


def test_a_lower_p_value_draws_more_and_the_range_holds():
    def mean(p):
        rng = random.Random(0)
        drawn = [geometric(rng, p, 1, 5) for _ in range(2000)]
        assert {1, 5} <= set(drawn) <= {1, 2, 3, 4, 5}
        return sum(drawn) / len(drawn)

    assert mean(0.1) > mean(0.3) > mean(0.6)
    rng = random.Random(1)
    zeros = Counter(geometric(rng, 0.25, 0, 4) for _ in range(4000))[0]
    assert 900 < zeros < 1100, "it stops at once with probability p"


@given(st.integers(0, 10_000), st.integers(0, 3))
def test_a_draw_depends_on_seed_and_number_alone(number, seed):
    chosen = settings(seed=seed, num_core_ops_range=(1, 3), num_supporting_ops_range=(2, 6))
    sample = draw(chosen, number, {}, AIMS)
    assert sample == draw(chosen, number, {}, AIMS)
    core = [each for each in sample.operators if each in operators.core_operators]
    supporting = [each for each in sample.operators if each in operators.supporting_operators]
    assert 1 <= len(core) <= 3 and 2 <= len(supporting) <= 6
    assert len(set(sample.operators)) == len(sample.operators)
    assert sample.name.isidentifier() and sample.name.startswith("SynthModel_")


def test_what_fails_is_drawn_less_and_what_is_rare_more():
    tried = Tried()
    for number in range(40):
        tried.add(["nn.Linear", "bad" if number % 2 else "good"], valid=not number % 2)
    weights = tried.weights()
    assert weights["bad"] < 0.7 * weights["good"]
    drawn = Counter()
    chosen = settings(
        num_core_ops_range=(1, 1), num_compound_ops_range=(0, 0), num_supporting_ops_range=(0, 0), p_value=1.0
    )
    for number in range(400):
        drawn.update(draw(chosen, number, {"nn.Linear": 0.2, "nn.Conv2d": 4.0}, AIMS).operators)
    assert drawn["nn.Conv2d"] > 5 * drawn["nn.Linear"] > 0, "coverage: nothing is never drawn"


CODE = "import torch\n\n\nclass M(torch.nn.Module):\n    pass\n\n\ndef get_inputs():\n    return []\n"


@pytest.mark.parametrize(
    "said",
    [
        f"```python\n{CODE}```", f"Text.\n\n```\n{CODE}```\nMore.", CODE, f"Here:\n{CODE}", f"````py\n{CODE}````",
        f"```python\nx = 1\n```\nand\n```python\n{CODE}```", f'{{"code": {CODE!r}}}'.replace("'", '"'),
        f"  ```python\n{CODE}  ```", f"```json\n[]\n```\n```Python\n{CODE}```",
    ],
)  # fmt: skip
def test_the_program_is_found_in_every_kind_of_answer(said):
    found = answers.read(Reply(said, "stop"))
    assert isinstance(found, str) and ast.dump(ast.parse(found)) == ast.dump(ast.parse(CODE))


@given(st.text(max_size=400))
def test_no_answer_is_too_strange_to_be_read(said):
    assert isinstance(answers.read(Reply(said, "stop")), str | Drop)
    assert isinstance(form.formed(said, "M"), str | Drop)


MODEL = '''import torch.nn as nn


class ModelConfig:
    """Of a Model."""


class SubModel(nn.Module):
    pass


class Model(nn.Module):  # Model
    width = 3

    def __init__(self, Model_count=1):
        super(Model, self).__init__()
        self.Model = SubModel()

    @staticmethod
    def of() -> "Model":
        return Model.width


def helper(Model):
    return Model + 1


def get_inputs():
    return [Model.of(), "Model"]


def get_init_inputs():
    return [], {}
'''


def test_only_names_that_mean_the_class_are_changed():
    found = form.formed(MODEL, "SynthModel_Add")
    assert isinstance(found, str)
    for kept in ("class ModelConfig:", '"""Of a Model."""', "class SubModel", "# Model", "Model_count",
                 "self.Model = SubModel()", "def helper(Model):\n    return Model + 1", '"Model"]'):  # fmt: skip
        assert kept in found
    for changed in ("class SynthModel_Add(nn.Module)", "super(SynthModel_Add, self)", "return SynthModel_Add.width",
                    "[SynthModel_Add.of()"):  # fmt: skip
        assert changed in found


@pytest.mark.parametrize(
    ("text", "category"),
    [("x = (", "syntax"), ("x = 1", "form"), (MODEL.split("def get_inputs")[0], "form"), ("x" * 10 + "\0", "syntax")],
)
def test_what_has_not_the_form(text, category):
    found = form.formed(text, "M")
    assert isinstance(found, Drop) and found.reason == category


def test_a_name_that_is_taken_gets_a_number_and_the_same_text_its_own(tmp_path):
    program = Program("Model", MODEL, "llm", Origin("generated"))
    other = Program("Model", MODEL.replace("width = 3", "width = 4"), "llm", Origin("generated"))
    folder = Folder(tmp_path)
    first = folder.put(folder.named(program))
    again = Folder(tmp_path)  # as after a kill between the file and the record
    assert again.put(again.named(program)) == first
    second = again.put(again.named(other))
    assert (first.entry, second.entry) == ("Model", "Model_2")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Model.py", "Model_2.py"]
    assert "class Model_2(nn.Module)" in (tmp_path / "Model_2.py").read_text()


@pytest.mark.parametrize("name", ["prompts_sahan", "prompts_simon"])
def test_each_aim_of_each_prompt_can_be_asked(name):
    prompt = prompts.load(name)[name]
    for number, aim in enumerate(prompt.aims):
        sample = draw(settings(), number, {}, {name: (aim,)})
        system, user = prompt.ask(sample)
        assert system[0] == "system" and f"called `{sample.name}`" in user[1]
        assert all(operator in user[1] for operator in sample.operators)
        assert prompt.aims[aim] in user[1] and not any(each in user[1] for each in ("{{", "{name}", "{aim}"))
    assert "shape: no" in prompt.again(sample, "shape: no")[1]


def test_a_prompt_of_ones_own_and_a_broken_one(tmp_path):
    (tmp_path / "mine.toml").write_text('system="s"\nuser="called `{name}`"\nretry="{error}"\nexample="e"\n')
    assert list(prompts.load(str(tmp_path / "mine.toml"))) == ["mine"]
    (tmp_path / "bad.toml").write_text('system="s"\nuser="{nobody}"\nretry="r"\nexample="e"\n')
    with pytest.raises(Misuse, match="cannot use the prompts"):
        prompts.load(str(tmp_path / "bad.toml"))
    with pytest.raises(Misuse, match="did you mean 'prompts_simon'"):
        prompts.load("prompts_simone")


def test_parameters_as_the_write_ups_spell_them():
    words = ["num_total_samples=2000", "num_core_ops_range=[1,5]", "p_value=0.25", "verbose=true", "model_name=local"]
    wanted = settings(num_total_samples=2000, num_core_ops_range=(1, 5), p_value=0.25, verbose=True, model_name="local")
    assert settings(**parse(words, Settings)) == wanted


def test_prices_round_up_know_dated_names_and_can_be_replaced(tmp_path):
    own = prices.read()
    assert own.of("openai", "gpt-4o-mini-2024-07-18") == own.of("openai", "gpt-4o-mini")
    assert own.of("gemini", "models/gemini-2.5-flash") is not None and own.of("openai", "gpt-99") is None
    assert prices.Price(0.15, 0.6, "").cost(1_000_000, 1_000_000) == 750_000_000
    assert prices.Price(0.0001, 0.0, "").cost(1, 0) == 1
    (tmp_path / "p.toml").write_text('date="now"\n[custom]\n"*" = [1.0, 2.0]\n')
    assert prices.read(tmp_path / "p.toml").of("custom", "mine").date == "now"
    (tmp_path / "p.toml").write_text("[custom]\nx = [1.0]\n")
    with pytest.raises(Misuse, match="cannot read the prices"):
        prices.read(tmp_path / "p.toml")


def test_keys_come_from_the_dotenv_and_go_nowhere(tmp_path, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / ".env").write_text('# a comment\nexport OPENAI_API_KEY="sk-a#b"\nOTHER=1 # more\nnothing\n')
    assert endpoints.read_env(tmp_path / ".env") == {"OPENAI_API_KEY": "sk-a#b", "OTHER": "1"}
    found = endpoints.endpoint("openai", environment=endpoints.environment(tmp_path))
    assert found.key == "sk-a#b" and "sk-a#b" not in repr(found)
    with pytest.raises(TypeError, match="no other process"):
        pickle.dumps(found)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-outside")
    assert endpoints.endpoint("openai", environment=endpoints.environment(tmp_path)).key == "sk-outside"
