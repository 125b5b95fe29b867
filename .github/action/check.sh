#!/usr/bin/env bash
# Runs the check for the action: annotations in the log, SARIF in a file, Markdown in the job summary. Always succeeds, so
# that the alerts are uploaded; the last step of the action returns the verdict.
set -euo pipefail

# Blanks separate the arguments; nothing else is expanded.
read -r -a arguments <<<"$ARGUMENTS"
sarif=$RUNNER_TEMP/openclaw-check.sarif
run() { openclaw-check "$CHECKED_PATH" ${arguments[@]+"${arguments[@]}"} --color never "$@"; }

status=0
run --format github || status=$?
# Wrong usage prints no report.
if [ "$status" != 2 ]; then
  run --format sarif >"$sarif" || true
  [ "$SUMMARY" != true ] || run --format markdown >>"$GITHUB_STEP_SUMMARY" || true
fi

upload=false
if [ -s "$sarif" ]; then
  case $UPLOAD_SARIF in
  true) upload=true ;;
  # Asking for the alerts fails where code scanning is off.
  auto) ! gh api "repos/$GITHUB_REPOSITORY/code-scanning/alerts?per_page=1" >/dev/null 2>&1 || upload=true ;;
  esac
fi
{
  echo "exit-code=$status"
  echo "sarif=$sarif"
  echo "upload=$upload"
} >>"$GITHUB_OUTPUT"
