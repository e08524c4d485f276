#!/bin/bash
# Rate-limit checks per second, and what one costs: Millrace beside a bare Vert.x server that runs the same script, in turn
# and in the same run. Ratios count, seconds don't. Needs: the packaged application (./mvnw package), wrk, a redis-server.
#
#   bench/ratelimit/run.sh [native-executable]
#
# Environment: SECONDS_EACH (10), ROUNDS (3), CONNECTIONS (64), ALGORITHM (fixed-window), REDIS_SERVER (redis-server).
set -euo pipefail
cd "$(dirname "$0")/../.."

native=${1:-}
seconds=${SECONDS_EACH:-10} rounds=${ROUNDS:-3} connections=${CONNECTIONS:-64} algorithm=${ALGORITHM:-fixed-window}
redis_port=16390 bare_port=18390 bare2_port=18391 app_port=18392 management_port=18393
cores=$(nproc)
work=$(mktemp -d)
pids=()
cleanup() { kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT

"${REDIS_SERVER:-redis-server}" --port $redis_port --bind 127.0.0.1 --save '' --appendonly no >"$work/redis.log" & pids+=($!)
redis_pid=$!

secret=$(head -c 24 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
export MILLRACE_AUTH_KEYS_BENCH_SHA256=$(printf %s "$secret" | sha256sum | cut -d' ' -f1)
export MILLRACE_AUTH_KEYS_BENCH_SCOPES=ratelimit,admin
options=(-Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port=$app_port -Dquarkus.management.port=$management_port)
export REDIS_HOST=127.0.0.1 REDIS_PORT=$redis_port
if [ -n "$native" ]; then
  "$native" "${options[@]}" >"$work/app.log" & pids+=($!); app_pid=$!
else
  java ${JAVA_OPTS:-} "${options[@]}" -jar target/quarkus-app/quarkus-run.jar >"$work/app.log" & pids+=($!); app_pid=$!
fi

libraries=$(printf '%s:' target/quarkus-app/lib/main/*.jar)
javac -cp "$libraries" -d "$work" bench/ratelimit/BareServer.java
script=src/main/resources/lua/ratelimit/check-N.lua
java -cp "$work:$libraries" BareServer $bare_port $redis_port $script 1 >"$work/bare.log" 2>&1 & pids+=($!); bare_pid=$!
java -cp "$work:$libraries" BareServer $bare2_port $redis_port $script "$cores" >"$work/bare2.log" 2>&1 & pids+=($!); bare2_pid=$!

await() { for _ in $(seq 120); do curl -s -o /dev/null "$1" && return; sleep 0.25; done; echo "$1 does not answer" >&2; cat "$work"/*.log >&2; exit 1; }
await "http://127.0.0.1:$app_port/"; await "http://127.0.0.1:$bare_port/a/b"; await "http://127.0.0.1:$bare2_port/a/b"

curl -sf -o /dev/null -X PUT "http://127.0.0.1:$app_port/v1/ratelimit/policies/$algorithm" \
  -H "Authorization: Bearer mr_bench_$secret" -H 'Content-Type: application/json' \
  -d "{\"algorithm\":\"$algorithm\",\"limit\":${LIMIT:-10000},\"window\":\"1m\"}"

cpu() { awk '{print $14+$15}' "/proc/$1/stat"; }         # in ticks of 10 ms
load() { # name pid port [token]
  local before after redis_before redis_after
  before=$(cpu "$2"); redis_before=$(cpu $redis_pid)
  wrk -t1 -c"$connections" -d"${5:-$seconds}s" --latency -s bench/ratelimit/load.lua "http://127.0.0.1:$3" -- "$algorithm" ${4:-} >"$work/wrk.out"
  after=$(cpu "$2"); redis_after=$(cpu $redis_pid)
  read -r _ requests micros p50 p99 non2xx errors < <(grep RESULT "$work/wrk.out")
  awk -v n="$1" -v r="$requests" -v us="$micros" -v p50="$p50" -v p99="$p99" -v c=$((after-before)) -v rc=$((redis_after-redis_before)) \
    -v rss="$(awk '/VmRSS/{print $2/1024}' "/proc/$2/status")" -v x="$non2xx" -v e="$errors" \
    'BEGIN{printf "%-22s %9.0f %9.2f %9.2f %11.1f %11.1f %8.0f %8d %6d\n", n, r/us*1e6, p50/1000, p99/1000, c*1e4/r, rc*1e4/r, rss, x, e}' | tee -a "$work/rows"
}

echo "$algorithm, $connections connections, 1,000 identifiers, $rounds rounds of $seconds s, $cores cores, $(java -version 2>&1 | head -1)"
for side in "bare $bare_pid $bare_port" "bare2 $bare2_pid $bare2_port" "millrace $app_pid $app_port mr_bench_$secret"; do
  set -- $side; load warm-up "$2" "$3" "${4:-}" "${WARMUP:-8}" >/dev/null
done
: >"$work/rows"
printf '%-22s %9s %9s %9s %11s %11s %8s %8s %6s\n' side req/s 'p50 ms' 'p99 ms' 'CPU us/req' 'Redis us' 'RSS MB' non-2xx errors
for _ in $(seq "$rounds"); do
  load "bare (1 loop)" $bare_pid $bare_port
  load "bare ($cores loops)" $bare2_pid $bare2_port
  load "millrace" $app_pid $app_port "mr_bench_$secret"
done
awk '{ i = index($0, ")") ? substr($0, 1, 22) : "millrace"; sub(/ +$/, "", i); n = NF; rate[i] = rate[i] " " $(n-7); cpu[i] = cpu[i] " " $(n-4) }
  function median(s,   a, k, j, t) { k = split(s, a, " "); for (i1 = 1; i1 <= k; i1++) for (j = i1 + 1; j <= k; j++) if (a[j] + 0 < a[i1] + 0) { t = a[i1]; a[i1] = a[j]; a[j] = t }; return a[int((k + 1) / 2)] }
  END { for (i in rate) if (i != "millrace") printf "millrace / %s: throughput %.2f, CPU per request %.2f (medians)\n", i, median(rate["millrace"]) / median(rate[i]), median(cpu["millrace"]) / median(cpu[i]) }' "$work/rows"
