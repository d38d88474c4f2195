#!/usr/bin/env bash
# Review REVIEW_PATH with REVIEW_ARGS, each one a line, by the reviewer in BIN. Findings do not fail this step: they are
# to be reported first. (Without mapfile: the bash of macOS is 3.2.)
set -euo pipefail

arguments=()
split() { # the lines of $1 that are not blank
  local line
  arguments=()
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "${line//[[:blank:]]/}" ] || arguments+=("$line")
  done <<<"$1"
}

split "$REVIEW_ARGS"
more=(${arguments[@]+"${arguments[@]}"})
split "$REVIEW_PATH"
paths=(${arguments[@]+"${arguments[@]}"})
reports=$(mktemp -d "$RUNNER_TEMP/lambda-review-XXXXXX")

status=0
"$BIN/lambda-review" check ${REVIEW_FAIL_ON:+--fail-on "$REVIEW_FAIL_ON"} \
  --format sarif --output "$reports/lambda-review.sarif" \
  --format html --output "$reports/lambda-review.html" \
  --format text --output "$reports/lambda-review.txt" \
  ${more[@]+"${more[@]}"} -- ${paths[@]+"${paths[@]}"} || status=$?
[ -f "$reports/lambda-review.sarif" ] || exit 2

# a graph is for the eye: a summary without one is better than none
"$BIN/lambda-review" graph --output "$reports/lambda-review.mmd" -- "${paths[@]}" || true

{
  echo "status=$status"
  echo "reports=$reports"
  echo "sarif-file=$reports/lambda-review.sarif"
  echo "html-file=$reports/lambda-review.html"
} >>"$GITHUB_OUTPUT"
