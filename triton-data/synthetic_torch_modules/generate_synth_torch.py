"""Door: PyTorch modules written by a language model. See --help."""

import sys

try:
    from triton_data.commands.doors.door import open_door
except ModuleNotFoundError as missing:
    print(
        f"generate_synth_torch.py: {missing}; run `make venv` once, then use .venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(2)

if __name__ == "__main__":
    open_door("synthetic_torch_modules/generate_synth_torch.py")
