//! Drawing personas: from a profile and a seed, one at a time or stratified
//! over a batch.
//!
//! Each dimension has a stream of its own, so that fixing one of them in
//! `personas.yaml` leaves the draws of all others as they were.

use super::profiles::{Profile, profile, profiles};
use super::tables::CHOICES;
use super::{Bucket, Complexity, Context, EMOTIONS, Persona, PersonaSpec, TIER1, TRAITS};
use crate::engine::rng::Rng;

/// Standard deviation of the trait noise where a spec gives none
/// (arXiv 2609.08592).
pub const DEFAULT_SIGMA: f64 = 0.08;

/// Given names to call a persona by. Given names alone, from many places, so
/// that none is a person.
const NAMES: [&str; 42] = [
    "Aarav", "Adaeze", "Agnes", "Amara", "Anouk", "Ayumi", "Bastian", "Beatriz", "Callum",
    "Chiara", "Dalia", "Dmitri", "Eilidh", "Emeka", "Esra", "Farah", "Gwen", "Hana", "Henrik",
    "Imani", "Ines", "Jiho", "Joaquin", "Kavya", "Kofi", "Leila", "Linh", "Maeve", "Mateus",
    "Mirela", "Nadia", "Niko", "Odile", "Priya", "Quinn", "Rosa", "Samir", "Sunniva", "Tomasz",
    "Uma", "Wen", "Zeynep",
];

/// How a batch spreads over the categorical dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Cover {
    /// As the paper's weights say: of 100 personas, 40 live in the US.
    #[default]
    Weights,
    /// Each value as often as any other: rare ones are seen in small batches too.
    Even,
}

/// One uniform number per label.
trait Draw {
    fn unit(&self, label: &str) -> f64;
    fn even(&self) -> bool {
        false
    }
}

/// Independent draws.
struct Plain(u64);

impl Draw for Plain {
    fn unit(&self, label: &str) -> f64 {
        Rng::new(self.0, &format!("persona/{label}")).unit()
    }
}

/// The `at`-th of `of` draws, each dimension in a shuffled stratum of its own
/// (a Latin hypercube).
struct Strata {
    seed: u64,
    at: usize,
    of: usize,
    cover: Cover,
}

impl Draw for Strata {
    fn unit(&self, label: &str) -> f64 {
        // The shuffle depends on the label alone, so that every member of the
        // batch computes the same one and takes its own place in it.
        let mut rng = Rng::new(self.seed, &format!("persona/strata/{label}"));
        let mut order: Vec<usize> = (0..self.of).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, rng.below(i + 1));
        }
        let stratum = order.get(self.at).copied().unwrap_or(0);
        // One offset for the whole batch: then each value of a dimension comes
        // floor or ceiling of its share times `n`, never two off.
        let within = rng.unit();
        (stratum as f64 + within) / self.of.max(1) as f64
    }
    fn even(&self) -> bool {
        self.cover == Cover::Even
    }
}

/// Draws one persona: what `spec` fixes stays exactly as it says (no noise, no
/// shift by the context), the rest is drawn. An unknown profile or value is
/// treated as not given; [`super::problems_of`] names it. `complexity` of the
/// task goes before the spec's; drawn where neither says.
#[must_use]
pub fn sample(
    spec: &PersonaSpec,
    own: &[Profile],
    context: Option<Context>,
    complexity: Option<Complexity>,
    seed: u64,
) -> Persona {
    draw(spec, own, context, complexity, &Plain(seed))
}

/// Draws `n` personas that cover the space: profiles, values, traits and
/// emotions each lie in `n` strata of equal probability, one persona in each.
/// Cost grows with `n` squared, which is nothing for the batches people make.
#[must_use]
pub fn stratified(
    n: usize,
    spec: &PersonaSpec,
    own: &[Profile],
    context: Option<Context>,
    cover: Cover,
    seed: u64,
) -> Vec<Persona> {
    (0..n)
        .map(|at| {
            let strata = Strata {
                seed,
                at,
                of: n,
                cover,
            };
            draw(spec, own, context, None, &strata)
        })
        .collect()
}

/// The place of a uniform draw in `0..n`.
fn index(unit: f64, n: usize) -> usize {
    ((unit * n as f64) as usize).min(n.saturating_sub(1))
}

fn draw(
    spec: &PersonaSpec,
    own: &[Profile],
    context: Option<Context>,
    complexity: Option<Complexity>,
    from: &dyn Draw,
) -> Persona {
    let drawn = || {
        let all = if own.is_empty() { profiles() } else { own };
        all.get(index(from.unit("profile"), all.len()))
    };
    let neutral = Profile::neutral("neutral");
    let profile = profile(&spec.profile, own)
        .or_else(drawn)
        .unwrap_or(&neutral);
    let mut tier1: [String; 6] = Default::default();
    for ((slot, name), choices) in tier1.iter_mut().zip(TIER1).zip(CHOICES) {
        let fixed = spec.tier1.get(name);
        let fixed = fixed.and_then(|v| choices.iter().find(|c| c.value == *v));
        let u = from.unit(name);
        let chosen = fixed.or_else(|| {
            if from.even() {
                return choices.get(index(u, choices.len()));
            }
            let mut left = u * choices.iter().map(|c| c.weight).sum::<f64>();
            choices
                .iter()
                .find(|c| {
                    left -= c.weight;
                    left < 0.0
                })
                .or(choices.last())
        });
        *slot = chosen.map_or_else(String::new, |c| c.value.to_owned());
    }
    let sigma = spec.sigma.filter(|s| s.is_finite());
    let sigma = sigma.unwrap_or(DEFAULT_SIGMA).clamp(0.0, 1.0);
    let mut traits = [0.0; 12];
    for ((slot, name), base) in traits.iter_mut().zip(TRAITS).zip(profile.base) {
        *slot = fixed(spec, name)
            .unwrap_or_else(|| (base + sigma * quantile(from.unit(name))).clamp(0.0, 1.0));
    }
    let delta = context.map_or([0.0; 5], Context::delta);
    let mut emotions = [0.0; 5];
    for (((slot, name), (low, high)), shift) in emotions
        .iter_mut()
        .zip(EMOTIONS)
        .zip(profile.emotions)
        .zip(delta)
    {
        *slot = fixed(spec, name)
            .unwrap_or_else(|| (low + (high - low) * from.unit(name) + shift).clamp(0.0, 1.0));
    }
    let complexity = complexity.or(spec.complexity).or_else(|| {
        let at = index(from.unit("complexity"), Complexity::ALL.len());
        Complexity::ALL.get(at).copied()
    });
    let name = if spec.name.is_empty() {
        let at = index(from.unit("name"), NAMES.len());
        NAMES.get(at).copied().unwrap_or("Quinn").to_owned()
    } else {
        spec.name.clone()
    };
    Persona {
        name,
        profile: profile.name.to_string(),
        tier1,
        traits,
        emotions,
        context,
        complexity: complexity.unwrap_or_default(),
    }
}

fn fixed(spec: &PersonaSpec, name: &str) -> Option<f64> {
    let value = spec.values.get(name).copied()?;
    value.is_finite().then(|| value.clamp(0.0, 1.0))
}

/// The share of (persona, trait) pairs, over all `profiles`, whose bucket is
/// another than their profile's base has: the paper's first study. `n` draws
/// per profile.
#[must_use]
pub fn flip_rate(profiles: &[Profile], sigma: f64, n: usize, seed: u64) -> f64 {
    let spec = PersonaSpec {
        sigma: Some(sigma),
        ..PersonaSpec::default()
    };
    let (mut flips, mut all) = (0usize, 0usize);
    for profile in profiles {
        let spec = PersonaSpec {
            profile: profile.name.to_string(),
            ..spec.clone()
        };
        for k in 0..n {
            let seed = seed.wrapping_add(k as u64);
            let persona = sample(&spec, profiles, None, Some(Complexity::Simple), seed);
            for (value, base) in persona.traits.iter().zip(profile.base) {
                all += 1;
                flips += usize::from(Bucket::of(*value) != Bucket::of(base));
            }
        }
    }
    flips as f64 / all.max(1) as f64
}

/// The standard normal number below which a share `p` of draws lies: the
/// rational approximation of P. J. Acklam (2003), relative error below 1.2e-9.
/// `p` is kept away from 0 and 1, where the answer is infinite.
fn quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    /// Where the formula for the tails takes over.
    const TAIL: f64 = 0.024_25;
    let poly = |c: &[f64], x: f64| c.iter().fold(0.0, |sum, k| sum * x + k);
    let p = p.clamp(1e-12, 1.0 - 1e-12);
    let tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        poly(&C, q) / poly(&D, q)
    };
    if p < TAIL {
        tail(p)
    } else if p > 1.0 - TAIL {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        q * poly(&A, q * q) / poly(&B, q * q)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_known_ones() {
        for (p, want) in [
            (0.5, 0.0),
            (0.975, 1.959_964),
            (0.001, -3.090_232),
            (0.99, 2.326_348),
            (0.84, 0.994_458),
        ] {
            assert!((quantile(p) - want).abs() < 1e-5, "{p}: {}", quantile(p));
        }
        assert!(quantile(0.0).is_finite() && quantile(1.0).is_finite());
    }

    #[test]
    fn a_fixed_dimension_leaves_the_other_draws_alone() {
        let free = sample(&PersonaSpec::default(), &[], None, None, 5);
        let mut spec = PersonaSpec::default();
        spec.values.insert("patience".into(), 0.11);
        spec.tier1.insert("jurisdiction".into(), "AU".into());
        let held = sample(&spec, &[], Some(Context::Dispute), None, 5);
        assert!((held.traits[1] - 0.11).abs() < 1e-12);
        assert_eq!(held.tier1[0], "AU");
        assert_eq!(free.tier1[1..], held.tier1[1..]);
        assert_eq!(free.traits[2..], held.traits[2..]);
        assert_eq!(free.profile, held.profile);
    }

    #[test]
    fn strata_hold_every_profile_equally_often() {
        let batch = stratified(16, &PersonaSpec::default(), &[], None, Cover::Even, 1);
        for p in profiles() {
            assert_eq!(batch.iter().filter(|b| b.profile == p.name).count(), 2);
        }
        for c in Complexity::ALL {
            assert_eq!(batch.iter().filter(|b| b.complexity == c).count(), 4);
        }
        // six jurisdictions in sixteen strata: each two or three
        for c in CHOICES[0] {
            let n = batch.iter().filter(|b| b.tier1[0] == c.value).count();
            assert!((2..=3).contains(&n), "{} {n}", c.value);
        }
    }

    #[test]
    fn an_impossible_spec_still_gives_a_persona() {
        let mut spec = PersonaSpec {
            profile: "nobody".into(),
            sigma: Some(f64::NAN),
            ..PersonaSpec::default()
        };
        spec.values.insert("patience".into(), f64::NAN);
        spec.tier1.insert("channel".into(), "pigeon".into());
        let p = sample(&spec, &[], None, None, 1);
        assert!(p.traits.iter().all(|t| (0.0..=1.0).contains(t)));
        assert!(!p.tier1[2].is_empty());
    }
}
