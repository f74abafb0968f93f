"""Door: every @triton.jit function under some folders as a training file. See --help."""

import sys

try:
    from triton_data.commands.doors.door import open_door
except ModuleNotFoundError as missing:
    print(f"create_json.py: {missing}; run `make venv` once, then use .venv/bin/python", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__":
    open_door("create_json.py")
