#!/usr/bin/env bash
# Install lambda-review from the checkout of the action into an environment of its own, beside the job's Python.
# With -I, no module of the folder under review is imported in place of Python's own.
set -euo pipefail

room=$RUNNER_TEMP/lambda-review
"$PYTHON" -I -m venv "$room"
bin=$room/bin
[ -d "$bin" ] || bin=$room/Scripts # Windows
"$bin/python" -I -m pip install --quiet "$GITHUB_ACTION_PATH"
echo "bin=$bin" >>"$GITHUB_OUTPUT"
