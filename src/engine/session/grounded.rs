//! The grounding check over a branch: what agents have heard and done so far,
//! and what their texts and calls say beyond it.

use super::{Place, Session, Setting};
use crate::engine::grounding::{Coverage, Done, Known, check_agent_text, findings_of_args};
use crate::engine::id::StepId;
use crate::engine::role::ToolCall;
use crate::engine::scenario::Scenario;
use crate::engine::score::Finding;
use crate::engine::step::{Act, Body, ToolRun};

/// What was said, read and done up to a step.
struct Heard {
    known: Known,
    done: Vec<Done>,
}

/// What every agent is told: policies, the tools, the clock.
pub(super) fn told(scenario: &Scenario) -> Known {
    let mut known = Known::new();
    known.text(&scenario.now);
    for agent in &scenario.agents {
        known.text(&agent.policy);
    }
    for tool in &scenario.tools {
        known.tool(&tool.name);
        known.text(&tool.description);
        known.text(&tool.parameters.to_string());
    }
    known
}

impl Heard {
    fn new(setting: &Setting) -> Self {
        Self {
            known: setting.told().clone(),
            done: Vec::new(),
        }
    }

    /// Takes in a step that was made. An agent's own text is no source, or a
    /// lie would back its repetition.
    fn hear(&mut self, scenario: &Scenario, body: &Body) {
        match &body.act {
            Act::Said { text, .. } => self.known.text(text),
            Act::Ran(run) => self.ran(scenario, run),
            Act::Answered { .. } | Act::Judged(_) | Act::Malformed { .. } | Act::Edited(_) => {}
        }
    }

    fn ran(&mut self, scenario: &Scenario, run: &ToolRun) {
        self.known.node(&run.result);
        self.known.text(&run.text);
        if run.ok {
            // An accepted call: its arguments are facts from now on.
            self.known.node(&run.args);
        }
        let mut about = scenario
            .tool(&run.call.tool)
            .map_or_else(String::new, |t| t.description.clone());
        if !run.patch.is_empty() {
            about.push_str(&serde_json::to_string(&run.patch).unwrap_or_default());
        }
        self.done.push(Done {
            tool: run.call.tool.clone(),
            ok: run.ok,
            wrote: run.ok && !run.patch.is_empty(),
            args: run.args.clone(),
            about,
        });
    }
}

impl Session {
    /// What an agent's answer says or calls that nothing backs.
    pub(super) fn ungrounded(
        &self,
        place: &Place,
        body: &Body,
        text: &str,
        calls: &[ToolCall],
    ) -> Vec<Finding> {
        let scenario = &place.setting.scenario;
        let mut heard = Heard::new(&place.setting);
        for place in self.path(place.step.as_ref().map(|s| s.id)) {
            if let Some(step) = &place.step {
                heard.hear(scenario, &step.body);
            }
        }
        let (mut out, _) = check_agent_text(text, body.number, &heard.known, &heard.done);
        for call in calls {
            // What a sub-agent is asked is text, not arguments of a tool.
            out.extend(findings_of_args(
                &call.tool,
                &call.args,
                body.number,
                &heard.known,
            ));
        }
        out
    }

    /// How much of the agents' texts up to `at` was checked, and with what
    /// outcome: `41 literals: 38 traced, 1 not, 2 not checked`.
    #[must_use]
    pub fn coverage(&self, at: Option<StepId>) -> Coverage {
        let setting = &self.place(at).setting;
        let mut heard = Heard::new(setting);
        let mut out = Coverage::default();
        for place in self.path(at) {
            let Some(step) = &place.step else { continue };
            if let Act::Answered { text, .. } = &step.body.act {
                out += check_agent_text(text, step.body.number, &heard.known, &heard.done).1;
            }
            heard.hear(&setting.scenario, &step.body);
        }
        out
    }
}
