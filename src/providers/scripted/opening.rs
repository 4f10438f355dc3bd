//! The user's first turn: the goal in as many words as the persona's complexity
//! allows, with the facts that this person would tell unasked.

use super::bank::{Act, Register};
use super::facts;
use super::user::{Turn, shared};
use super::voice::Channel;
use crate::engine::persona::{Bucket, Complexity};
use crate::engine::rng::Rng;

/// Words at least and at most.
#[must_use]
pub(super) fn range(complexity: Complexity) -> (usize, usize) {
    match complexity {
        Complexity::Simple => (3, 8),
        Complexity::Medium => (8, 15),
        Complexity::Complex => (15, 30),
        Complexity::Vague => (3, 15),
    }
}

/// Drafts looked at before the nearest one is taken.
const DRAFTS: usize = 80;

/// The opening turn.
pub(super) fn compose(turn: &Turn<'_>) -> String {
    let complexity = turn.s.persona.complexity;
    let (least, most) = range(complexity);
    let jargon = if complexity == Complexity::Vague {
        vocabulary(turn)
    } else {
        Vec::new()
    };
    let mut nearest: Option<(usize, String)> = None;
    if complexity == Complexity::Simple
        && let Some(parts) = short(turn, most)
    {
        let text = turn
            .voice
            .dress(&parts, &turn.values, &mut turn.rng("opening/short"));
        if off_by(&text, least, most) == 0 {
            return text;
        }
    }
    for draft in 0..DRAFTS {
        let mut rng = turn.rng(&format!("opening/{draft}"));
        let parts = match complexity {
            Complexity::Vague => vague(turn, &mut rng),
            Complexity::Simple | Complexity::Medium | Complexity::Complex => {
                parts(turn, complexity, draft, &mut rng)
            }
        };
        let text = turn.voice.dress(&parts, &turn.values, &mut rng);
        let off = off_by(&text, least, most) + 3 * spoilt(&text, &jargon);
        if off == 0 {
            return text;
        }
        if nearest.as_ref().is_none_or(|(o, _)| off < *o) {
            nearest = Some((off, text));
        }
    }
    // No draft fits: the shortest wish in the shortest frames, else a wish that
    // every goal has.
    let short = turn
        .goal
        .forms
        .last()
        .map_or("get some help", String::as_str);
    let shortest = super::words::capital(short);
    let mut last: Vec<String> = match complexity {
        Complexity::Vague => Vec::new(),
        Complexity::Simple if turn.goal.agentive => {
            vec![format!("{shortest}, please."), format!("{shortest}.")]
        }
        Complexity::Simple => vec![
            format!("I want to {short}."),
            format!("Can I {short}?"),
            format!("How to {short}?"),
        ],
        Complexity::Medium => vec![
            format!("Can I {short}? What do you need?"),
            format!("Hi, I'd like to {short}. Can you help me with that?"),
        ],
        Complexity::Complex => vec![format!(
            "Hi, I'd like to {short}. I'm not sure how that works, so please tell me what you need from me."
        )],
    };
    last.push(String::from(match complexity {
        Complexity::Simple | Complexity::Vague => "I need some help, please.",
        Complexity::Medium => "Hi, I need some help with something, can you look into it?",
        Complexity::Complex => {
            "Hi, I need some help with something, and I am not quite sure how to go about it, so can you tell me what you need?"
        }
    }));
    let mut rng = turn.rng("opening/last");
    for text in last {
        // No articles dropped here: the count is tight.
        let text = turn.voice.dress(&[text], &turn.values, &mut rng);
        if off_by(&text, least, most) == 0 && spoilt(&text, &jargon) == 0 {
            return text;
        }
    }
    nearest.map(|(_, text)| text).unwrap_or_default()
}

/// A wish in a few words: one of all that fit, counted off by the seed, so that
/// neighbouring seeds say it differently.
fn short(turn: &Turn<'_>, most: usize) -> Option<Vec<String>> {
    let register = turn.voice.register;
    let few = |act: Act, words: usize| {
        let lines = super::bank::lines(act, register).iter();
        lines.filter(move |l| l.split_whitespace().count() <= words && !l.starts_with("Dear"))
    };
    let acts: &[Act] = match (turn.goal.thing, turn.goal.agentive) {
        (true, _) => &[Act::Want],
        (false, true) => &[Act::Order, Act::Need],
        (false, false) => &[Act::Need],
    };
    let mut all: Vec<Vec<String>> = Vec::new();
    for form in &turn.goal.forms {
        for frame in acts
            .iter()
            .flat_map(|act| super::bank::lines(*act, register))
        {
            let wish = super::voice::fill(frame, form);
            let greets = std::iter::once("").chain(few(Act::Greet, 2).copied());
            for greet in greets {
                for tail in std::iter::once("").chain(few(Act::Help, 3).copied()) {
                    let parts: Vec<String> = [greet, &wish, tail]
                        .iter()
                        .filter(|p| !p.is_empty())
                        .map(|p| (*p).to_owned())
                        .collect();
                    // A word to spare for an emoji.
                    if super::voice::join(&parts).split_whitespace().count() < most {
                        all.push(parts);
                    }
                }
            }
        }
    }
    // The same order for a task and a persona, whatever the seed.
    let mut rng = Rng::new(all.len() as u64, &turn.s.bound.task);
    for at in (1..all.len()).rev() {
        let to = rng.below(at + 1);
        all.swap(at, to);
    }
    let step = u64::from(turn.request.attempt).wrapping_mul(17);
    let at = turn.s.seed.wrapping_add(step) % (all.len().max(1) as u64);
    all.into_iter().nth(at as usize)
}

/// How many words too few or too many.
fn off_by(text: &str, least: usize, most: usize) -> usize {
    let all = text.split_whitespace().count();
    let words = text
        .split_whitespace()
        .filter(|w| w.chars().any(char::is_alphanumeric))
        .count();
    least.saturating_sub(words) + all.saturating_sub(most)
}

fn spoilt(text: &str, jargon: &[String]) -> usize {
    facts::tokens(text)
        .iter()
        .filter(|w| jargon.contains(w))
        .count()
}

/// The domain's words: those of its tools, tables and of the goal itself.
fn vocabulary(turn: &Turn<'_>) -> Vec<String> {
    const PLAIN: [&str; 40] = [
        "i", "a", "to", "the", "my", "is", "it", "of", "for", "on", "in", "and", "with", "help",
        "need", "get", "want", "you", "your", "not", "do", "can", "this", "that", "what", "how",
        "who", "be", "was", "has", "have", "an", "am", "me", "so", "or", "at", "from", "there",
        "here",
    ];
    let mut out: Vec<String> = Vec::new();
    for tool in &turn.s.scenario.tools {
        out.extend(super::words::parts(&tool.name));
    }
    if let Some(tables) = turn.s.scenario.world.as_map() {
        out.extend(tables.keys().flat_map(|k| super::words::parts(k)));
    }
    out.extend(facts::tokens(&turn.s.bound.goal));
    let more: Vec<String> = out
        .iter()
        .map(|w| {
            w.strip_suffix('s')
                .map_or_else(|| format!("{w}s"), str::to_owned)
        })
        .collect();
    out.extend(more);
    out.retain(|w| w.len() > 2 && !PLAIN.contains(&w.as_str()));
    out
}

fn greets(turn: &Turn<'_>, complexity: Complexity) -> f64 {
    if turn.voice.channel == Channel::Email && complexity != Complexity::Simple {
        return 0.95;
    }
    let base = match turn.voice.register {
        Register::Formal => 0.8,
        Register::Plain => 0.55,
        Register::Blunt => 0.2,
        Register::Casual => 0.6,
    };
    if complexity == Complexity::Simple {
        base * 0.6
    } else {
        base
    }
}

fn greeting(turn: &Turn<'_>, rng: &mut Rng) -> String {
    loop {
        let line = turn.line(Act::Greet, "", rng);
        // A letter's greeting is for letters.
        if turn.voice.channel == Channel::Email || !line.starts_with("Dear") {
            return line;
        }
    }
}

fn vague(turn: &Turn<'_>, rng: &mut Rng) -> Vec<String> {
    let mut parts = Vec::new();
    if rng.chance(greets(turn, Complexity::Vague)) {
        parts.push(greeting(turn, rng));
    }
    let line = turn.line(Act::Vague, "", rng);
    let after_comma = parts
        .last()
        .is_some_and(|p| p.ends_with(',') || p.ends_with("so"));
    parts.push(if after_comma {
        line
    } else {
        super::words::capital(&line)
    });
    let mood = mood(turn, rng);
    if rng.chance(0.25) {
        parts.extend(mood);
    }
    if rng.chance(0.7) {
        parts.push(turn.line(Act::VagueAsk, "", rng));
    }
    parts
}

fn mood(turn: &Turn<'_>, rng: &mut Rng) -> Option<String> {
    let mut acts = Vec::new();
    if turn.voice.annoyed {
        acts.push(Act::Annoyed);
    }
    if turn.voice.worried {
        acts.push(Act::Worried);
    }
    if turn.voice.hurry {
        acts.push(Act::Hurry);
    }
    rng.pick(&acts).map(|act| turn.line(*act, "", rng))
}

fn parts(turn: &Turn<'_>, complexity: Complexity, draft: usize, rng: &mut Rng) -> Vec<String> {
    let mut parts = Vec::new();
    if rng.chance(greets(turn, complexity)) {
        parts.push(greeting(turn, rng));
    }
    let complex = complexity == Complexity::Complex;
    let talks = complex || turn.voice.verbosity == Bucket::High;
    if talks && turn.voice.politeness == Bucket::High && rng.chance(0.4) {
        parts.push(turn.line(Act::Chat, "", rng));
    }
    // Later drafts turn to shorter forms of the wish.
    let forms = &turn.goal.forms;
    let bias = match (complexity, turn.voice.verbosity) {
        (Complexity::Simple, _) => 1 + draft / 20,
        (_, Bucket::Low) => 1,
        (_, Bucket::Medium) => usize::from(rng.chance(0.5)),
        (_, Bucket::High) => 0,
    };
    let at = (bias + usize::from(rng.chance(0.3)) + draft / 30).min(forms.len().saturating_sub(1));
    let wish = forms.get(at).map_or("get some help", String::as_str);
    parts.push(turn.line(turn.wish_act(rng), wish, rng));
    let detail = match complexity {
        Complexity::Simple | Complexity::Vague => 0.0,
        Complexity::Medium => 0.45,
        Complexity::Complex => 0.9,
    };
    let prose = turn
        .facts
        .iter()
        .filter(|f| !f.hidden && facts::is_prose(f))
        .map(facts::spoken);
    let mut said = 0;
    let most = if complex { 1 + rng.below(3) } else { 1 };
    for extra in turn.goal.extras.iter().cloned().chain(prose) {
        let fresh = shared(&super::voice::join(&parts), &extra) < 0.5;
        if said < most && fresh && rng.chance(detail) {
            parts.push(format!(
                "{}.",
                super::words::capital(extra.trim_end_matches('.'))
            ));
            said += 1;
        }
    }
    if rng.chance(if complex { 0.5 } else { 0.3 }) {
        parts.extend(mood(turn, rng));
    }
    let tells = match (complexity, turn.voice.verbosity) {
        (Complexity::Complex, Bucket::High) => 1 + rng.below(2),
        (Complexity::Complex, Bucket::Low | Bucket::Medium)
        | (Complexity::Medium, Bucket::High) => rng.below(2),
        (Complexity::Medium, Bucket::Medium) => usize::from(rng.chance(0.25)),
        (Complexity::Simple | Complexity::Vague, _) | (Complexity::Medium, Bucket::Low) => 0,
    };
    let said = super::voice::join(&parts);
    let known: Vec<_> = turn
        .facts
        .iter()
        .filter(|f| {
            !f.hidden
                && facts::yes_no(f).is_none()
                && !facts::is_prose(f)
                && !facts::says(&said, f.value)
        })
        .take(tells)
        .collect();
    let phrases: Vec<String> = known.iter().map(|f| turn.fact(f, false, rng)).collect();
    if !phrases.is_empty() {
        parts.push(turn.line(Act::Offer, &super::words::join_and(&phrases), rng));
    }
    if talks && turn.voice.politeness != Bucket::High && rng.chance(0.4) {
        parts.push(turn.line(Act::Chat, "", rng));
    }
    if rng.chance(if turn.voice.verbosity == Bucket::Low {
        0.15
    } else {
        0.45
    }) {
        parts.push(turn.line(Act::Help, "", rng));
    }
    parts
}
