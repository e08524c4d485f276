#!/bin/bash
# What one decision costs Redis, per algorithm: CPU µs of redis-server per call of the script, median of some rounds, and the
# memory of one identifier. Needs redis-server, redis-cli and redis-benchmark. Environment: ROUNDS (5), CALLS (200000),
# LIMIT (1000), WINDOW ms (60000), IDENTIFIERS (1000), REDIS_SERVER.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${ROUNDS:-5} calls=${CALLS:-200000} limit=${LIMIT:-1000} window=${WINDOW:-60000} identifiers=${IDENTIFIERS:-1000}
port=16391
"${REDIS_SERVER:-redis-server}" --port $port --bind 127.0.0.1 --save '' --appendonly no >/dev/null & pid=$!
trap 'kill $pid 2>/dev/null; wait' EXIT
until redis-cli -p $port ping >/dev/null 2>&1; do sleep 0.1; done
sha=$(redis-cli -p $port -x script load <src/main/resources/lua/ratelimit/check-N.lua)
ticks() { awk '{print $14+$15}' /proc/$pid/stat; }
arguments() { echo 0 "$1" "$limit" "$window" "$limit" 1 0 0 1; }
one() { # algorithm
  local before after
  before=$(ticks)
  redis-benchmark -q -p $port -c 50 -n "$calls" -r "$identifiers" EVALSHA "$sha" 1 "mr:{main:rl:bench/user-__rand_int__}:$1" $(arguments "$1") >/dev/null
  after=$(ticks)
  awk -v t=$((after - before)) -v n="$calls" 'BEGIN{printf "%.2f\n", t * 1e4 / n}'
}
algorithms='token-bucket sliding-window sliding-window-counter fixed-window'
declare -A figures
for _ in $(seq "$rounds"); do
  for a in $algorithms; do redis-cli -p $port flushall >/dev/null; figures[$a]+="$(one "$a") "; done
done
median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{v[NR]=$1} END{print v[int((NR+1)/2)]}'; }
base=$(median "${figures[token-bucket]}")
printf '%-24s %10s %8s %18s\n' algorithm 'CPU us' 'x GCRA' 'bytes at 1 / full'
for a in $algorithms; do
  m=$(median "${figures[$a]}")
  key="mr:{main:rl:bench/a-name-of-28-characters-here}:x"
  redis-cli -p $port flushall >/dev/null
  redis-cli -p $port evalsha "$sha" 1 "$key" $(arguments "$a") >/dev/null; first=$(redis-cli -p $port memory usage "$key" samples 0)
  for _ in $(seq 2 "$limit"); do echo evalsha "$sha" 1 "\"$key\"" $(arguments "$a"); done | redis-cli -p $port >/dev/null
  full=$(redis-cli -p $port memory usage "$key" samples 0)
  awk -v a="$a" -v m="$m" -v b="$base" -v f="$first" -v l="$full" 'BEGIN{printf "%-24s %10.2f %8.2f %8d / %8d\n", a, m, m / b, f, l}'
done
