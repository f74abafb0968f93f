"""A suite's models as Programs: the text imports the package and builds the model from its configuration.

Enters: a suite's name, a regular expression, a limit. Leaves: Programs that stand alone beside timm or transformers,
at benchmark size, so that a capture takes them on fake tensors. Not covered: trained weights, tokenizers, datasets.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator

from triton_data.capture.suites.models import EXTRA, SUITES, SuiteModel
from triton_data.errors import MissingExtra, Misuse, closest
from triton_data.records import Origin, Program

_TIMM = """import timm
import torch


class {entry}(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = timm.create_model("{name}", pretrained=False)

    def forward(self, x):
        return self.model(x)


def get_inputs():
    return [torch.randn({batch}, 3, {size}, {size})]


def get_init_inputs():
    return []
"""

_HUGGINGFACE = """import torch
import transformers

CONFIG = transformers.{kind}Config()


class {entry}(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = transformers.{kind}{head}(CONFIG)

    def forward(self, tokens):
        return self.model(tokens{decoder})[0]


def get_inputs():
    return [torch.randint(0, CONFIG.vocab_size, ({batch}, {size}))]


def get_init_inputs():
    return []
"""


def suite_programs(suite: str, models: str = "", limit: int | None = None) -> Iterator[Program]:
    if suite not in SUITES:
        raise Misuse(f"no suite {suite!r}{closest(suite, SUITES)}")
    if importlib.util.find_spec(EXTRA[suite]) is None:
        raise MissingExtra("suites", f"--suite {suite}")
    chosen = [model for name, model in SUITES[suite].items() if re.search(models, name)]
    for model in chosen[:limit]:
        yield _timm(model) if suite == "timm" else _huggingface(model)


def _timm(model: SuiteModel) -> Program:
    entry = _entry(model.name)
    text = _TIMM.format(entry=entry, name=model.name, batch=model.batch, size=model.size)
    return Program(entry, text, "given", Origin("suite", "timm", path=model.name))


def _huggingface(model: SuiteModel) -> Program:
    kind, _, head = model.name.partition(":")
    head = head if head == "LMHeadModel" else f"For{head}"
    decoder = ", decoder_input_ids=tokens" if head == "ForConditionalGeneration" else ""
    entry = _entry(f"{kind}{head}")
    text = _HUGGINGFACE.format(entry=entry, kind=kind, head=head, batch=model.batch, size=model.size, decoder=decoder)
    return Program(entry, text, "given", Origin("suite", "transformers", path=model.name))


def _entry(name: str) -> str:
    return "Suite_" + re.sub(r"\W", "_", name)
