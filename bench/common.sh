# What all benches share: sourced by bench/<feature>/run.sh, which runs on loopback and stops what it started.
# Environment: SECONDS_EACH (10), ROUNDS (3), WARMUP (8), CONNECTIONS (64), REDIS_SERVER (redis-server), JAVA_OPTS.
seconds=${SECONDS_EACH:-10} rounds=${ROUNDS:-3} connections=${CONNECTIONS:-64}
redis_port=16390 app_port=18392 management_port=18393 bare_port=18390
cores=$(nproc)
work=$(mktemp -d)
pids=()
cleanup() { kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT

start_redis() {
  "${REDIS_SERVER:-redis-server}" --port $redis_port --bind 127.0.0.1 --save '' --appendonly no >"$work/redis.log" & pids+=($!)
  redis_pid=$!
}

start_app() { # scopes [native-executable]
  secret=$(head -c 24 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
  key="mr_bench_$secret"
  export MILLRACE_AUTH_KEYS_BENCH_SHA256=$(printf %s "$secret" | sha256sum | cut -d' ' -f1)
  export MILLRACE_AUTH_KEYS_BENCH_SCOPES=$1
  export REDIS_HOST=127.0.0.1 REDIS_PORT=$redis_port
  local options=(-Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port=$app_port -Dquarkus.management.port=$management_port)
  if [ -n "${2:-}" ]; then
    "$2" "${options[@]}" >"$work/app.log" & pids+=($!); app_pid=$!
  else
    java ${JAVA_OPTS:-} "${options[@]}" -jar target/quarkus-app/quarkus-run.jar >"$work/app.log" & pids+=($!); app_pid=$!
  fi
  await "http://127.0.0.1:$app_port/"
}

start_bare() { # class source, then its arguments; on $bare_port, its pid in $bare_pid
  local source=$1; shift
  local libraries; libraries=$(printf '%s:' target/quarkus-app/lib/main/*.jar)
  javac -cp "$libraries" -d "$work" bench/Bare.java "$source"
  java -cp "$work:$libraries" "$(basename "$source" .java)" "$@" >"$work/bare-$1.log" 2>&1 & pids+=($!); bare_pid=$!
  await "http://127.0.0.1:$1/"
}

await() {
  for _ in $(seq 120); do curl -s -o /dev/null "$1" && return; sleep 0.25; done
  echo "$1 does not answer" >&2; cat "$work"/*.log >&2; exit 1
}

cpu() { awk '{print $14+$15}' "/proc/$1/stat"; }         # in ticks of 10 ms

header() { printf '%-22s %9s %9s %9s %11s %11s %8s %8s %6s\n' "$1" req/s 'p50 ms' 'p99 ms' 'CPU us/req' 'Redis us' 'RSS MB' non-2xx errors; }

# Loads one side with wrk and a script that ends by printing RESULT; adds a row to $work/rows.
load() { # name pid port script seconds arguments...
  local name=$1 pid=$2 port=$3 script=$4 each=$5; shift 5
  local before after redis_before redis_after
  before=$(cpu "$pid"); redis_before=$(cpu "$redis_pid")
  wrk -t1 -c"$connections" -d"${each}s" --latency -s "$script" "http://127.0.0.1:$port" -- "$@" >"$work/wrk.out"
  after=$(cpu "$pid"); redis_after=$(cpu "$redis_pid")
  read -r _ requests micros p50 p99 non2xx errors < <(grep RESULT "$work/wrk.out")
  requests=$((requests * ${per:-1}))  # per: what is counted of each request
  awk -v n="$name" -v r="$requests" -v us="$micros" -v p50="$p50" -v p99="$p99" -v c=$((after-before)) -v rc=$((redis_after-redis_before)) \
    -v rss="$(awk '/VmRSS/{print $2/1024}' "/proc/$pid/status")" -v x="$non2xx" -v e="$errors" \
    'BEGIN{printf "%-22s %9.0f %9.2f %9.2f %11.1f %11.1f %8.0f %8d %6d\n", n, r/us*1e6, p50/1000, p99/1000, c*1e4/r, rc*1e4/r, rss, x, e}' | tee -a "$work/rows"
}

# Medians over the rounds: "millrace" against every other side.
ratios() {
  awk '{ i = substr($0, 1, 22); sub(/ +$/, "", i); n = NF; rate[i] = rate[i] " " $(n-7); cpu[i] = cpu[i] " " $(n-4) }
    function median(s,   a, k, i, j, t) { k = split(s, a, " "); for (i = 1; i <= k; i++) for (j = i + 1; j <= k; j++) if (a[j] + 0 < a[i] + 0) { t = a[i]; a[i] = a[j]; a[j] = t }; return a[int((k + 1) / 2)] }
    END { for (i in rate) if (i != "millrace") printf "millrace / %s: throughput %.2f, CPU per request %.2f (medians)\n", i, median(rate["millrace"]) / median(rate[i]), median(cpu["millrace"]) / median(cpu[i]) }' "$work/rows"
}
