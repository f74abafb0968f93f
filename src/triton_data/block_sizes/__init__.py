"""Which block sizes a matrix product or a convolution gets: a table of what was measured, and a rule for the rest."""

from triton_data.block_sizes.choosing import Blocks as Blocks
from triton_data.block_sizes.choosing import Problem as Problem
from triton_data.block_sizes.choosing import by_rule as by_rule
from triton_data.block_sizes.choosing import neighbours as neighbours
from triton_data.block_sizes.choosing import ranked as ranked
from triton_data.block_sizes.choosing import wanted as wanted
