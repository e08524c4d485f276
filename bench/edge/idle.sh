#!/bin/bash
# Idle connections: what N of them, each with one request behind it, cost the service in memory and CPU. Needs: the packaged
# application (./mvnw package), redis-server, curl, and ulimit -n above N.
#
#   bench/edge/idle.sh [native-executable]
#
# Environment: IDLE (10000), IDLE_SECONDS (20), and that of bench/common.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
source bench/common.sh
idle=${IDLE:-10000}

start_redis
start_app admin "${1:-}"
rss() { awk '/VmRSS/{print $2}' "/proc/$app_pid/status"; }

java bench/edge/IdleConnections.java $app_port 100 </dev/null >/dev/null
before=$(rss)
mkfifo "$work/hold"
java bench/edge/IdleConnections.java $app_port "$idle" <"$work/hold" >"$work/clients.log" 2>&1 & pids+=($!)
exec 3>"$work/hold"
until grep -q '^open' "$work/clients.log"; do kill -0 $! || { cat "$work/clients.log" >&2; exit 1; }; sleep 0.2; done
ticks=$(cpu "$app_pid")
sleep "${IDLE_SECONDS:-20}"
ticks=$(($(cpu "$app_pid") - ticks))
printf '%d idle connections: %.1f KB each, CPU %.1f %% of a core, next request %s ms\n' "$idle" \
  "$(awk -v a="$(rss)" -v b="$before" -v n="$idle" 'BEGIN{print (a - b) / n}')" \
  "$(awk -v t="$ticks" -v s="${IDLE_SECONDS:-20}" 'BEGIN{print t / s}')" \
  "$(curl -s -o /dev/null -w '%{time_total}' "http://127.0.0.1:$app_port/v1/nothing" | awk '{print $1 * 1000}')"
