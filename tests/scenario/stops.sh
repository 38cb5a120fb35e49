#!/usr/bin/env bash
# SIGTERM, and a session that is gone, in each phase of a run: exit 3, and the next run goes on to the same end; or it is made again.
exec bash "$(dirname "$0")/kill_matrix.sh" stops "$@"
