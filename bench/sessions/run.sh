#!/bin/bash
# Sessions opened, sessions looked up and touched, refresh tokens exchanged per second, and what one costs: Millrace beside a
# bare Vert.x server that runs the same scripts, in turn and in the same run. Ratios count, seconds don't. Needs: the packaged
# application (./mvnw package), wrk, a redis-server.
#
#   bench/sessions/run.sh [native-executable]
#
# Environment: CALLS ("current create rotate"), and that of bench/common.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
source bench/common.sh
api=http://127.0.0.1:$app_port

start_redis
start_app sessions "${1:-}"
scripts=src/main/resources/lua
bare="$scripts/user/add-4.lua $scripts/session/current-3.lua $scripts/token/rotate-4.lua"
start_bare bench/sessions/BareSessions.java $bare_port $redis_port "$cores" $bare

issue() { # path body-member token-member file: 1,000 tokens, a line each
  for n in $(seq 1000); do
    printf 'url = "%s%s"\ndata = "{\\"userId\\":\\"user-%d\\",\\"%s\\":{\\"theme\\":\\"dark\\",\\"cart\\":[1,2,3],\\"locale\\":\\"de-DE\\",\\"name\\":\\"A user of this service\\"}}"\nheader = "Content-Type: application/json"\nheader = "Authorization: Bearer %s"\nsilent\nnext\n' "$api" "$1" "$n" "$2" "$key"
  done | sed '$d' | curl -s -K - | grep -o "\"$3\":\"[^\"]*" | cut -d'"' -f4 >"$4"
}
for call in ${CALLS:-current create rotate}; do
  tokens=$work/tokens
  case $call in
    current) issue /v1/sessions data token "$tokens" ;;
    create) : >"$tokens" ;;
  esac
  sides() { # seconds
    load bare "$bare_pid" $bare_port bench/sessions/load.lua "$1" bare "$call"
    # A run ends with exchanges under way whose successors nobody has: begin with fresh tokens.
    [ "$call" != rotate ] || issue /v1/tokens claims refreshToken "$tokens"
    load millrace "$app_pid" $app_port bench/sessions/load.lua "$1" millrace "$call" "$key" "$tokens"
  }
  sides "${WARMUP:-8}" >/dev/null
  : >"$work/rows"
  header "$call"
  for _ in $(seq "$rounds"); do sides "$seconds"; done
  ratios
done
