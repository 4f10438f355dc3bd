"""The checks of real_model.sh, run in an environment that has the model."""

import os
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from drive import SECRET, Project, Server, bodies_of, check, conclude, events, heading

HERE = Path(__file__).resolve().parent
FOLDER = Path(sys.argv[1])
SEATS = ("user", "agent", "tool", "judge")
# Tools of the returns desk that are handed to the model in `--whole`.
HANDED = """
find_customer:
  executor: model
  reads: ["customers[*].customer_id", "customers[*].name", "customers[*].email", "customers[*].postcode", "customers[*].city"]
  output: {customer_id: string, name: string, city: string}

escalate:
  executor: model
  reads: ["tickets[*]"]
  writes: ["tickets[*]"]
  free_text: ["tickets[*].note"]
  output: {ticket_id: string, topic: {enum: [refused_return, supervisor, lost_parcel]}}
"""


# In the small desk the agent writes its calls as words, in a form that the server
# enforces: a model of this size would hardly ever call a tool of its own accord.
# What it puts into them is its own.
CALLS = r"""
root ::= call | text
call ::= "<tool_call>{\"name\": \"" (find | note | depot) "\"}}</tool_call>"
find ::= "find_parcel\", \"arguments\": {\"parcel_id\": \"" id
note ::= "note_case\", \"arguments\": {\"parcel_id\": \"" id "\", \"kind\": \"" ("late" | "damaged" | "lost")
depot ::= "depot\", \"arguments\": {\"request\": \"" [A-Za-z0-9 .,?-]{1,40}
id ::= "P-" [0-9]{4}
text ::= [^<]{1,400}
"""


def roles(provider="out"):
    """The one model in every seat, each with its own bounds."""
    words = {"user": 60, "agent": 90, "tool": 200, "judge": 1200 if "--whole" in sys.argv else 450}
    return {seat: {"model": f"{provider}/small", "temperature": 0.7, "max_tokens": words[seat]} for seat in SEATS}


def settings(server, kind="chat", **more):
    """A provider that is the server."""
    return {"kind": kind, "url": f"{server.url}/v1", "key_env": "OUTSIDE_KEY",
            "first_token_s": 180, "idle_s": 60, "total_s": 300, **more}


def project(server, name, kind="chat", **more):
    """A project whose provider is the server."""
    return Project(FOLDER / name, settings(server, kind, **more), roles())


def desk(server):
    """A project in which the agent calls tools in words."""
    seats = roles()
    seats["agent"]["model"] = "words/small"
    seats["agent"]["extra"] = {"grammar": CALLS, "logit_bias": [["<", 6.5]]}
    made = Project(FOLDER / "desk", settings(server), seats)
    made.provider("words", settings(server, tools="text"))
    return made


def told(steps):
    """What the engine and the state manager did not take, counted and shown."""
    refusals = Counter()
    for body in steps:
        act = body["act"]
        if act["act"] == "malformed":
            refusals[f"{body['role']}: {act['why']}"] += 1
        elif act["act"] == "ran":
            name = act["call"]["tool"]
            for proposal in act.get("tries", []):
                for why in proposal["refused"]:
                    refusals[f"model tool {name}: {why}"] += 1
            if not act["ok"] and not act.get("tries"):
                refusals[f"call of {name}: {act['text']}"] += 1
        for finding in body.get("findings", []):
            refusals[f"found in what the {body['role']} did: {finding['what']}"] += 1
    print("  refused and found:", flush=True)
    for why, times in refusals.most_common():
        print(f"    {times} x {' '.join(why.split())[:160]}", flush=True)
    if not refusals:
        print("    nothing", flush=True)


def summary(heard, found, seconds):
    """A line about a conversation."""
    steps = bodies_of(found)
    by_role = Counter(body["role"] for body in steps)
    ended = [e["why"] for e in found if e.get("event") == "ended"]
    judged = [b for b in steps if b["act"]["act"] == "judged"]
    parts = ", ".join(f"{n} {role}" for role, n in sorted(by_role.items()))
    print(f"  {heard}: {len(steps)} steps ({parts}) in {seconds:.0f} s, ended {ended}, "
          f"{'judged' if judged else 'no verdict'}", flush=True)
    return steps


def from_models(steps):
    """Nothing in a conversation of models is scripted."""
    for body in steps:
        check(body["by"] != "scripted", f"step {body['number']} ({body['role']}) is scripted")


def conversation(where, scenario, seconds, *more):
    """One conversation, recorded; then once more from the cassette, byte for byte."""
    tape = where.folder / "tape.jsonl"
    began = time.monotonic()
    done = where.run("run", scenario, "--seed", "3", "--json", "--record", tape, *more, seconds=seconds)
    found = events(done)
    steps = summary(str(scenario).rsplit("/", 1)[-1], found, time.monotonic() - began)
    # 4: a role's answer could not be used in the end, which a model of this size may well bring about.
    check(done.returncode in (0, 4), f"the run ends with {done.returncode}: {done.stderr.strip()[-800:]}")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing said"])[-1]
        print(f"  it ended with {done.returncode}: {last[:300]}", flush=True)
    check(len(steps) >= 3, "at least a user, an agent and somebody else acted")
    from_models(steps)
    told(steps)
    log = where.run("replay", "last")
    check(log.returncode == 0, f"the log replays: {log.stdout}{log.stderr}")
    again = where.run("run", scenario, "--seed", "3", "--json", "--replay", tape, *more)
    check(again.returncode == done.returncode, f"the cassette ends with {again.returncode}: {again.stderr[-800:]}")
    check(bodies_of(events(again)) == steps, "the cassette gives the same bodies, without a server")
    print("  from the cassette: the same, byte for byte", flush=True)
    return steps


def pings(server):
    """One try of every seat, over both dialects."""
    for kind in ("chat", "messages"):
        where = project(server, f"ping-{kind}", kind)
        done = where.run("ping", seconds=240)
        print("\n".join(f"  {line}" for line in done.stdout.strip().splitlines()), flush=True)
        check(done.returncode in (0, 4), f"ping over {kind} ends with {done.returncode}: {done.stderr[-400:]}")
        check(all(seat in done.stdout for seat in SEATS), f"ping over {kind} speaks of every seat")


def whole(server):
    """The returns desk with a real model in every seat, judged again, and asked again."""
    where = project(server, "whole")
    scenario = where.folder / "returns_desk"
    shutil.copytree(HERE.parent.parent / "sample_scenarios" / "returns_desk", scenario)
    with (scenario / "tools.yaml").open("a", encoding="utf-8") as tools:
        tools.write(HANDED)
    with (scenario / "scenario.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nstop: {max_turns: 5, goodbyes: 2}\nlimits: {agent_steps: 5}\n")
    checked = where.run("check", scenario)
    check(checked.returncode == 0, f"the scenario is sound: {checked.stdout[-400:]}")
    steps = conversation(where, scenario, 1500)
    heading("judged again")
    done = where.run("judge", "last", seconds=400)
    print("\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-14:]), flush=True)
    check(done.returncode in (0, 4), f"judge ends with {done.returncode}: {done.stderr[-400:]}")
    heading("asked again")
    agents = [body["number"] for body in steps if body["role"] == "agent"]
    done = where.run("again", "last", agents[0], "--times", "10", seconds=600)
    print("\n".join(f"  {line}" for line in done.stdout.strip().splitlines()), flush=True)
    check(done.returncode == 0, f"again ends with {done.returncode}: {done.stderr[-400:]}")


def main():
    """All of it."""
    env = {**os.environ, "CHAT_TEMPLATE": str(HERE / "chat.jinja")}
    with Server([sys.executable, str(HERE / "serve.py")], FOLDER / "server.log", env) as server:
        heading("each seat once")
        pings(server)
        heading("a small desk")
        where = desk(server)
        steps = conversation(where, HERE / "desk", 900)
        check(any(body["act"]["act"] == "ran" for body in steps), "a tool was called")
        check(not where.files_with(SECRET), "the key stands nowhere")
        if "--whole" in sys.argv:
            heading("the returns desk")
            whole(server)
    conclude("real models can sit in all four seats")


main()
