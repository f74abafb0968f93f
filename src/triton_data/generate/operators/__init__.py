"""The one table of operators. `table()` has all by name, `family()` those of one family; see docs/generate.md."""

from triton_data.generate.operators.table import ask as ask
from triton_data.generate.operators.table import families as families
from triton_data.generate.operators.table import family as family
from triton_data.generate.operators.table import make as make
from triton_data.generate.operators.table import operator as operator
from triton_data.generate.operators.table import table as table
