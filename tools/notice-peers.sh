#!/usr/bin/env bash
# Runs receivers of notices that are not ours, for the tests of crates/connect and crates/faregate.
#
#   tools/notice-peers.sh DIRECTORY smtp CERTIFICATE KEY USER PASSWORD
#   tools/notice-peers.sh DIRECTORY webhook < REQUEST
#   tools/notice-peers.sh DIRECTORY card < CARD
#
# `smtp` is aiosmtpd: it demands STARTTLS and the login, unless CERTIFICATE is `-`; it prints its port, then each mail as a line of JSON.
# `webhook` verifies a request with the library standardwebhooks, in Python and in JavaScript.
# `card` parses and renders an Adaptive Card with its own library, and prints the text that a reader sees.
# They are installed once, below DIRECTORY. What cannot be installed is said, and the exit code is 69.
set -euo pipefail
directory=${1:?a directory} what=${2:?smtp, webhook or card}
here=$(cd "$(dirname "$0")" && pwd)
venv=$directory/notice-peers-1 node=$directory/notice-peers-node-1

unavailable() { echo "notice-peers: $1" >&2 && exit 69; }

install_python() {
  [ -f "$venv/installed" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" >/dev/null 2>&1 || unavailable "python3 cannot make an environment"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
    aiosmtpd==1.4.6 standardwebhooks==1.1.0 \
    >/dev/null 2>&1 || unavailable "pip cannot install aiosmtpd and standardwebhooks"
  touch "$venv/installed"
}

install_node() {
  [ -f "$node/installed" ] && return
  rm -rf "$node" && mkdir -p "$node"
  (cd "$node" && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund \
    adaptivecards@3.0.5 jsdom@26.1.0 standardwebhooks@1.0.0) \
    >/dev/null 2>&1 || unavailable "npm cannot install adaptivecards, jsdom and standardwebhooks"
  touch "$node/installed"
}

python_ready() {
  command -v python3 >/dev/null || unavailable "there is no python3"
  (flock 9 && install_python) 9>"$directory/notice-peers.lock"
}

node_ready() {
  command -v npm >/dev/null || unavailable "there is no npm"
  (flock 9 && install_node) 9>"$directory/notice-peers-node.lock"
}

command -v flock >/dev/null || unavailable "there is no flock"
mkdir -p "$directory"
case $what in
smtp)
  python_ready
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  exec "$venv/bin/python" "$here/notice-peers.py" smtp "$port" "${@:3}"
  ;;
webhook)
  python_ready && node_ready
  request=$(cat)
  "$venv/bin/python" "$here/notice-peers.py" webhook <<<"$request"
  cd "$node" && node -e '
    const { Webhook } = require("standardwebhooks");
    const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
    new Webhook(asked.secret).verify(asked.body, asked.headers);
    console.log("verified");' <<<"$request"
  ;;
card)
  node_ready
  card=$(cat)
  cd "$node" && node -e '
    const { JSDOM } = require("jsdom");
    const { window } = new JSDOM("<!DOCTYPE html>");
    global.window = window;
    for (const name of Object.getOwnPropertyNames(window).filter((name) => /^(document|HTML.*)$/.test(name))) global[name] = window[name];
    const cards = require("./node_modules/adaptivecards/dist/adaptivecards.js");
    const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
    cards.AdaptiveCard.onProcessMarkdown = (text, result) => {
      result.outputHtml = text.replace(/\\(.)/g, "$1").replace(/[&<>]/g, (sign) => signs[sign]);
      result.didProcess = true;
    };
    const context = new cards.SerializationContext();
    const card = new cards.AdaptiveCard();
    card.parse(JSON.parse(require("fs").readFileSync(0, "utf8")), context);
    const validated = card.validateProperties();
    const problems = validated.validationEvents.map((event) => event.message);
    for (let at = 0; at < context.eventCount; at++) problems.push(context.getEventAt(at).message);
    const shown = card.render();
    console.log(JSON.stringify({ problems, text: shown ? shown.textContent : null, actions: card.getActionCount() }));' <<<"$card"
  ;;
*) unavailable "nobody knows $what" ;;
esac
