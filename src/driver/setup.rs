//! Who plays which seat, at what price and within which bounds: plain data, made
//! from the configuration before anything runs.

use super::limits::Gates;
use crate::providers::{Model, Transport};
use std::collections::BTreeMap;
use std::time::Duration;

/// Names of the four seats, in the order of the loop. A sub-agent has a seat of
/// its own where one is named `agent/NAME`, a simulated tool where one is named
/// `tool/NAME`.
pub const SEATS: [&str; 4] = ["user", "agent", "tool", "judge"];

/// The stand-in's name among the choices.
pub const SCRIPTED: &str = "scripted";

/// Who plays a seat.
#[derive(Clone, Debug, Default)]
pub enum Player {
    /// The scripted stand-in: no model is asked.
    #[default]
    Scripted,
    /// A model.
    Model(Box<Model>),
}

impl Player {
    /// `scripted`, or `provider/model`.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Scripted => SCRIPTED.to_owned(),
            Self::Model(model) => model.id(),
        }
    }
}

/// Millionths of a dollar per million tokens: 2.50 dollars are 2,500,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Price {
    /// Tokens read.
    pub input: u64,
    /// Tokens read from a cache; as `input` where none is named.
    pub cached: Option<u64>,
    /// Tokens written to a cache; as `input` where none is named.
    pub cache_write: Option<u64>,
    /// Tokens written.
    pub output: u64,
}

/// What a provider allows, all calls of this process together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Requests per minute.
    pub rpm: Option<u32>,
    /// Tokens per minute, read and written.
    pub tpm: Option<u64>,
    /// Calls in flight at most.
    pub in_flight: Option<u32>,
    /// Tries after the first, where trying again may help.
    pub retries: u32,
    /// The pause before the second try; each further one is twice as long.
    pub pause: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            rpm: None,
            tpm: None,
            in_flight: None,
            retries: 4,
            pause: Duration::from_secs(1),
        }
    }
}

/// Everything that the seats are made of.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Who plays each seat; a seat that is not named is scripted. See [`SEATS`].
    pub seats: BTreeMap<String, Player>,
    /// What a seat can be switched to, by id (`provider/model`); `scripted` is
    /// always one.
    pub choices: BTreeMap<String, Player>,
    /// Prices by `provider/model`.
    pub prices: BTreeMap<String, Price>,
    /// Bounds by provider.
    pub bounds: BTreeMap<String, Bounds>,
    /// Context of a model in tokens, by `provider/model`, where it is known.
    pub contexts: BTreeMap<String, u64>,
    /// Samples of the judge; 1 where nobody says more.
    pub samples: u32,
    /// Millionths of a dollar that one conversation may cost.
    pub cap_micros: Option<u64>,
    /// How bytes travel.
    pub transport: Transport,
    /// What is in flight now, for all conversations that share this setup.
    pub gates: Gates,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            seats: BTreeMap::new(),
            choices: BTreeMap::new(),
            prices: BTreeMap::new(),
            bounds: BTreeMap::new(),
            contexts: BTreeMap::new(),
            samples: 1,
            cap_micros: None,
            transport: Transport::Http,
            gates: Gates::default(),
        }
    }
}

impl Setup {
    /// The player that a choice puts into a seat.
    ///
    /// # Errors
    /// There is no such seat or no such player.
    pub fn player(&self, seat: &str, choice: &str) -> Result<Player, String> {
        let known = SEATS.contains(&seat)
            || seat
                .split_once('/')
                .is_some_and(|(role, name)| matches!(role, "agent" | "tool") && !name.is_empty());
        if !known {
            return Err(format!(
                "there is no seat `{seat}`. There are: {}, agent/NAME, tool/NAME",
                SEATS.join(", ")
            ));
        }
        let player = match self.choices.get(choice) {
            Some(player) => player.clone(),
            None if choice == SCRIPTED => Player::Scripted,
            None => {
                let known: Vec<&str> = self.choices.keys().map(String::as_str).collect();
                return Err(format!(
                    "there is no model `{choice}` in the configuration. There are: {SCRIPTED}{}{}",
                    if known.is_empty() { "" } else { ", " },
                    known.join(", ")
                ));
            }
        };
        // A model keeps how the seat draws: a choice says only who.
        Ok(match (player, self.seats.get(seat)) {
            (Player::Model(model), Some(Player::Model(seated))) => {
                let sampling = seated.sampling.clone();
                Player::Model(Box::new(Model { sampling, ..*model }))
            }
            (player, _) => player,
        })
    }
}
