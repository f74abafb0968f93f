"""Door: graphs of tensor operators inside a FLOP window. See --help."""

import sys

try:
    from triton_data.commands.doors.door import open_door
except ModuleNotFoundError as missing:
    print(f"gen.py: {missing}; run `make venv` once, then use .venv/bin/python", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__":
    open_door("generator/gen.py")
