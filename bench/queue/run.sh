#!/bin/bash
# Jobs enqueued, and jobs taken and completed, per second, and what one costs: Millrace over HTTP beside BullMQ, which talks to
# Redis itself, in turn, in the same run, with the same Redis. Then the memory a waiting job takes. Ratios count, seconds don't.
# Needs: the packaged application (./mvnw package), wrk, redis-server, redis-cli, node, npm (BullMQ is installed into a
# temporary directory).
#
#   bench/queue/run.sh [native-executable]
#
# Environment: CALLS ("enqueue-1 enqueue-100 work-1 work-10 work-100"), MEMORY_JOBS (200000, 0 for not), BULLMQ (6.7.0), and that
# of bench/common.sh. CPU is in µs per job: of the service (for BullMQ, its Node process), of Redis, and of the load generator
# (for BullMQ there is none: it is the same process).
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in wrk "${REDIS_SERVER:-redis-server}" redis-cli node npm; do
  command -v "$tool" >/dev/null || { echo "bench/queue needs $tool" >&2; exit 1; }
done
source bench/common.sh
api=http://127.0.0.1:$app_port/v1/queues/bench bull=http://127.0.0.1:$bare_port
data='{"userId":"user-42","template":"welcome","locale":"de-DE","to":"ada.lovelace@example.com","campaign":"spring-2026-late"}'
[ ${#data} = 120 ]

cp bench/queue/bullmq.mjs "$work"
(cd "$work" && timeout 300 npm install --silent --no-audit --no-fund "bullmq@${BULLMQ:-6.7.0}" ioredis@5 >npm.log 2>&1) \
  || { echo 'bench/queue could not install bullmq' >&2; cat "$work/npm.log" >&2; exit 1; }
start_redis
start_app queues "${1:-}"
node "$work/bullmq.mjs" $bare_port $redis_port "$connections" "$data" >"$work/bullmq.log" 2>&1 & pids+=($!); bull_pid=$!
await $bull/

flush() { redis-cli -p $redis_port flushall sync >/dev/null; }
bullmq() { curl -sS --fail-with-body --max-time 120 "$bull$1"; }          # prints RESULT jobs µs errors
millrace() { # call size seconds: prints RESULT, and leaves the seconds of CPU of wrk in $work/wrk.cpu
  local TIMEFORMAT='%U %S'
  { time wrk -t1 -c"$connections" -d"${3}s" --timeout 10s -s bench/queue/load.lua "http://127.0.0.1:$app_port" \
      -- "$1" "$2" "$key" bench "$data" 2>&1 | grep RESULT; } 2>"$work/wrk.cpu"
}
counted() { curl -sS -H "Authorization: Bearer $key" "$api" | grep -o "\"$1\":[0-9]*" | cut -d: -f2; }

fill() { # side jobs
  if [ "$1" = bullmq ]; then bullmq "/fill?jobs=$2" >/dev/null; return; fi
  local body; body=$(for _ in $(seq 1000); do printf '{"type":"bench","data":%s},' "$data"; done)
  printf '{"jobs":[%s]}' "${body%,}" >"$work/thousand"
  seq $((($2 + 999) / 1000)) | xargs -P4 -n 50 sh -c 'url=$1 auth=$2 body=$3; shift 3; for _; do
    curl -sS -f -o /dev/null -H "Content-Type: application/json" -H "$auth" --data-binary "@$body" "$url/jobs"; done' \
    - "$api" "Authorization: Bearer $key" "$work/thousand"
}

header() { printf '%-12s %-10s %9s %11s %9s %9s %11s %7s\n' "$1" '' jobs/s 'service us' 'Redis us' 'loader us' 'svc+Redis' errors; }

# One side for some seconds; adds a row to $work/rows, unless something went wrong (jobs that ran out, too).
measure() { # side call size seconds
  local side=$1 call=$2 size=$3 each=$4 pid=$app_pid
  [ "$side" = millrace ] || pid=$bull_pid
  flush
  # More than is worked off in that time; that it does not run out is checked.
  if [ "$call" = enqueue ]; then :
  elif [ "$side" = bullmq ]; then fill bullmq $((each * 40000))
  else fill millrace $((each * (size == 1 ? 40000 : size == 10 ? 160000 : 260000))); fi
  local before redis_before after redis_after
  before=$(cpu "$pid"); redis_before=$(cpu "$redis_pid"); echo '0 0' >"$work/wrk.cpu"
  case $side-$call in
    millrace-*) millrace "$call" "$size" "$each" ;;
    bullmq-enqueue) bullmq "/add?size=$size&seconds=$each" ;;
    bullmq-work) bullmq "/work?seconds=$each" ;;
  esac >"$work/result"
  after=$(cpu "$pid"); redis_after=$(cpu "$redis_pid")
  read -r _ jobs micros errors <"$work/result"
  if [ "$side" = millrace ]; then
    # What the load generator was answered is what Redis has, but for calls that were under way at the end.
    local there; there=$(counted "$([ "$call" = enqueue ] && echo enqueued || echo completed)")
    [ "$there" -ge "$jobs" ] && [ "$there" -le $((jobs + 2 * connections * size)) ] \
      || { echo "$call: $jobs answered, but $there in Redis" >&2; exit 1; }
  fi
  awk -v s="$side" -v n="$jobs" -v us="$micros" -v e="$errors" -v c=$((after-before)) -v r=$((redis_after-redis_before)) \
    -v l="$(tail -1 "$work/wrk.cpu" | awk '{print ($1+$2)*1e6}')" \
    'BEGIN{printf "%-12s %-10s %9.0f %11.1f %9.1f %9.1f %11.1f %7d\n", "", s, n/us*1e6, c*1e4/n, r*1e4/n, l/n, (c+r)*1e4/n, e}' >"$work/row"
  cat "$work/row"
  [ "$errors" != 0 ] || cat "$work/row" >>"$work/rows"
}

medians() { # Medians over the rounds without errors, and millrace against bullmq.
  for side in millrace bullmq; do grep -q " $side " "$work/rows" || { echo "no round of $side without errors" >&2; exit 1; }; done
  awk 'function median(s,   a, k, i, j, t) { k = split(s, a, " "); for (i = 1; i <= k; i++) for (j = i + 1; j <= k; j++) if (a[j] + 0 < a[i] + 0) { t = a[i]; a[i] = a[j]; a[j] = t }; return a[int((k + 1) / 2)] }
    { for (f = 2; f <= 6; f++) v[$1, f] = v[$1, f] " " $f }
    END { for (f = 2; f <= 6; f++) { m[f] = median(v["millrace", f]); b[f] = median(v["bullmq", f]) }
      printf "%-12s %-10s %9.0f %11.1f %9.1f %9.1f %11.1f\n", "median", "millrace", m[2], m[3], m[4], m[5], m[6]
      printf "%-12s %-10s %9.0f %11.1f %9.1f %9.1f %11.1f\n", "", "bullmq", b[2], b[3], b[4], b[5], b[6]
      printf "millrace / bullmq: jobs per second %.1f times; jobs per CPU of service and Redis %.1f times, with the load generator %.1f times\n", m[2]/b[2], b[6]/m[6], b[6]/(m[6]+m[5]) }' "$work/rows"
}

for call in ${CALLS:-enqueue-1 enqueue-100 work-1 work-10 work-100}; do
  sides() { measure millrace "${call%-*}" "${call#*-}" "$1"; measure bullmq "${call%-*}" "${call#*-}" "$1"; }
  sides "${WARMUP:-8}" >/dev/null
  : >"$work/rows"
  header "$call"
  for _ in $(seq "$rounds"); do sides "$seconds"; done
  medians
done

used() { redis-cli -p $redis_port info memory | tr -d '\r' | grep '^used_memory:' | cut -d: -f2; }
jobs=${MEMORY_JOBS:-200000}
if [ "$jobs" -gt 0 ]; then
  flush
  for side in millrace bullmq; do
    fill $side 1000
    before=$(used)
    fill $side "$jobs"
    printf '%-10s %d bytes of Redis memory per waiting job\n' $side $((($(used) - before) / jobs))
  done
fi
