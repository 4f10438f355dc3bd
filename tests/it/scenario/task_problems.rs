//! One mistake at a time in tasks.yaml of the tiny fixture, and every problem it
//! is answered with.

/// As [`super::problems::PROBLEMS`].
pub const PROBLEMS: &[(&str, &str, &str, &[&str])] = &[
    (
        "tasks.yaml",
        "",
        "REMOVED",
        &["tasks.yaml: error: there is no tasks.yaml"],
    ),
    (
        "tasks.yaml",
        "",
        "",
        &["tasks.yaml:1:1: error: there is no task"],
    ),
    (
        "tasks.yaml",
        "goal: Get the money",
        "gaol: Get the money",
        &[
            "tasks.yaml:1:1: error: the task `broken_kettle` has no `goal`",
            "tasks.yaml:2:3: error: unknown key `gaol` in `broken_kettle`",
        ],
    ),
    (
        "tasks.yaml",
        "context: complaint",
        "context: complain",
        &["tasks.yaml:5:12: error: unknown context `complain`"],
    ),
    (
        "tasks.yaml",
        "persona: maya",
        "persona: mya",
        &["tasks.yaml:7:12: error: no persona is named `mya`"],
    ),
    (
        "tasks.yaml",
        "{order.item} of",
        "{ordr.item} of",
        &[
            "tasks.yaml:2:9: error: the template `{ordr.item}` reads `ordr`, which is neither a table of the world nor a binding",
        ],
    ),
    (
        "tasks.yaml",
        "{order.item} of",
        "{order.itm} of",
        &[
            "tasks.yaml:2:3: error: with seed 0, `{order.itm}`: `order.itm`: `order` has no `itm`; is `item` meant?",
        ],
    ),
    (
        "tasks.yaml",
        "{order.item} of",
        "{order.item of",
        &["tasks.yaml:2:36: error: `{` in this text is never closed"],
    ),
    (
        "tasks.yaml",
        "\"{customer.email}\"",
        "{customer.email}",
        &["tasks.yaml:3:48: error: YAML reads `{customer.email}` as a map"],
    ),
    (
        "tasks.yaml",
        "o.total < 100",
        "o.total < 1",
        &[
            "tasks.yaml:9:5: error: with seed 0, the binding `order` is empty: nothing in the world fits",
        ],
    ),
    (
        "tasks.yaml",
        "'[o for o",
        "'[o fr o",
        &["tasks.yaml:9:16: error: expected `]`, found `fr`"],
    ),
    (
        "tasks.yaml",
        "customers[order.customer_id]",
        "customer[order.customer_id]",
        &[
            "tasks.yaml:10:5: error: the binding `customer` reads `customer`, which is neither a table of the world nor a binding",
        ],
    ),
    (
        "tasks.yaml",
        "    order: '[o",
        "    orders: '[o",
        &[
            "tasks.yaml:9:5: error: the binding `orders` hides the table `orders`",
            "tasks.yaml:10:5: error: the binding `customer` reads `order`, which is neither a table of the world nor a binding",
        ],
    ),
    (
        "tasks.yaml",
        "/orders/8842/status",
        "/orders/9999/status",
        &[
            "tasks.yaml:22:7: error: the start patch does not apply: there is nothing at /orders/9999/status to replace",
        ],
    ),
    (
        "tasks.yaml",
        "{op: replace, path: /orders/8842/status, value: delivered}",
        "{op: set, path: /x}",
        &[
            "tasks.yaml:22:7: error: this is no operation of a patch: unknown variant `set`, expected one of `add`, `remove`, `replace`, `move`, `copy`, `test`",
        ],
    ),
    (
        "tasks.yaml",
        "value: delivered",
        "value: 7",
        &[
            "tasks.yaml:21:3: error: the start patch breaks the world's schema: /orders/8842/status: is 7, but must be a string",
        ],
    ),
    (
        "tasks.yaml",
        "- get_order: {order_id: \"{order.order_id}\"}",
        "- get_ordr: {order_id: \"{order.order_id}\"}",
        &["tasks.yaml:12:7: error: the path calls an unknown tool `get_ordr`"],
    ),
    (
        "tasks.yaml",
        "- get_order: {order_id: \"{order.order_id}\"}",
        "- get_order: {id: 1}",
        &[
            "tasks.yaml:12:7: error: with seed 0, `get_order` does not take these arguments: Invalid arguments: unknown argument `id`; missing argument `order_id`",
        ],
    ),
    (
        "tasks.yaml",
        "- get_order: {order_id: \"{order.order_id}\"}",
        "- get_order: {order_id: \"0\"}",
        &[
            "tasks.yaml:12:7: error: with seed 0, the call `get_order` of the path fails: Order 0 not found",
        ],
    ),
    (
        "tasks.yaml",
        "save: ret",
        "save: orders",
        &[
            "tasks.yaml:14:7: error: `save: orders` hides a table or a binding",
            "tasks.yaml:15:30: error: the template `{refunds[ret.refund_id].order_id ?? order.order_id}` reads `ret`, which is neither a table of the world nor a binding",
        ],
    ),
    (
        "tasks.yaml",
        "    - refund: {order_id: \"{order.order_id}\", reason: broken}\n      save: ret\n    - get_order: {order_id: \"{refunds[ret.refund_id].order_id ?? order.order_id}\"}\n",
        "",
        &[
            "tasks.yaml:14:7: error: with seed 0, after the reference path the assertion `orders[order.order_id].status == \"refunded\"` is still false",
            "tasks.yaml:15:7: error: with seed 0, after the reference path the assertion `stats.refunded == 1` is still false",
        ],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "- stats.refunded == 0",
        &[
            "tasks.yaml:18:7: error: with seed 0, after the reference path the assertion `stats.refunded == 0` is still false",
        ],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "- stats.refunded < 2",
        &[
            "tasks.yaml:18:7: warning: with seed 0, the assertion `stats.refunded < 2` is true before anything is done",
        ],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "- stats.refunded",
        &[
            "tasks.yaml:18:7: error: with seed 0, the assertion `stats.refunded` gives integer, not true or false",
        ],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "- !stats.refunded",
        &["tasks.yaml:18:7: error: `!stats.refunded` is a YAML tag, which means nothing here"],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "-",
        &["tasks.yaml:18:6: error: `broken_kettle.assertions` is null where a condition was meant"],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "- {stats: 1}",
        &[
            "tasks.yaml:18:7: error: `broken_kettle.assertions` is a map where a condition was meant",
        ],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "- stat.refunded == 1",
        &[
            "tasks.yaml:18:7: error: the assertion reads `stat`, which is neither a table of the world nor a binding",
        ],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "- \"refunded\" in orders",
        &[
            "tasks.yaml:18:18: error: this is not YAML: invalid trailing content after double-quoted scalar",
        ],
    ),
    (
        "tasks.yaml",
        "- stats.refunded == 1",
        "- stats.refund == 1",
        &[
            "tasks.yaml:18:7: error: with seed 0, after the reference path the assertion `stats.refund == 1` cannot be evaluated: `stats.refund`: `stats` has no `refund`; is `refunded` meant?",
        ],
    ),
    (
        "tasks.yaml",
        "  assertions: orders[\"8842\"].status == \"refunded\"",
        "",
        &["tasks.yaml:19:1: warning: nothing says when `too_late` is reached"],
    ),
    (
        "tasks.yaml",
        "  path:\n    - refund: {order_id: \"8842\", reason: late}\n",
        "",
        &["tasks.yaml:19:1: warning: `too_late` has no reference path"],
    ),
    ("tasks.yaml", "persona: maya", "persona: tech_savvy", &[]),
    (
        "tasks.yaml",
        "hidden: {photo_taken: \"yes\"}",
        "hidden: {photo_taken: }\n  opening: 3",
        &[
            "tasks.yaml:4:12: error: `broken_kettle.hidden.photo_taken` is empty",
            "tasks.yaml:5:12: error: `broken_kettle.opening` is an integer; a text is expected",
        ],
    ),
    (
        "tasks.yaml",
        "",
        "- {id: a, goal: Do it., path: [], assertions: stats.refunded == 0}\n- {id: a, goal: x}\n- {goal: x}",
        &[
            "tasks.yaml:2:4: error: `a` stands here twice",
            "tasks.yaml:3:3: error: an entry of `tasks` has no `id`",
        ],
    ),
    (
        "tasks.yaml",
        "",
        "a: {goal: Do it., path: [{refund: {}, get_order: {}}, {save: x}, 3, refund], assertions: stats.refunded == 1}",
        &[
            "tasks.yaml:1:39: error: `get_order` stands beside another call",
            "tasks.yaml:1:55: error: `a.path` names no tool here",
            "tasks.yaml:1:66: error: `a.path` holds an integer; a call is expected",
        ],
    ),
];
