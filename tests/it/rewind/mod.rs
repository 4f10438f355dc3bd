//! Time travel and what a person does on the way: the eleven properties of
//! rewind over random scripts of one-letter commands, and each command by itself.
//! A failing script shrinks to letters that say what to type.

mod hostile;
mod person;
mod properties;
mod stored;
mod touches;
mod trials;

use crate::support::Desk;
use stategen::engine::effect::Notice;
use stategen::engine::halt::Break;
use stategen::engine::id::StepId;
use stategen::engine::input::{Acted, Command, Edit, Go, Onto};
use stategen::engine::role::ToolCall;
use stategen::engine::session::{Session, Turn};
use stategen::engine::world::{Node, Op, Patch, Path};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Steps of the current branch.
pub fn ids(session: &Session) -> Vec<StepId> {
    let path = session.path(session.head());
    let steps = path.iter().filter_map(|p| p.step.as_ref());
    steps.map(|s| s.id).collect()
}

/// An edit of one file.
pub fn file(name: &str, text: &str) -> Edit {
    let bytes = Some(Arc::from(text.as_bytes()));
    Edit::Files(BTreeMap::from([(name.to_owned(), bytes)]))
}

/// A file as it is where the session stands.
pub fn text_of(desk: &Desk, name: &str) -> String {
    String::from_utf8(desk.session.scenario().files[name].to_vec()).unwrap()
}

/// What the last notice refuses, and why.
pub fn refused(desk: &Desk) -> String {
    match desk.notices.last() {
        Some(Notice::Refused(why)) => why.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

/// Takes steps until something holds.
pub fn until(desk: &mut Desk, holds: impl Fn(&Session) -> bool) {
    for _ in 0..200 {
        if holds(&desk.session) {
            return;
        }
        desk.run(Command::Go(Go::Step));
    }
    panic!("it never came to that");
}

/// Whether a tool is to answer.
pub fn tool_turn(session: &Session) -> bool {
    matches!(session.turn(session.head()), Turn::Tool { .. })
}

/// A text value of the world replaced; which one is chosen by number.
pub fn world_edit(session: &Session, at: Option<StepId>, number: usize) -> Edit {
    fn leaves(node: &Node, path: &Path, out: &mut Vec<Path>) {
        if out.len() > 200 {
            return;
        }
        match node {
            Node::Map(map) => {
                for (key, value) in map {
                    leaves(value, &path.join(key.clone()), out);
                }
            }
            Node::List(list) => {
                for (i, value) in list.iter().enumerate() {
                    leaves(value, &path.join(i.to_string()), out);
                }
            }
            Node::Str(_) => out.push(path.clone()),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::Float(_) => {}
        }
    }
    let mut all = Vec::new();
    leaves(&session.place(at).world, &Path::root(), &mut all);
    let path = all[number % all.len()].clone();
    let value = Node::str(format!("other {number}"));
    Edit::World(Patch(vec![Op::Replace { path, value }]))
}

/// Something that fits whoever's turn it is.
pub fn acted(session: &Session, at: Option<StepId>, number: usize) -> Acted {
    match session.turn(at) {
        Turn::Agent { .. } if number.is_multiple_of(2) => Acted::Answered {
            text: format!("I am a person ({number})."),
            calls: Vec::new(),
        },
        Turn::Agent { .. } => {
            let tools = &session.scenario_at(at).tools;
            Acted::Answered {
                text: String::new(),
                calls: vec![ToolCall {
                    id: String::new(),
                    tool: tools[number % tools.len()].name.clone(),
                    raw: String::from("{}"),
                    args: Node::Null,
                }],
            }
        }
        Turn::Tool { .. } => Acted::Result {
            result: Node::str(format!("by hand {number}")),
            ok: !number.is_multiple_of(3),
            patch: None,
        },
        Turn::User | Turn::Judge | Turn::Nobody => Acted::Said {
            text: format!("I say number {number}."),
            done: number.is_multiple_of(7),
        },
    }
}

/// One letter of a script, about the step of this number.
pub fn act(desk: &mut Desk, letter: char, at: usize) {
    let path = ids(&desk.session);
    let spot = (!path.is_empty()).then(|| path[at % path.len()]);
    let parent = spot.and_then(|id| desk.session.step(id).unwrap().parent);
    let onto = match at % 3 {
        0 => Onto::Head,
        1 => Onto::Fork(parent),
        _ => Onto::Overwrite(parent),
    };
    let place = match onto {
        Onto::Head => desk.session.head(),
        Onto::Fork(at) | Onto::Overwrite(at) => at,
    };
    match letter {
        's' => desk.run(Command::Go(Go::Step)),
        'S' => desk.run(Command::Go(Go::Round)),
        'f' => desk.run(Command::Fork { at: spot }),
        'F' => desk.run(Command::Fork { at: None }),
        'o' => desk.run(Command::Overwrite { at: spot }),
        'O' => desk.run(Command::Overwrite { at: None }),
        'r' => desk.run(Command::Retry { clean: false }),
        'u' => desk.run(Command::Undo),
        'U' => desk.run(Command::Redo),
        'x' => {
            // Ask, then stop before the answer comes.
            desk.command(Command::Go(Go::Step));
            desk.command(Command::Stop);
        }
        'b' => {
            let all = desk.session.branches();
            let branch = all[at % all.len()].name.clone();
            desk.run(Command::Switch { branch });
        }
        'j' => desk.run(Command::Judge),
        // Edits: the persona, a file, the world.
        'p' => {
            let mut persona = desk.session.persona_at(place).clone();
            persona.traits[at % 12] = 1.0 - persona.traits[at % 12];
            let edit = Edit::Persona(Box::new(persona));
            desk.run(Command::Edit { onto, edit });
        }
        'e' => {
            let files = &desk.session.scenario_at(place).files;
            let name = ["policy.md", "personas.yaml", "rubric.yaml"][at % 3];
            let mut text = String::from_utf8(files[name].to_vec()).unwrap();
            text.push_str(&format!("\n# Edited {at}.\n"));
            desk.run(Command::Edit {
                onto,
                edit: file(name, &text),
            });
        }
        'w' => {
            let edit = world_edit(&desk.session, place, at);
            desk.run(Command::Edit { onto, edit });
        }
        // A person acts for a role; `I` in the place of a step.
        'i' => {
            let act = acted(&desk.session, place, at);
            desk.run(Command::Act {
                onto,
                act,
                instead: None,
            });
        }
        'I' => {
            let act = acted(&desk.session, parent, at);
            let onto = Onto::Fork(parent);
            desk.run(Command::Act {
                onto,
                act,
                instead: spot,
            });
        }
        't' => {
            let seat = ["user", "agent", "tool"][at % 3].to_owned();
            desk.run(Command::Take {
                seat,
                once: at.is_multiple_of(2),
            });
        }
        'h' => {
            for (seat, _) in desk.session.taken().to_vec() {
                desk.run(Command::HandBack { seat });
            }
        }
        '[' => {
            if let Some(id) = spot {
                desk.run(Command::Try {
                    step: desk.session.tries(id)[0],
                });
            }
        }
        ']' => {
            if let Some(id) = spot {
                let tries = desk.session.tries(id);
                desk.run(Command::Try {
                    step: tries[tries.len() - 1],
                });
            }
        }
        'T' => desk.run(Command::Trial {
            at: parent,
            times: 1 + at as u32 % 2,
        }),
        'B' => {
            let on = [Break::Finding, Break::Rule, Break::Step(at as u32)];
            desk.run(Command::Break {
                on: on[at % 3..].to_vec(),
            });
        }
        other => panic!("no letter {other}"),
    }
}

/// A script as it is printed.
pub fn shown(script: &[(char, usize)]) -> String {
    script.iter().map(|(c, at)| format!("{c}{at} ")).collect()
}
