#!/usr/bin/env bash
# Mutation test of the Lua scripts: changes a script in one place (flips a comparison, shifts a number by one, drops a delete or
# an expiry), runs the script's tests, and lists the mutants that no test notices.
#
#   bash bench/mutate-lua.sh                  every script
#   bash bench/mutate-lua.sh queue/fail-1     one script, or several
#
# Exit code: 0 no survivor, 1 survivors, 2 a script without tests or with tests that fail as it is, 3 out of time.
# It can be stopped and started again: a killed mutant of an unchanged script is not run again. `rm -r target/mutate-lua` forgets
# them. bench/mutate-lua.tests says which tests drive a script; bench/mutate-lua.equivalent lists mutants that are no fault.
#
# TRIES    samples per property (25)
# MINUTES  at most, per script (20)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=target/mutate-lua
mkdir -p "$work"
if [ -z "${SKIP_BUILD:-}" ]; then
  ./mvnw -q -B -ntp test-compile dependency:build-classpath -Dmdep.outputFile="$PWD/$work/classpath" -Dmdep.includeScope=test
fi

scripts=("$@")
if [ ${#scripts[@]} -eq 0 ]; then
  mapfile -t scripts < <(cd src/main/resources/lua && find . -name '*.lua' ! -path './kv/*' | sed 's|^\./||; s|\.lua$||' | sort)
fi

worst=0
for script in "${scripts[@]}"; do
  tests=$(awk -v script="$script" '!/^#/ && NF && index(script, $1) == 1 { for (i = 2; i <= NF; i++) print "dev.millrace." $i; exit }' \
    bench/mutate-lua.tests)
  if [ -z "$tests" ]; then
    echo "$script: no tests; name some in bench/mutate-lua.tests"
    worst=2
    continue
  fi
  status=0
  # shellcheck disable=SC2086
  java -Xmx1g -Djava.util.logging.manager=org.jboss.logmanager.LogManager -cp "$(cat "$work/classpath")" bench/LuaMutants.java \
    "$script" "${TRIES:-25}" "${MINUTES:-20}" $tests 2> "$work/${script//\//.}.log" || status=$?
  [ "$status" -le "$worst" ] || worst=$status
done
exit "$worst"
