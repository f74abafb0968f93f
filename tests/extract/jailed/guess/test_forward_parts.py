"""Arguments that are looked into: dictionaries, objects with tensors, graphs."""

import inspect

from tests.extract.jailed.search.test_search import NN, found, little_patience, ran  # noqa: F401 - a fixture
from triton_data.extract.jailed.guess.forward_parts import names_of
from triton_data.extract.jailed.spec import INT, Spec, written
from triton_data.records import Program


def test_a_dictionary_of_tensors():
    program = found(NN + """class Fused(nn.Module):
    def __init__(self, dim=48):
        super().__init__()
        self.embed, self.project = nn.Embedding(30, dim), nn.Linear(dim, dim)

    def forward(self, batch, scale):
        return (self.embed(batch["words"]) + self.project(batch["context"])) * scale
""", "Fused")  # fmt: skip
    assert isinstance(program, Program)
    assert "{'words': torch.randint(0, 30, (" in program.text and "'context': torch.randn(2, 16, 48)}" in program.text
    assert ran(program, "tuple(model(*given).shape)") == "(2, 16, 48)"


def test_an_object_with_the_nodes_and_edges_of_a_graph():
    program = found(NN + """class Neighbours(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.project = nn.Linear(in_channels, out_channels)

    def forward(self, data):
        source, target = data.edge_index
        out = torch.zeros(data.x.size(0), self.project.out_features)
        return out.index_add(0, target, self.project(data.x)[source] * data.edge_weight[:, None])
""", "Neighbours")  # fmt: skip
    assert isinstance(program, Program)
    assert "edge_index=torch.randint(0, 16, (2, 32))" in program.text
    assert ran(program) == "(16, 64)"


def test_parts_are_written_where_they_belong():
    specs = (Spec((2,)), Spec((2, 3), owner="data.", part="x"), Spec((4,), INT, owner="data.", part="y"), Spec((5,)))
    assert written(specs) == [
        "torch.randn(2)",
        "types.SimpleNamespace(x=torch.randn(2, 3), y=torch.randint(0, 10, (4,)))",
        "torch.randn(5)",
    ]
    assert written([Spec((2,), owner="given[]", part="a-b", keyword="given")]) == ["given={'a-b': torch.randn(2)}"]
    known = list(inspect.signature(lambda first, data, last: None).parameters.values())
    assert names_of(specs, known) == ["first", "x", "y", "last"]
