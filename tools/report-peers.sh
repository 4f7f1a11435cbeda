#!/usr/bin/env bash
# Reads reports with programs that are not ours, for the tests of crates/library.
#
#   tools/report-peers.sh DIRECTORY focus DATASET FILE
#   tools/report-peers.sh DIRECTORY calendar FILE
#   tools/report-peers.sh DIRECTORY workbook FILE
#   tools/report-peers.sh DIRECTORY pdf FILE
#
# `focus` prints what focus-data-toolkit finds wrong in a FOCUS 1.4 dataset, a line each.
# `calendar` prints the summary of each event as icalendar reads it, `workbook` the names of the sheets as openpyxl
# does, `pdf` the number of pages as pypdf does.
# They are installed once, below DIRECTORY. What cannot be installed is said, and the exit code is 69.
set -euo pipefail
directory=${1:?a directory} what=${2:?focus, calendar, workbook or pdf}
venv=$directory/report-peers-1

unavailable() { echo "report-peers: $1" >&2 && exit 69; }

install() {
  [ -f "$venv/installed" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" >/dev/null 2>&1 || unavailable "python3 cannot make an environment"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
    focus-data-toolkit==0.14.1 icalendar==7.3.0 openpyxl==3.1.5 pypdf==7.1.0 \
    >/dev/null 2>&1 || unavailable "pip cannot install the readers"
  touch "$venv/installed"
}

command -v python3 >/dev/null || unavailable "there is no python3"
command -v flock >/dev/null || unavailable "there is no flock"
mkdir -p "$directory"
(flock 9 && install) 9>"$directory/report-peers.lock"

case $what in
  # It ends with 1 when it finds something, which is an answer.
  focus) { "$venv/bin/focus-toolkit" validate --dataset "${3:?a dataset}" "${4:?a file}" || true; } | tr -d '\r' ;;
  calendar) "$venv/bin/python" -c '
import icalendar, sys
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read())
for event in calendar.walk("VEVENT"):
    print(event.decoded("DTSTART"), event["SUMMARY"])' "${3:?a file}" ;;
  workbook) "$venv/bin/python" -c '
import openpyxl, sys
for sheet in openpyxl.load_workbook(sys.argv[1]): print(sheet.title)' "${3:?a file}" ;;
  pdf) "$venv/bin/python" -c '
import pypdf, sys
print(len(pypdf.PdfReader(sys.argv[1]).pages))' "${3:?a file}" ;;
  *) unavailable "there is no $what" ;;
esac
