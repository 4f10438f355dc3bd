"""Starts servers, writes projects, runs the program: what both checks need."""

import json
import os
import re
import subprocess
import time
import urllib.request
from pathlib import Path

BIN = os.environ["STATEGEN_BIN"]
SECRET = "outside-secret-5f2c91"
FAILURES = []


def check(holds, what):
    """Says what does not hold and goes on, so that one run tells everything."""
    if not holds:
        FAILURES.append(what)
        print(f"  NOT SO: {what}", flush=True)


def heading(text):
    """A line above what follows."""
    print(f"\n-- {text}", flush=True)


class Server:
    """A server in the background; `url` is where it says that it listens."""

    def __init__(self, command, log, env=None):
        self.log = Path(log)
        with self.log.open("w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=env
            )
        for _ in range(240):
            text = self.log.read_text(encoding="utf-8", errors="replace")
            found = re.findall(r"(?:running on|listening on|READY) (http://127\.0\.0\.1:[1-9]\d*)", text)
            if found:
                self.url = found[-1]
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.25)
        self.stop()
        raise SystemExit(f"{command[0]} did not start:\n{self.log.read_text()[-2000:]}")

    def stop(self):
        """Ends it, by force where it does not go."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def http(method, url, body=None):
    """JSON of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def toml(value):
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value)


class Project:
    """A project of its own with one provider, `out`."""

    def __init__(self, folder, provider, roles):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.provider("out", provider)
        for role, settings in roles.items():
            self.table(f'roles."{role}"', settings)

    def provider(self, name, settings):
        """One more provider."""
        self.table(f"providers.{name}", settings)

    def table(self, name, settings):
        """One more table of the configuration."""
        lines = [f"[{name}]", *(f"{key} = {toml(value)}" for key, value in settings.items())]
        with (self.folder / "stategen.toml").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def run(self, *args, seconds=120):
        """Runs the program in the project."""
        env = {k: v for k, v in os.environ.items()
               if not k.lower().endswith("_proxy") and not k.startswith("STATEGEN_")}
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            env[name] = str(self.folder / "home")
        env["OUTSIDE_KEY"] = SECRET
        try:
            done = subprocess.run(
                [BIN, *map(str, args)], cwd=self.folder, env=env, timeout=seconds,
                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            )
        except subprocess.TimeoutExpired as why:
            check(False, f"`stategen {' '.join(map(str, args))}` takes longer than {seconds} s: {why.stderr}")
            return subprocess.CompletedProcess(args, 124, "", "")
        return done

    def files_with(self, words):
        """Files of the project that hold some words."""
        words = words.encode()
        return [str(p) for p in self.folder.rglob("*") if p.is_file() and words in p.read_bytes()]


def events(done):
    """The JSON lines of a run."""
    found = []
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            found.append(json.loads(line))
    return found


def bodies_of(found):
    """The bodies of the steps."""
    return [e["body"] for e in found if e.get("event") == "step"]


def conclude(passed):
    """The last line, and the exit code."""
    if FAILURES:
        print(f"\n{len(FAILURES)} things are not as they should be")
        raise SystemExit(1)
    print(f"\n{passed}")
