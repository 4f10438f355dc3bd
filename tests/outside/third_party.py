"""The checks of third_party.sh, run in an environment that has the packages."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bodies import Bodies, traits
from drive import SECRET, Project, Server, bodies_of, check, conclude, events, heading, http

HERE = Path(__file__).resolve().parent
DESK = HERE / "desk"
FOLDER = Path(sys.argv[1])
LLMOCK = str(Path(sys.executable).parent / "llmock")
SEATS = ["user", "agent", "agent/depot", "tool", "judge"]
AXES = (
    "goal_achievement tool_usage tool_hallucination reasoning_quality "
    "reasoning_hallucination communication consistency error_handling"
).split()
TAPES = []  # kind and cassette of every run


def roles():
    """Every seat with a model that is named after it."""
    return {seat: {"model": f"out/{seat.split('/')[-1]}"} for seat in SEATS}


def provider(kind, url, stream, **more):
    """The settings of the one provider."""
    usual = {"kind": kind, "url": url, "key_env": "OUTSIDE_KEY", "stream": stream, "connect_s": 5,
             "first_token_s": 10, "idle_s": 1, "total_s": 30, "retries": 4}
    return {**usual, **more}


def whole_run(project, tape, *more):
    """A conversation from its opening to the judge, recorded."""
    done = project.run("run", DESK, "--seed", "7", "--json", "--record", tape, *more)
    check(done.returncode == 0, f"the run ends with {done.returncode}: {done.stderr.strip()[-600:]}")
    return events(done)


def ran(steps, tool):
    """The runs of a tool."""
    return [s["act"] for s in steps if s["act"]["act"] == "ran" and s["act"]["call"]["tool"] == tool]


def looks_whole(found, tries):
    """What every whole conversation at this desk must show."""
    steps = bodies_of(found)
    for tool in ("find_parcel", "scan_history", "depot", "note_case"):
        runs = ran(steps, tool)
        check(runs and all(r["ok"] for r in runs), f"the tool {tool} was called and went through")
    for run in ran(steps, "note_case"):
        check(len(run["tries"]) == tries, f"note_case took {len(run['tries'])} tries, not {tries}")
    for step in steps:
        if step["act"]["act"] != "ran" or step["act"]["executor"] == "model":
            check("model" in step["by"], f"step {step['number']} is by {step['by']}")
    check(any(s["act"]["act"] == "judged" for s in steps), "the judge gave a verdict")
    check(any(e.get("event") == "ended" and e["why"] == "user_done" for e in found), "the user ended it")
    last = found[-1] if found else {}
    check(last.get("held") == 1, f"the task's assertion holds: {last}")


def replies():
    """A whole conversation, scripted by model."""
    case = {"case_id": "C-200001", "parcel_id": "P-1001", "kind": "late", "note": "The customer waits for it."}
    answer = {"result": {"case_id": "C-200001", "kind": "late"},
              "patch": [{"op": "add", "path": "/cases/C-200001", "value": case}]}
    verdict = {"axes": [{"axis": a, "score": 8, "reason": "Well done.", "steps": [1]} for a in AXES], "findings": []}
    call = lambda name, **arguments: {"name": name, "arguments": arguments}
    said = [
        ("user", "Hello, where is my parcel P-1001? Please put on file that it is late.", []),
        ("agent", "One moment, I look it up and ask the depot.",
         [call("find_parcel", parcel_id="P-1001"), call("depot", request="Where was parcel P-1001 seen last?")]),
        ("depot", None, [call("scan_history", parcel_id="P-1001")]),
        ("depot", "P-1001 was scanned in Harrow depot.", []),
        ("agent", None, [call("note_case", parcel_id="P-1001", kind="late")]),
        ("tool", json.dumps(answer), []),
        ("agent", "Parcel P-1001 is delayed, and the complaint C-200001 is on file.", []),
        ("user", "Thank you, that is all.\n<done>", []),
        ("judge", json.dumps(verdict), []),
    ]
    return [{"type": "reply", "match": {"model": model}, "text": text, "tool_calls": calls}
            for model, text, calls in said]


def fault(model, **what):
    """A fault for a model's next request."""
    return {"match": {"model": model}, **what}


def with_faults(faults):
    """The script with faults before it; a reply that a broken stream spoils is there once more."""
    script = replies()
    for broken in (f for f in faults if f["type"] == "stream_fault"):
        at = next(i for i, r in enumerate(script) if r["match"] == broken["match"])
        script.insert(at, script[at])
    return faults + script


def graded(url, faults, heard):
    """What the server says of us: no finding, and every fault was met."""
    done = subprocess.run([LLMOCK, "report", "--url", url, "--strict", "--json"],
                          capture_output=True, text=True, timeout=60, check=False)
    verdict = json.loads(done.stdout)
    print(f"  {heard}: {verdict['calls']} calls, {verdict['attempts']} tries, "
          f"{verdict['faults_injected']} faults, {len(verdict['findings'])} findings", flush=True)
    for finding in verdict["findings"]:
        check(False, f"{finding['code']}: {finding['title']}")
    check(done.returncode == 0, f"llmock report ends with {done.returncode}")
    left = http("GET", f"{url}/_llmock/scenario")["pending"]
    check(not left, f"not everything was asked for: {left}")
    check(verdict["faults_injected"] >= faults, f"{faults} faults were wanted")


def same_bodies(url, tape, heard):
    """The cassette holds what the server got."""
    got = [r["body"] for r in http("GET", f"{url}/_llmock/requests")["requests"]]
    kept = recorded(tape)
    canonical = lambda body: json.dumps(body, sort_keys=True)
    check(set(map(canonical, got)) == set(map(canonical, kept)),
          f"{heard}: the {len(kept)} recorded bodies are not the {len(got)} that came")


def recorded(tape):
    """The request bodies of a cassette."""
    found = []
    for line in Path(tape).read_text(encoding="utf-8").splitlines()[1:]:
        exchange = json.loads(line)
        body = exchange["body"] if "body" in exchange else exchange["request"]
        found.append(json.loads(body) if isinstance(body, str) else body)
    return found


def llmock(kind, stream):
    """A conversation against the grading server, with faults on every seat."""
    heard = f"{kind}, {'streaming' if stream else 'whole answers'}"
    # A pause between the pieces, as a model makes one: without it the server may have
    # sent the rest of a broken stream before it can see that we hung up, and takes the
    # next try for another call.
    command = [LLMOCK, "serve", "--port", "0", "--log-level", "info", "--stream-chunk-delay-ms", "40"]
    with Server(command, FOLDER / "llmock.log") as server:
        base = f"{server.url}/v1" if kind == "chat" else f"{server.url}/anthropic/v1"
        faults = [
            fault("agent", type="fail", status=429, retry_after=1),
            fault("user", type="fail", status=503, times=2),
            fault("judge", type="fail", status=529 if kind == "messages" else 500),
        ]
        if stream:
            faults += [
                fault("agent", type="stream_fault", kind="truncate", after_chunks=2),
                fault("depot", type="stream_fault", kind="disconnect", after_chunks=3),
                fault("tool", type="stream_fault", kind="malformed", after_chunks=2),
                fault("user", type="stream_fault", kind="stall", stall_seconds=4, after_chunks=2),
            ]
        script = with_faults(faults)
        http("POST", f"{server.url}/_llmock/scenario", {"behaviors": script})
        project = Project(FOLDER / f"llmock-{kind}-{stream}", provider(kind, base, stream), roles())
        tape = project.folder / "tape.jsonl"
        looks_whole(whole_run(project, tape), tries=1)
        graded(server.url, len(faults) + 1, heard)
        same_bodies(server.url, tape, heard)
        TAPES.append((kind, tape))
        refused(server, project, kind)
        if stream:
            gives_up(server, project)
        check(not project.files_with(SECRET), f"the key stands in {project.files_with(SECRET)}")


def refused(server, project, kind):
    """A key that is no good: one try, and words that name the variable."""
    http("POST", f"{server.url}/_llmock/reset")
    http("POST", f"{server.url}/_llmock/scenario", {"behaviors": [{"type": "fail", "status": 401, "times": 1}]})
    done = project.run("run", DESK, "--json")
    check(done.returncode == 4, f"a 401 ends with {done.returncode}, not 4")
    check("OUTSIDE_KEY" in done.stderr + done.stdout, f"a 401 names the variable: {done.stderr[-400:]}")
    graded(server.url, 1, f"{kind}, a key that is refused")


def gives_up(server, project):
    """A server that is down: a bounded number of tries, further and further apart."""
    http("POST", f"{server.url}/_llmock/reset")
    http("POST", f"{server.url}/_llmock/scenario", {"behaviors": [{"type": "fail", "status": 503, "times": 5}]})
    done = project.run("run", DESK, "--json")
    check(done.returncode == 4, f"a server that is down ends with {done.returncode}, not 4: {done.stderr[-400:]}")
    graded(server.url, 5, "a server that is down")


def aimock(kind, stream):
    """A conversation whose tools are called over the wire, then the same from the cassette."""
    heard = f"{kind}, {'streaming' if stream else 'whole answers'}"
    command = ["node", os.environ["AIMOCK"], "-p", "0", "-f", str(HERE / "aimock.json"), "--validate-on-load", "-c", "7"]
    name = f"aimock-{kind}-{stream}"
    with Server(command, FOLDER / "aimock.log") as server:
        project = Project(FOLDER / name, provider(kind, f"{server.url}/v1", stream), roles())
        tape = project.folder / "tape.jsonl"
        found = whole_run(project, tape)
        journal = http("GET", f"{server.url}/__aimock/journal")
    steps = bodies_of(found)
    print(f"  {heard}: {len(journal)} requests, {len(steps)} steps", flush=True)
    statuses = {entry["response"]["status"] for entry in journal}
    check(statuses == {200}, f"every request was understood: {statuses}")
    looks_whole(found, tries=2)
    check(any(s.get("reasoning") == "Two things can be asked at once." for s in steps), "reasoning is kept apart")
    check(any(s["act"]["act"] == "answered" and len(s["act"]["calls"]) == 2 for s in steps), "two calls in one reply")
    for run in ran(steps, "note_case"):
        check("/parcels/P-1001/status" in str(run["tries"][0]["refused"]), "the first proposal is refused for its place")
    for step in steps:
        if step["act"]["act"] == "judged":
            check(len(step["act"]["findings"]) >= 1 and len(step["act"]["voided"]) == 1, "one finding, one voided")
    TAPES.append((kind, tape))
    again = project.run("run", DESK, "--seed", "7", "--json", "--replay", tape)
    check(again.returncode == 0, f"the replay ends with {again.returncode}: {again.stderr.strip()[-600:]}")
    check(bodies_of(events(again)) == steps, "the replay gives the same bodies, without a server")


def vendors():
    """Every body that was sent, against the vendors' files."""
    wanted = {"stream", "whole", "tools", "schema", "parallel calls", "results"}
    for kind in ("chat", "messages"):
        checks, seen, models, count = Bodies(kind), set(), set(), 0
        for body in (b for k, tape in TAPES if k == kind for b in recorded(tape)):
            count += 1
            seen |= traits(kind, body)
            models.add(body["model"])
            for problem in checks.problems(body):
                check(False, f"{kind}, {body['model']}: {problem}")
        print(f"  {kind}: {count} bodies of {', '.join(sorted(models))}; {', '.join(sorted(seen))}", flush=True)
        check(models == {s.split("/")[-1] for s in SEATS}, f"bodies of every seat: {models}")
        check(seen >= wanted, f"{kind} lacks {wanted - seen}")


def main():
    """All of it."""
    heading("llmock: faults of a server, and its verdict on us")
    for kind in ("chat", "messages"):
        for stream in (True, False):
            llmock(kind, stream)
    if os.environ.get("AIMOCK"):
        heading("aimock: tools over both dialects, then from the cassette")
        for kind in ("chat", "messages"):
            for stream in (True, False):
                aimock(kind, stream)
    heading("the vendors' OpenAPI files")
    vendors()
    conclude("the wire is right in the eyes of others")


main()
