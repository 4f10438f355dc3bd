//! The keys that each file may hold: read by `load`, and by the test that holds
//! the published schemas against them.

/// scenario.yaml
pub const SCENARIO: &[&str] = &[
    "id", "title", "now", "world", "tables", "schema", "render", "agents", "stop", "limits",
    "judge", "faults",
];
/// scenario.yaml, `tables.NAME`
pub const TABLE: &[&str] = &["key", "columns"];
/// scenario.yaml, `agents.NAME`
pub const AGENT: &[&str] = &["policy", "tools", "agents", "description"];
/// scenario.yaml, `stop`
pub const STOP: &[&str] = &["max_turns", "goodbyes"];
/// scenario.yaml, `limits`
pub const LIMITS: &[&str] = &["depth", "agent_steps", "repairs", "retries", "rule_budget"];
/// scenario.yaml, a line of a deck in `faults`
pub const FAULT: &[&str] = &["fault", "tool", "role", "at", "every", "chance", "times"];
/// tools.yaml, a tool
pub const TOOL: &[&str] = &[
    "name",
    "description",
    "parameters",
    "output",
    "executor",
    "table",
    "agent",
    "reads",
    "writes",
    "free_text",
    "args",
    "repairs",
    "render",
    "answers",
];
/// tools.yaml, one of a tool's `answers`
pub const ANSWER: &[&str] = &["args", "result", "patch", "error"];
/// tools.yaml, a tool's `table`
pub const TABLE_OP: &[&str] = &["name", "get", "fields", "limit"];
/// tasks.yaml, a task
pub const TASK: &[&str] = &[
    "id",
    "goal",
    "known",
    "hidden",
    "context",
    "complexity",
    "persona",
    "opening",
    "bind",
    "start",
    "path",
    "assertions",
    "faults",
];
/// personas.yaml
pub const PERSONAS: &[&str] = &["personas", "profiles"];
/// personas.yaml, a persona, besides the dimensions
#[cfg(test)]
pub const PERSONA: &[&str] = &["name", "profile", "complexity", "sigma"];
/// personas.yaml, a profile
#[cfg(test)]
pub const PROFILE: &[&str] = &["about", "base", "emotions"];
/// rubric.yaml
pub const RUBRIC: &[&str] = &["axes", "gate"];
/// rubric.yaml, an axis
pub const AXIS: &[&str] = &["title", "description", "weight", "gate"];

/// `executor:` of a tool
pub const EXECUTORS: &[&str] = &["rules", "table", "model", "agent", "human"];
/// `args:` of a tool
pub const ARGS: &[&str] = &["strict", "coerce", "lenient"];
/// `render:`
pub const RENDERS: &[&str] = &["compact", "python"];
/// `judge:`
pub const JUDGE: &[&str] = &["end", "each_round", "never"];
/// `context:` of a task
pub const CONTEXTS: &[&str] = &[
    "complaint",
    "escalation",
    "checkout",
    "dispute",
    "account_issue",
];
/// `complexity:`
pub const COMPLEXITIES: &[&str] = &["simple", "medium", "complex", "vague"];
/// `role:` of a fault
pub const FAULT_ROLES: &[&str] = &["user", "agent", "tool", "judge"];
