import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, temperature=2.0):
        super().__init__()
        self.t = temperature

    def forward(self, student, teacher):
        s = torch.log_softmax(student / self.t, dim=-1)
        p = torch.log_softmax(teacher / self.t, dim=-1)
        return nn.functional.kl_div(s, p, reduction="batchmean", log_target=True) * self.t**2


def get_inputs():
    return [torch.randn(16, 60), torch.randn(16, 60)]


def get_init_inputs():
    return [2.0]
