#!/usr/bin/env bash
# Door: the whole pipeline, with the name and the options that the write-ups use. See --help.
exec "${PYTHON:-python3}" -c 'from triton_data.commands.doors.door import open_door; open_door("scripts/run_full_pipline.sh")' "$@"
