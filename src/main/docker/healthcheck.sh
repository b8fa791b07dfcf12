#!/usr/bin/env bash
# Healthy while the node says that it is ready. Speaks HTTP by bash alone, because the base image has no curl.
set -u

# The node's command line wins over its environment, as it does in the node itself.
bind=${MESH_BIND:-}
option=
while IFS= read -r -d '' argument; do
  case $option in -b | --bind) bind=$argument ;; esac
  case $argument in -b=* | --bind=* | --mesh.bind=*) bind=${argument#*=} ;; esac
  option=$argument
done </proc/1/cmdline

host=127.0.0.1
port=${SERVER_PORT:-8080}
if [ -n "$bind" ]; then
  port=${bind##*:}
  case ${bind%:*} in '*' | 0.0.0.0 | '[::]') ;; *) host=${bind%:*} ;; esac
fi
if [ -n "${MANAGEMENT_SERVER_PORT:-}" ]; then
  host=127.0.0.1
  port=$MANAGEMENT_SERVER_PORT
fi

exec 3<>"/dev/tcp/$host/$port" || exit 1
printf 'GET /actuator/health/readiness HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n' "$host" "$port" >&3
read -r -t 2 _ status _ <&3
[ "${status:-}" = 200 ]
