#!/usr/bin/env bash
# Door: the whole pipeline, with the name and the options that the write-ups use. See --help.
exec "${PYTHON:-python3}" -c 'import sys; from triton_data.doors import run_full_pipeline; run_full_pipeline(sys.argv[1:])' "$@"
