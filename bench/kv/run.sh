#!/bin/bash
# Redis over HTTP: GET and SET of 100 bytes, and pipelines of 100 such commands: commands per second, and what one costs. Beside webdis (in C),
# which has no pipelines and gets 100 requests in one write instead, and a bare Vert.x server that does nothing but pass the commands
# on; in turn and in the same run. Ratios count, seconds don't. Needs: the packaged application (./mvnw package), wrk, redis-server,
# redis-cli, webdis.
#
#   bench/kv/run.sh [native-executable]
#
# Environment: CALLS ("get set pipeline"), and that of bench/common.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
source bench/common.sh
webdis_port=$((bare_port + 5))

start_redis
start_app redis "${1:-}"
start_bare bench/kv/BareKv.java $bare_port $redis_port "$cores"
printf '{"redis_host":"127.0.0.1","redis_port":%d,"database":1,"http_host":"127.0.0.1","http_port":%d,"threads":%d,"pool_size":20,"daemonize":false,"verbosity":0,"logfile":"%s"}' \
  $redis_port $webdis_port "$cores" "$work/webdis.out" >"$work/webdis.json"
webdis "$work/webdis.json" >"$work/webdis.log" 2>&1 & pids+=($!); webdis_pid=$!
await "http://127.0.0.1:$webdis_port/PING"
for db in 0 1; do
  for n in $(seq 1000); do printf 'SET key-%d %s\n' "$n" "$(printf '0123456789%.0s' {1..10})"; done | redis-cli -p $redis_port -n $db >/dev/null
done

lua=bench/kv/load.lua
for call in ${CALLS:-get set pipeline}; do
  sides() { # seconds
    per=1
    load webdis "$webdis_pid" $webdis_port $lua "$1" webdis "$call"
    [ "$call" != pipeline ] || per=100
    load bare "$bare_pid" $bare_port $lua "$1" bare "$call"
    load millrace "$app_pid" $app_port $lua "$1" millrace "$call" "$key"
  }
  sides "${WARMUP:-8}" >/dev/null
  : >"$work/rows"
  header "$call"
  for _ in $(seq "$rounds"); do sides "$seconds"; done
  ratios
done
