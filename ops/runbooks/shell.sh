# Shared functions of the runbooks' commands. Source it: `. ops/runbooks/shell.sh`. It needs curl and jq.
: "${ROUTER_URL:=http://127.0.0.1:8080}"
: "${METRICS_URL:=$ROUTER_URL/metrics}"
: "${AUDIT_DIRECTORY:=${AUDIT_PATH:-${LOG_FILE_PATH:-${DATA_DIRECTORY:-.data}}}/audit}"

# Calls an endpoint of the router as an administrator: `operate /system/blocks`, `operate /path -X DELETE`.
operate() {
  local json=()
  [[ " $* " == *' -d '* ]] && json=(-H 'content-type: application/json')
  curl -sS -H "authorization: Bearer ${OPERATOR_TOKEN:-}" "${json[@]}" "$ROUTER_URL$1" "${@:2}"
}

# Sends a GraphQL document without a token, or with the one that curl's options give.
graphql() {
  curl -sS -H 'content-type: application/json' -d "$(jq -n --arg query "$1" '{$query}')" "${@:2}" "$ROUTER_URL/graphql"
}

# Prints the metrics that start with the given name and labels: `metric 'gateway_breaker_state{target_service="cny"}'`.
metric() {
  curl -sS "$METRICS_URL" | grep -F "$1" | grep -v '^#'
}

# Waits until a command succeeds and prints something: `wait_for 30 'curl -sf "$ROUTER_URL/health"'`. No output means
# that nothing answered: `jq -e` of version 1.6 succeeds on an empty input.
wait_for() {
  local until=$((SECONDS + $1)) output
  while ! output=$(eval "$2" 2>/dev/null) || [ -z "$output" ]; do
    if [ $SECONDS -ge $until ]; then
      echo "Not within $1 s: $2" >&2
      return 1
    fi
    sleep 0.2
  done
}
