#!/usr/bin/env bash
# Puts the executable jar at the path given: the one in target/ if it was built from these very sources, else a new one.
# So a fresh clone needs no Java outside the image, and a developer's build is not repeated.
set -euo pipefail
destination=$1

# The plain jar beside it tells when the executable jar was built: its own time is fixed, for reproducible builds.
newest_plain_jar() {
  find target -maxdepth 1 -name 'wsmesh-*.jar' ! -name '*-exec.jar' -printf '%T@ %p\n' 2>/dev/null |
    sort -rn | head -n 1 | cut -d ' ' -f 2-
}

# Directories are not compared, for not every builder keeps their times: a deleted file alone does not build a new jar.
changed_since() {
  find pom.xml src/main -path src/main/docker -prune -o -type f -newer "$1" -print -quit
}

plain=$(newest_plain_jar)
if [ -n "$plain" ] && [ -f "${plain%.jar}-exec.jar" ] && [ -z "$(changed_since "$plain")" ]; then
  echo "using ${plain%.jar}-exec.jar"
else
  echo "building the jar, because target/ has none that is newer than the sources"
  rm -rf target
  # The context has no tests, and the formatter is the developer's concern.
  bash ./mvnw -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true package
  plain=$(newest_plain_jar)
fi
cp "${plain%.jar}-exec.jar" "$destination"
