//! One mistake at a time in the tiny fixture, and every problem it is answered with.

/// (file, what stands there, what stands there instead, every problem). `""` in
/// place of what stands there is the whole file; `REMOVED` takes it away.
pub const PROBLEMS: &[(&str, &str, &str, &[&str])] = &[
    // (file, what stands there, what stands there instead, every problem)
    // --- scenario.yaml
    (
        "scenario.yaml",
        "title",
        "titel",
        &["scenario.yaml:1:1: error: unknown key `titel`"],
    ),
    (
        "scenario.yaml",
        "now: 2026-03-14T09:30:00Z",
        "now: 2026-03-14",
        &["scenario.yaml:2:6: error: `now` is `2026-03-14`, which is no time in UTC"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "title: 12\nstop: {max_turns: no, goodbyes: 0}",
        &[
            "scenario.yaml:1:8: error: `title` is an integer; a text is expected",
            "scenario.yaml:2:19: error: `stop.max_turns` is a text; a whole number is expected",
            "scenario.yaml:2:33: error: `stop.goodbyes` is 0; it must be from 1 to 100",
        ],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "limits: {depth: 99}\nrender: pretty\njudge: sometimes",
        &[
            "scenario.yaml:1:17: error: `limits.depth` is 99; it must be from 1 to 16",
            "scenario.yaml:2:9: error: unknown render `pretty`",
            "scenario.yaml:3:8: error: unknown judge `sometimes`",
        ],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "faults:\n  line:\n  - {tool: refnd, fault: timeout}\n  - {tool: get_order, fault: lost_reply}\n  \
         - {fault: timeuot}\n  - {role: agent, fault: timeout}\n  - {tool: refund}\n  - {fault: slow, \
         at: 2, every: 3}\n  - {fault: wrong_id, at: 2}\n  - {fault: slow, chance: 2}",
        &[
            "scenario.yaml:3:12: error: there is no tool `refnd`",
            "scenario.yaml:4:12: error: `lost_reply` never fits `get_order`: it writes nothing",
            "scenario.yaml:5:13: error: no fault is called `timeuot`",
            "scenario.yaml:6:12: error: `role` is agent",
            "scenario.yaml:7:5: error: an entry of `faults.line` has no `fault`",
            "scenario.yaml:8:26: error: `faults.line` says twice when",
            "scenario.yaml:9:5: error: the stand-in chooses itself where it makes `wrong_id`",
            "scenario.yaml:10:27: error: `faults.line.chance` is 2; it must be from 0 to 1",
        ],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "world: [world.json, order.csv]",
        &["scenario.yaml:1:21: error: `world` names `order.csv`, which is not in the folder"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "schema: nope.json",
        &["scenario.yaml:1:9: error: the schema `nope.json` is not in the folder"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "tables: {orders: {key: id}}",
        &["orders.csv:1: error: no column is named `id`"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "tables: {order: {key: order_id}}",
        &["scenario.yaml:1:10: error: no CSV file makes a table `order`"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "tables: {orders: {key: order_id, columns: {total: integer}}}",
        &[
            "orders.csv:2: error: `total` is 39.5, which is no integer",
            "orders.csv:4: error: `total` is 80.25, which is no integer",
        ],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "a: 1\na: 2\nb: [",
        &[
            "scenario.yaml:2:1: error: the key `a` stands here twice",
            "scenario.yaml:4:1: error: this is not YAML: invalid indentation",
        ],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "agents: {}",
        &["scenario.yaml:1:9: error: `agents` names no agent"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "agents: {main: {policy: polcy.md, tools: [get_order, refnd, find_orders]}}",
        &[
            "scenario.yaml:1:25: error: the policy `polcy.md` is not in the folder",
            "scenario.yaml:1:54: error: the agent `main` has an unknown tool `refnd`",
        ],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "agents:\n  main: {policy: policy.md, tools: [get_order, refund, find_orders], agents: [other]}\n  other: {policy: policy.md, tools: [], agents: [third]}\n  third: {policy: policy.md, tools: [], agents: [other]}",
        &["scenario.yaml:4:3: error: agents call each other in a circle: other > third > other"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "limits: {depth: 1}\nagents:\n  main: {tools: [get_order, refund, find_orders], agents: [a]}\n  a: {policy: policy.md, tools: [], agents: [b]}\n  b: {policy: policy.md, tools: []}\n  c: {policy: policy.md, tools: []}",
        &[
            "scenario.yaml:3:3: error: agents call each other 2 deep, and `limits.depth` is 1: main > a > b",
            "scenario.yaml:6:3: warning: nobody calls the agent `c`",
        ],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "agents:\n  main: {policy: policy.md, agents: [refund, none]}\n  refund: {policy: policy.md}",
        &[
            "scenario.yaml:2:38: error: the agent `refund` and a tool have the same name",
            "scenario.yaml:2:46: error: the agent `main` calls an unknown agent `none`",
            "scenario.yaml:3:3: error: nothing says which tools the agent `refund` has",
        ],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "agents:\n  main: {policy: policy.md, tools: [get_order, refund]}",
        &["scenario.yaml:2:3: warning: no agent has the tool `find_orders`"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "agents:\n  main: {policy: policy.md, tools: [get_order, get_order, refund, find_orders], sub: x}\n  \"my agent\": {tools: 3}",
        &[
            "scenario.yaml:2:48: error: `get_order` stands twice in `agents.main.tools`",
            "scenario.yaml:2:81: error: unknown key `sub` in `agents.main`",
            "scenario.yaml:3:3: error: `my agent` is no name of an agent",
            "scenario.yaml:3:23: error: `agents.my agent.tools` is an integer; a list is expected",
        ],
    ),
    (
        "scenario.yaml",
        "",
        "- title: x",
        &["scenario.yaml:1:1: error: the file is a list; a map (`key: value`) is expected"],
    ),
    (
        "scenario.yaml",
        "title: Kettle desk",
        "world: [policy.md]",
        &["scenario.yaml:1:9: error: `policy.md` is no file of a world"],
    ),
    // --- world
    (
        "world.json",
        "",
        "[1]",
        &["world.json:1:1: error: the world must be an object of tables; this is array"],
    ),
    (
        "world.json",
        "\"refunded\": 0",
        "\"refunded\": }",
        &["world.json:3:25: error: this is not JSON: expected value"],
    ),
    (
        "world.json",
        "\"refunds\": {}",
        "\"refunds\": {}, \"refunds\": {}",
        &["world.json:2:26: error: this is not JSON: the key \"refunds\" stands here twice"],
    ),
    (
        "world.json",
        "\"refunds\": {}",
        "\"orders\": {}",
        &["orders.csv: error: the table `orders` is in world.json as well"],
    ),
    (
        "world.json",
        "\"refunds\": {}",
        "\"refunds\": {\"R-1\": {\"order_id\": \"8841\", \"amount\": 99.5}}",
        &[
            "world.json:2:22: error: the invariant `refunds_within_paid` is broken at the start: Refund of 8841 is more than was paid",
        ],
    ),
    (
        "orders.csv",
        "8842,17",
        "8841,17",
        &["orders.csv:3: error: the key order_id = 8841 stands on line 2 as well"],
    ),
    (
        "orders.csv",
        "kettle,39.5",
        "\"kettle,39.5",
        &[
            "orders.csv:2: error: this row has 7 fields, the header has 6",
            "orders.csv:4:10: error: text after a closing quote",
        ],
    ),
    (
        "world.schema.json",
        "",
        "{\"properties\": {\"stats\": {\"properties\": {\"refunded\": {\"type\": \"string\"}}}}}",
        &["world.json:3:25: error: /stats/refunded: is 0, but must be a string"],
    ),
    (
        "world.schema.json",
        "",
        "{\"properties\": {\"orders\": {\"additionalProperties\": {\"properties\": {\"status\": {\"enum\": [\"delivered\"]}}}}}}",
        &[
            "orders.csv:3: error: /orders/8842/status: is \"pending\", but must be one of \"delivered\"",
        ],
    ),
    (
        "world.schema.json",
        "",
        "{\"type\": \"objct\"}",
        &[
            "world.schema.json:1:10: error: this is no JSON Schema: /type: `type` takes one or more of null, boolean, integer, number, string, array, object",
        ],
    ),
    // --- tools.yaml and rules
    (
        "tools.yaml",
        "description",
        "descripton",
        &["tools.yaml:2:3: error: unknown key `descripton` in `find_orders`"],
    ),
    (
        "tools.yaml",
        "table: {name: orders",
        "table: {name: order",
        &["tools.yaml:3:11: error: the world has no table `order`"],
    ),
    (
        "tools.yaml",
        "[order_id, item, status]",
        "[order_id, itm, status]",
        &["tools.yaml:3:44: error: no row of `orders` has a field `itm`"],
    ),
    (
        "tools.yaml",
        "status?: string",
        "state?: string",
        &["tools.yaml:4:15: error: no row of `orders` has a field `state`"],
    ),
    (
        "tools.yaml",
        "status?: string",
        "status?: text",
        &["tools.yaml:4:46: error: unknown type `text` of `find_orders.parameters.status`"],
    ),
    (
        "tools.yaml",
        "find_orders",
        "find orders",
        &["tools.yaml:1:1: error: `find orders` is no name of a tool"],
    ),
    (
        "tools.yaml",
        "",
        "refnd: {description: x}",
        &["tools.yaml:1:1: error: nothing says how `refnd` answers"],
    ),
    (
        "tools.yaml",
        "",
        "look: {description: x, executor: model}",
        &["tools.yaml:1:1: error: `look` is a model tool and does not say what it may read"],
    ),
    (
        "tools.yaml",
        "",
        "look: {description: x, executor: modl}",
        &["tools.yaml:1:34: error: unknown executor `modl`"],
    ),
    (
        "tools.yaml",
        "",
        "look: {description: x, executor: model, reads: [order], writes: ['orders[*'], free_text: [result.note, note]}",
        &[
            "tools.yaml:1:49: error: `look.reads` names `order`, which is no table of the world",
            "tools.yaml:1:66: error: `orders[*`: a `]` is missing at `[*`",
            "tools.yaml:1:104: error: `look.free_text` names `note`, which is no table of the world",
        ],
    ),
    (
        "tools.yaml",
        "",
        "look:\n  description: x\n  executor: model\n  parameters: {order_id: string, deep: boolean}\n  reads:\n    - orders[{ordr_id}]\n    - orders[{deep}]\n    - orders[sttus=\"open\"]\n    - orders[{refnds[{order_id}].order_id}]\n    - orders[{order_id]\n    - orders[total=1.5]\n    - \"{order_id}\"\n  writes: ['orders[{order_id}].status']\n  free_text: ['orders[{order_id}].status']",
        &[
            "tools.yaml:6:7: error: `look.reads` names the argument `ordr_id`, which the tool does not take",
            "tools.yaml:7:7: error: `look.reads` is completed by `deep`, which is of type boolean",
            "tools.yaml:8:7: error: `look.reads`: no row of `orders` has a field `sttus`",
            "tools.yaml:9:7: error: `look.reads` names `refnds`, which is no table of the world",
            "tools.yaml:10:7: error: `orders[{order_id]`: a `}` is missing at `{order_id]`",
            "tools.yaml:11:7: error: `orders[total=1.5]`: a `]` is missing at `[total=1.5]`",
            "tools.yaml:12:7: error: `{order_id}`: a place begins with the name of a table at `{order_id}`",
            "tools.yaml:14:15: error: `orders[{order_id}].status`: `{…}` and `[field=…]` stand only in `reads` and `writes` of a model tool",
        ],
    ),
    (
        "tools.yaml",
        "",
        "refund: {reads: ['orders[{order_id}]']}",
        &[
            "tools.yaml:1:18: error: `refund.reads`: `orders[{order_id}]` depends on the call, and only a model tool's places can",
        ],
    ),
    (
        "tools.yaml",
        "",
        "refund: {writes: ['orders[*].status'], reads: [orders]}",
        &[
            "tools.yaml:1:19: error: the rule `refund` writes `refunds[*]`, which its declared `writes` do not cover",
        ],
    ),
    (
        "tools.yaml",
        "",
        "refund: {parameters: {order_id: string, why: string}}",
        &[
            "tools.yaml:1:22: error: `refund` takes `reason` in desk.rules:7, but not here",
            "tools.yaml:1:41: error: `refund` takes `why` here, but not in desk.rules:7",
        ],
    ),
    (
        "tools.yaml",
        "",
        "refund: {executor: table, table: orders}",
        &[
            "tools.yaml:1:1: error: `refund` answers by table, but desk.rules:7 has a rule of that name",
        ],
    ),
    (
        "tools.yaml",
        "",
        "ask: {description: x, agent: man}",
        &["tools.yaml:1:30: error: no agent is named `man`"],
    ),
    (
        "tools.yaml",
        "",
        "ask: {description: x, executor: human, parameters: {type: object, properties: {a: {type: strin}}}}",
        &[
            "tools.yaml:1:84: error: `ask.parameters` is no JSON Schema: `type` takes one or more of null, boolean, integer, number, string, array, object",
        ],
    ),
    (
        "desk.rules",
        "order.total, reason",
        "order.totl, reason",
        &[
            "tasks.yaml:13:7: error: with seed 0, the call `refund` of the path fails: `order.totl`: `order` has no `totl`; is `total` meant?",
            "tasks.yaml:24:7: error: the call `refund` of the path fails: `order.totl`: `order` has no `totl`; is `total` meant?",
        ],
    ),
    (
        "desk.rules",
        "orders[order_id] else",
        "orderz[order_id] else",
        &["desk.rules:3:17: error: `orderz` is no local, argument or table"],
    ),
    (
        "desk.rules",
        "refund(order_id: string \"the order's id\", reason: \"broken\" | \"late\")",
        "refund",
        &[
            "desk.rules:7:1: error: `refund` uses order_id, reason, but nothing says that it takes arguments",
        ],
    ),
    (
        "desk.rules",
        "## Refund a delivered order.\n",
        "",
        &["desk.rules:6:1: warning: `refund` has no description"],
    ),
    (
        "desk.rules",
        "return order\n",
        "return order +\n",
        &["desk.rules:4:19: error: expected a value, found the end of the line"],
    ),
    (
        "desk.rules",
        "refund.amount <=",
        "refund.amount <",
        &[
            "tasks.yaml:13:7: error: with seed 0, the call `refund` of the path fails: The system refused this change: invariant refunds_within_paid: Refund of 8843 is more than was paid",
            "tasks.yaml:24:7: error: the call `refund` of the path fails: The system refused this change: invariant refunds_within_paid: Refund of 8842 is more than was paid",
        ],
    ),
    // --- personas, rubric, replies, strangers
    (
        "personas.yaml",
        "patience: 0.2",
        "patiense: 0.2",
        &[
            "personas.yaml:2:50: error: the persona `maya`: unknown key `patiense`; did you mean `patience`?",
        ],
    ),
    (
        "personas.yaml",
        "profile: careful",
        "profile: carful",
        &["personas.yaml:2:22: error: the persona `maya` has an unknown profile `carful`"],
    ),
    (
        "personas.yaml",
        "patience: 0.2",
        "patience: 2",
        &[
            "personas.yaml:2:50: error: the persona `maya`: `patience` must be a number from 0 to 1, or low, medium or high, not 2",
        ],
    ),
    (
        "personas.yaml",
        "jurisdiction: UK",
        "jurisdiction: Mars",
        &[
            "personas.yaml:2:69: error: the persona `maya`: unknown jurisdiction `Mars`; known are US, EU, UK, IN, CA, AU",
        ],
    ),
    (
        "personas.yaml",
        "trust: [0.2, 0.5]",
        "trust: [0.5, 0.2]",
        &[
            "personas.yaml:6:16: error: the profile `careful`: `trust` must be [low, high] with 0 <= low <= high <= 1, not [0.5,0.2]",
        ],
    ),
    (
        "rubric.yaml",
        "gate: 6",
        "gate: 11",
        &["rubric.yaml:1:7: error: `gate` is 11; it must be from 1 to 10"],
    ),
    (
        "rubric.yaml",
        "tool_usage: {weight: 2}",
        "tool_usge: {weight: 2}",
        &["rubric.yaml:4:3: error: the axis `tool_usge` does not say what is judged"],
    ),
    (
        "rubric.yaml",
        "weight: 2",
        "weight: -2, weigth: 1",
        &[
            "rubric.yaml:4:24: error: `axes.tool_usage.weight` is -2; it must be from 0 to 1000",
            "rubric.yaml:4:28: error: unknown key `weigth` in `axes.tool_usage`",
        ],
    ),
    (
        "replies.jsonl",
        "",
        "{\"role\": \"usr\", \"text\": \"hi\"}\n\nnope\n{}",
        &[
            "replies.jsonl:1:1: error: unknown role `usr`",
            "replies.jsonl:3:2: error: this is not JSON: expected ident",
            "replies.jsonl:4:1: error: this reply has no `role`",
        ],
    ),
    (
        "task.yaml",
        "",
        "a: 1",
        &["task.yaml: warning: this file is not read"],
    ),
    (
        "policy.md",
        "",
        "",
        &["policy.md: warning: the policy is empty"],
    ),
];
