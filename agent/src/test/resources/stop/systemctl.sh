#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does to the server of server.sh in this folder what systemctl does to a unit, and writes down how it was called.
dir=$(dirname "$0")
echo "$*" >> "$dir/calls"
unit="$dir/units/llama.service.d/zzz-lastcall.conf"
main=$(cat "$dir/main.pid" 2>/dev/null || echo 0)
worker=$(cat "$dir/worker.pid" 2>/dev/null || echo 0)
mode=$(cat "$dir/kill-mode")
alive() { [ "$main" -gt 1 ] && [ -d "/proc/$main" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$main/status"; }
[ -f "$dir/hangs" ] && sleep 30
case $1 in
    show)
        if [ -f "$dir/unknown" ]; then
            echo LoadState=not-found; echo ActiveState=inactive; exit 0
        fi
        echo LoadState=loaded
        if alive; then
            echo ActiveState=active; echo "MainPID=$main"
        elif [ -f "$dir/restarts" ] && [ ! -f "$dir/stop-job" ]; then
            echo ActiveState=activating; echo MainPID=0
        else
            echo ActiveState=inactive; echo MainPID=0
        fi
        echo "KillMode=$mode"
        echo "TimeoutStopUSec=1min 30s"
        ;;
    daemon-reload)
        [ -f "$dir/reload-fails" ] && { echo "Failed to reload daemon: Access denied"; exit 1; }
        if [ -f "$unit" ]; then sed -n 's/^KillMode=//p' "$unit" > "$dir/kill-mode"; fi
        ;;
    stop)
        : > "$dir/stop-job"
        if alive; then
            kill -TERM "$main"
            [ "$mode" = control-group ] && kill -TERM "$worker"
        fi
        ;;
    kill)
        case $* in
            *--kill-who=main*SIGTERM*) kill -TERM "$main" ;;
            *--kill-who=all*SIGKILL*) kill -KILL "$main" "$worker" 2>/dev/null ;;
            *) exit 1 ;;
        esac
        ;;
    *) exit 1 ;;
esac
exit 0
