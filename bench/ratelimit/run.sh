#!/bin/bash
# Rate-limit checks per second, and what one costs: Millrace beside a bare Vert.x server that runs the same script, in turn
# and in the same run. Ratios count, seconds don't. Needs: the packaged application (./mvnw package), wrk, a redis-server.
#
#   bench/ratelimit/run.sh [native-executable]
#
# Environment: ALGORITHM (fixed-window), LIMIT (10000), and that of bench/common.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
source bench/common.sh
algorithm=${ALGORITHM:-fixed-window}

start_redis
start_app ratelimit,admin "${1:-}"
script=src/main/resources/lua/ratelimit/check-N.lua
start_bare bench/ratelimit/BareLimiter.java $bare_port $redis_port 1 $script; one=$bare_pid
start_bare bench/ratelimit/BareLimiter.java $((bare_port + 1)) $redis_port "$cores" $script; all=$bare_pid

curl -sf -o /dev/null -X PUT "http://127.0.0.1:$app_port/v1/ratelimit/policies/$algorithm" \
  -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
  -d "{\"algorithm\":\"$algorithm\",\"limit\":${LIMIT:-10000},\"window\":\"1m\"}"

echo "$algorithm, $connections connections, 1,000 identifiers, $rounds rounds of $seconds s, $cores cores, $(java -version 2>&1 | head -1)"
lua=bench/ratelimit/load.lua
sides() { # seconds
  load 'bare (1 loop)' "$one" $bare_port $lua "$1" "$algorithm"
  load "bare ($cores loops)" "$all" $((bare_port + 1)) $lua "$1" "$algorithm"
  load millrace "$app_pid" $app_port $lua "$1" "$algorithm" "$key"
}
sides "${WARMUP:-8}" >/dev/null
: >"$work/rows"
header side
for _ in $(seq "$rounds"); do sides "$seconds"; done
ratios
