#!/usr/bin/env bash
# Show the findings of the log SARIF as comments, by the reviewer in BIN, where COMMENT is "true" and the job is one of a
# pull request. Findings do not fail this step: the verdict comes behind it.
set -euo pipefail

[ "$COMMENT" = true ] || exit 0
case $GITHUB_REF in
refs/pull/*) ;;
*) exit 0 ;;
esac

status=0
"$BIN/lambda-review" comment --from "$SARIF" || status=$?
[ "$status" -le 1 ]
