#!/bin/bash
# Reads and writes of the cache per second, and what one costs: hits of 1 KB, gzip hits (64 KB of JSON, compressed, served as
# stored), misses, and puts of 1 KB. Beside a bare Vert.x server that runs the same script, and webdis if it is installed (plain
# GET and SET of the same values), in turn and in the same run. Ratios count, seconds don't. Needs: the packaged application
# (./mvnw package), wrk, redis-server, redis-cli.
#
#   bench/cache/run.sh [native-executable]
#
# Environment: CALLS ("hit gzip miss put"), and that of bench/common.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
source bench/common.sh
api=http://127.0.0.1:$app_port/v1/cache/bench webdis_port=$((bare_port + 5))

start_redis
start_app cache,admin "${1:-}"
# As the service sends it: with what it uses in front.
(cd src/main/resources/lua && cat $(sed -n 's/^-- uses \(.*\)$/\1.lua/p' cache/get-3.lua) cache/get-3.lua) >"$work/get.lua"
start_bare bench/cache/BareCache.java $bare_port $redis_port "$cores" "$work/get.lua"
if command -v webdis >/dev/null; then
  printf '{"redis_host":"127.0.0.1","redis_port":%d,"http_host":"127.0.0.1","http_port":%d,"threads":%d,"pool_size":20,"daemonize":false,"verbosity":0,"logfile":"%s"}' \
    $redis_port $webdis_port "$cores" "$work/webdis.out" >"$work/webdis.json"
  webdis "$work/webdis.json" >"$work/webdis.log" 2>&1 & pids+=($!); webdis_pid=$!
  await "http://127.0.0.1:$webdis_port/PING"
fi

python3 - "$work" <<'PY'
import json, random, sys
random.seed(1)
open(sys.argv[1] + '/1k', 'w').write('{"name":"value"},' * 60)
open(sys.argv[1] + '/64k', 'w').write(json.dumps([{"id": i, "name": "Product %d" % random.randrange(10**6), "price": random.randrange(10**5) / 100,
  "tags": random.sample(["new", "sale", "red", "blue", "green", "small", "large"], 3)} for i in range(700)])[:65536])
PY
fill() { # value file, name
  for n in $(seq 1000); do
    printf 'url = "%s/%s-%d"\nrequest = "PUT"\ndata-binary = "@%s"\nheader = "Content-Type: application/json"\nheader = "Cache-Control: max-age=36000"\nheader = "Authorization: Bearer %s"\nsilent\nnext\n' "$api" "$2" "$n" "$1" "$key"
  done | sed '$d' | curl -s -K -
  [ -z "${webdis_pid:-}" ] || for n in $(seq 1000); do printf 'SET webdis-%s-%d "%s"\n' "$2" "$n" "$(sed 's/"/\\"/g' "$1")"; done | redis-cli -p $redis_port >/dev/null
}
fill "$work/1k" hit; fill "$work/64k" gzip
lua=bench/cache/load.lua
for call in ${CALLS:-hit gzip miss put}; do
  sides() { # seconds
    [ "$call" = put ] || load bare "$bare_pid" $bare_port $lua "$1" bare "$call"
    [ -z "${webdis_pid:-}" ] || load webdis "$webdis_pid" $webdis_port $lua "$1" webdis "$call"
    load millrace "$app_pid" $app_port $lua "$1" millrace "$call" "$key"
  }
  sides "${WARMUP:-8}" >/dev/null
  : >"$work/rows"
  header "$call"
  for _ in $(seq "$rounds"); do sides "$seconds"; done
  ratios
done
