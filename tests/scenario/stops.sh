#!/usr/bin/env bash
# SIGTERM, and a session that the server ends, in each phase of a run: exit 3, and the next run goes on to the same end.
exec bash "$(dirname "$0")/kill_matrix.sh" stops "$@"
