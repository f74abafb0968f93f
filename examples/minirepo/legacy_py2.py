# Broken on purpose: Python 2, as much old code still is. Extraction must count it and go on.
import torch.nn as nn


class OldNet(nn.Module):
    def forward(self, x):
        print "forward", x.size()
        return x
