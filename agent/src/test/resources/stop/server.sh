#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A server with one worker, in the folder $1: writes down who gets which signal. $2 is how it takes SIGTERM:
# "obeys", "leaves" its worker behind, "ignores", or "kills-itself" after it.
dir=$1
sh -c 'trap "echo worker >> \"$1/signals\"; exit 0" TERM; : > "$1/worker-ready"; while :; do sleep 0.05; done' worker "$dir" &
worker=$!
echo $worker > "$dir/worker.pid"
term() {
    echo main >> "$dir/signals"
    case $2 in
        obeys) kill -9 $worker; exit 0 ;;
        leaves) exit 0 ;;
        kills-itself) kill -9 $worker; kill -9 $$ ;;
    esac
}
trap 'term x '"$2" TERM
while [ ! -f "$dir/worker-ready" ]; do sleep 0.02; done
echo $$ > "$dir/main.pid"
while :; do sleep 0.05; done
