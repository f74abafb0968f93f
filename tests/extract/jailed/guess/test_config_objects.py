"""Settings and facts that a constructor asks for by name are answered, and written as plain Python."""

import ast

import pytest

from tests.extract.jailed.search.test_search import NN, found, little_patience, ran  # noqa: F401 - a fixture
from triton_data.extract.jailed.clues.accesses import Questions
from triton_data.records import Program

ENCODER = """class Base(nn.Module):
    def __init__(self, settings, facts):
        super().__init__()
        self.words = facts.count(settings["word_field"])


class Encoder(Base):
    def __init__(self, settings, facts):
        super().__init__(settings, facts)
        model = settings["model"]
        self.embed = nn.Embedding(self.words, model["hidden_size"])
        self.act = {"relu": torch.relu, "tanh": torch.tanh}[model["hidden_act"]]
        self.settings = settings

    def forward(self, words, words_len):
        assert self.settings["max_length"] > words.shape[1] and bool((words_len > 0).all())
        x = self.act(self.embed(words))
        return x[torch.arange(len(x)), words_len - 1]
"""


def test_settings_by_key_and_facts_by_method():
    program = found(NN + ENCODER, "Encoder")
    assert isinstance(program, Program)
    assert "'model': {'hidden_size': 64, 'hidden_act': 'relu'}" in program.text, (
        "nested, and asked for what the code compares"
    )
    assert "'max_length'" in program.text, "only forward asks for it"
    assert "types.SimpleNamespace(count=lambda *_, **__:" in program.text
    assert ran(program) == "(2, 64)"


def test_settings_by_attribute_inside_others():
    program = found(NN + """class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.project = nn.Linear(cfg.MODEL.WIDTH, getattr(cfg, "out_features"))
        self.norm = nn.GroupNorm(*cfg.MODEL.GROUPED)

    def forward(self, x):
        return self.norm(self.project(x))
""", "Net")  # fmt: skip
    assert isinstance(program, Program)
    assert "MODEL=types.SimpleNamespace(" in program.text
    assert "[" in program.text.split("GROUPED=")[1][:2], "a setting is varied as a parameter is"
    assert ran(program).startswith("(2, ")


def test_settings_asked_for_in_both_ways():
    program = found(NN + """class Both(nn.Module):
    def __init__(self, hparams):
        super().__init__()
        self.layer = nn.Linear(hparams["width"], hparams.out_width)
        self.scale = hparams.get("scale", 3)

    def forward(self, x):
        return self.layer(x) * self.scale
""", "Both")  # fmt: skip
    assert isinstance(program, Program)
    assert "scale" not in program.text.split("def get_init_inputs")[1], "the default is the code's"
    assert ran(program).endswith("64)")


@pytest.mark.parametrize("code", ["x.shape[0] + x.weight", "names['a'].upper() + x[0]", "x.size(1)"])
def test_what_tensors_layers_and_strings_answer_is_no_question(code):
    assert not Questions.read(ast.parse(code)).asked("x")


def test_a_name_that_holds_what_another_held():
    questions = Questions.read(ast.parse("part = config['part']\nwidth = part.own_width\nself.config.later\n"))
    assert questions.asked("part") and questions.by_key("config") and not questions.asked("width")
    assert list(questions.later("config")) == [("later", False)]


def test_a_loss_that_is_called_without_forward():
    program = found(NN + """class Distance(nn.Module):
    def __call__(self, first, second, weight=None):
        return (first - second).abs().mean()
""", "Distance")  # fmt: skip
    assert isinstance(program, Program)
    assert ran(program) == "()"


def test_a_name_that_only_a_guess_asked_for_is_no_argument():
    program = found(NN + """class Pair(nn.Module):
    def __init__(self, facts):
        super().__init__()
        self.layer = nn.Linear(facts.size_of("words"), facts.size_of("labels"))
        self.table = nn.Embedding(*facts.table_shape)

    def forward(self, x):
        return self.layer(x) + self.table.weight.mean()
""", "Pair")  # fmt: skip
    assert isinstance(program, Program)
    assert "table_shape=" in program.text


def test_a_part_that_is_called_and_asked_for_its_width():
    program = found(NN + """class Wrapper(nn.Module):
    def __init__(self, core: nn.Module):
        super().__init__()
        assert isinstance(core, nn.Module)
        self.core = core
        self.inside = nn.Linear(24, core.inner_width)

    def forward(self, x):
        x, state = self.core(self.inside(x), mask=None, scale=self.core.scale_factor)
        return x if state is None else state
""", "Wrapper")  # fmt: skip
    assert isinstance(program, Program)
    assert "'inner_width': 64" in program.text and "'scale_factor':" in program.text
    assert "(x, None,)" in program.text, "a batch of two is not taken for two results"
    assert ran(program) == "(2, 16, 64)"


def test_a_part_that_is_called_with_more_than_one_argument():
    program = found(NN + """class Layer(nn.Module):
    def __init__(self, attention, dim=32):
        super().__init__()
        self.attention, self.out = attention, nn.Linear(dim, dim)

    def forward(self, x):
        return self.out(self.attention(x, x, x, attn_mask=None))
""", "Layer")  # fmt: skip
    assert isinstance(program, Program)
    assert ran(program) == "(2, 16, 32)"


RECORDS = """from typing import NamedTuple


class WordFeature(NamedTuple):
    name: str
    vocabulary_size: int
    width: int = 8


class Embeddings(nn.Module):
    def __init__(self, feature_columns%s, num_layers):
        super().__init__()
        words = [each for each in feature_columns if isinstance(each, WordFeature)]
        self.tables = nn.ModuleList([nn.Embedding(each.vocabulary_size, each.width) for each in words])
        self.layers = nn.ModuleList([nn.Linear(words[0].width, words[0].width) for _ in range(num_layers)])

    def forward(self, x):
        x = sum(table(x) for table in self.tables)
        for layer in self.layers:
            x = layer(x)
        return x
"""


@pytest.mark.parametrize("annotation", ["", ": list[WordFeature]"])
def test_lists_of_records_that_the_code_names(annotation):
    program = found(NN + RECORDS % annotation, "Embeddings")
    assert isinstance(program, Program)
    assert "[WordFeature(name=" in program.text and '"num_layers": 2' in program.text
    assert ran(program) == "(2, 16, 8)"
