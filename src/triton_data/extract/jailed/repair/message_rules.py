"""Which rule reads which error message: torch's, einops' and Python's own words.

In: nothing. Out: `RULES`, pattern and rule, the most telling first.
Not covered: what the rules do (shape_rules.py and the other modules of rules).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from triton_data.extract.jailed.repair.length_rules import frames, larger
from triton_data.extract.jailed.repair.non_tensor_rules import number, switch, weights
from triton_data.extract.jailed.repair.reshape_rules import reshape
from triton_data.extract.jailed.repair.shape_rules import (
    alike,
    attribute,
    axis,
    channels,
    deeper,
    einops,
    kind,
    linear,
    lower_high,
    match,
    normalized,
    rank,
    several,
    single,
    spatial_target,
    target,
    unpack,
)
from triton_data.extract.jailed.repair.spec_changes import FailedCall
from triton_data.extract.jailed.repair.stated_shape_rules import stated
from triton_data.extract.jailed.spec import BOOL, COMPLEX, FLOAT, INT, Specs

RULES: tuple[tuple[str, Callable[[re.Match[str], FailedCall, Specs], Iterator[Specs]]], ...] = (
    (r"(?i:expected|must have|should have) (?:\w+ )?shape:? *[\[(](?P<want>[\w'\"*]+(?:, *[\w'\"]+)+)[\])]", stated),
    (r"\b(?P<want>[A-Z](?:x(?:[A-Z]|\d+)){1,5})\b(?!.*\b[A-Z](?:x(?:[A-Z]|\d+))+\b)", stated),
    (r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x\d+\)", linear),
    (r"size mismatch, got input \(\d+\), mat \((\d+)x(\d+)\), vec \((\d+)\)", linear),
    (r"to have (?P<want>\d+) channels, but got (?P<have>\d+) channels", channels),
    (r"running_mean should contain (?P<have>\d+) elements not (?P<want>\d+)", channels),
    (r"Expected number of channels in input to be divisible by num_groups.*?shape \[\d+, (?P<have>\d+)[^]]*\] and "
     r"num_groups=(?P<want>\d+)", channels),
    (r"weight of shape \[(?P<want>\d+)\] and input of shape \[\d+, (?P<have>\d+)", channels),
    (r"weight to be a vector of size equal to the number of channels in input, but got weight of "
     r"shape \[(?P<want>\d+)\] and input of shape \[\d+, (?P<have>\d+)", channels),
    (r"input\.size\(-1\) must be equal to input_size\. Expected (?P<want>\d+), got (?P<have>\d+)", channels),
    (r"embedding dimension of (?P<want>\d+), but got (?P<have>\d+)", channels),
    (r"Expected (\d)D \(unbatched\) or (\d)D \(batched\) input", rank),
    (r"[Ee]xpected (\d)D(?: or (\d)D)? (?:input|tensor|or)", rank),
    (r"expected (\d)D or (\d)D input", rank),
    (r"LSTM: Expected input to be (\d)D or (\d)D|RNN: Expected input to be (\d)D or (\d)D", rank),
    (r"query should be unbatched (\d)D or batched (\d)D", rank),
    (r"input must have (\d) dimensions", rank),
    (r"[Ee]xpected (\d) dimensions|must be (\d)-?[dD]|has to be (\d)-?[dD]|should be (\d)-?[dD]", rank),
    (r"batch1 must be a (\d)D tensor|must be a (\d)D tensor", rank),
    (r"can be converted to an index|slice indices must be integers|must be tuple of ints|"
     r"(arange|zeros|ones|empty|full|randn?)\(\) received an invalid combination of arguments - got \(\(?\w*,? ?Tensor",
     number),
    (r"Boolean value of Tensor with more than one value is ambiguous", switch),
    (r"mat2 must be a matrix|t\(\) expects a tensor with <= 2 dimensions", weights),
    (r"not enough values to unpack \(expected (\d+)", unpack),
    (r"too many values to unpack \(expected (\d+)", unpack),
    (r"Dimension out of range|tuple index out of range|Dimension specified as|too many indices|"
     r"number of dims don't match|dimensions? .* must|permute\(sparse_coo\)|is not equal to len\(dims\)|"
     r"repeat dims can not be smaller|"
     r"IndexError: ", deeper),
    (r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)", match),
    (r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\)", match),
    (r"Expected size (\d+) but got size (\d+)", match),
    (r"[Ee]xpected .*?size.*?\[\d+, (\d+)\].*?\[\d+, (\d+)\]", match),
    (r"batch_size \((\d+)\) to match target batch_size \((\d+)\)", match),
    (r"size (\d+) .*? match .*? (\d+)", match),
    (r"at dimension (?P<axis>\d+): expected (?P<want>\d+), (got|but got) \d+", axis),
    (r"normalized_shape=(\[.*?\]).*?got input of size(\[.*?\])", normalized),
    (r"scalar types: Long|to have one of the following scalar types|indices must be|used as indices|scalar type Long|"
     r"expected scalar type Int|expected Long|dtype (int32/)?int64|Expected object of scalar type Long|one_hot is only|"
     r"be Long|index tensor|Expected tensor for argument #\d 'target'|expect(ed)? an? .*long", kind(INT)),
    (r"not implemented for '(Long|Int)'|must be .*?float|Only Tensors of floating point|expected .*?Float|"
     r"should be the same|must have the same dtype|floating.point", kind(FLOAT)),
    (r"'Bool'|[Bb]ool(ean)? (tensor|mask)|BoolTensor|mask must|only supported on boolean|'~'|bitwise_not", kind(BOOL)),
    (r"index out of range in self|out of bounds|Class values must be|Target \d+ is out", lower_high),
    (r"expected 0 < n_fft < (?P<have>\d+), but got n_fft=(?P<want>\d+)", frames),
    (r"padding \((?P<want>\d+), \d+\) at dimension \d+ of input \[(\d+, )*(?P<have>\d+)\]", frames),
    (r"[Kk]ernel size can't be greater|Output size is too small|smaller than kernel|"
     r"Padding size should be less|"
     r"non-?zero size|[Ee]xpected more than 1 (value|spatial)|maximum size for tensor|"
     r"exceeds dimension size|negative dimension|too small|non-empty|must be greater|"
     r"Trying to create tensor with negative|sizes should be greater than 0|other non-zero dimensions|"
     r"must be at least", larger),
    (r"shape '.*?' is invalid for input of size|view size is not compatible|cannot reshape|"
     r"is not divisible|must be divisible|unflatten|split_with_sizes|split_size|invalid for input", reshape),
    (r'pattern "(.*?)"\.(.*)', einops),
    (r"(imag|real|angle|view_as_real).*complex|requires? a complex|complex-valued|complex tensor", kind(COMPLEX)),
    (r"is torch.Size\(\[(\d+).*?should be \((\d+)", match),
    (r"(?i:length|len)\W+(\d+)\b.{0,60}(?:match|smaller|less|exceed|longer|greater|larger|at most)\D{0,60}(\d+)",
     match),
    (r"Expected target size \[([\d, ]+)\]", target),
    (r"only batches of spatial targets supported", spatial_target),
    (r"must be (a )?(tuple|list) of Tensors, not Tensor|(needs to|must|should) be a (list|tuple)\b|"
     r"(cat|stack)\(\) received an invalid combination of arguments - got \(Tensor|zero-dimensional tensor \(at",
     several),
    (r"'list' object has no attribute '(shape|size|dim|ndim|device|dtype|view|reshape|permute|transpose)'", single),
    (r"different to the input size|must have the same (size|shape)|(sizes|shapes) .{0,40}(do not|don't) match", alike),
    # what meta tensors say instead
    (r"same reduction dim, but got \[(\d+), (\d+)\] X \[(\d+), \d+\]", linear),
    (r"normalized_shape=(\[.*?\]), expected.*?got input of size torch\.Size\((\[.*?\])\)", normalized),
    (r"'Tensor' object has no attribute '(\w+)'", attribute),
    (r"(\d)[- ]?[dD](?:imensional)? tensor", rank),
)  # fmt: skip
