//! Personas as a scenario's author meets them: sampling, the prompt, the study.

use stategen::engine::persona::tables::CHOICES;
use stategen::engine::persona::{
    Complexity, Context, Cover, EMOTIONS, Persona, PersonaSpec, TIER1, TRAITS, flip_rate, profile,
    profiles, prompt, prompt_for, sample, seen, stratified,
};

fn draw(seed: u64) -> Persona {
    sample(&PersonaSpec::default(), &[], None, None, seed)
}

#[test]
fn the_same_seed_is_the_same_persona() {
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
    assert_eq!(prompt(&draw(7)), prompt(&draw(7)));
}

#[test]
fn the_two_published_numbers_stand() {
    let p = profile("tech_savvy", &[]).unwrap();
    assert_eq!(p.trait_base("digital_literacy"), Some(0.95));
    assert_eq!(p.trait_base("domain_knowledge"), Some(0.85));
    let names: Vec<&str> = profiles().iter().map(|p| &*p.name).collect();
    assert_eq!(
        names,
        [
            "tech_savvy",
            "budget_conscious",
            "error_prone",
            "ambiguous",
            "power_user",
            "tier_1",
            "tier_2",
            "curious"
        ]
    );
}

#[test]
fn values_come_as_often_as_their_weights_say() {
    const N: usize = 8000;
    let drawn: Vec<Persona> = (0..N as u64).map(draw).collect();
    for (dimension, choices) in CHOICES.iter().enumerate() {
        let total: f64 = choices.iter().map(|c| c.weight).sum();
        assert!((total - 1.0).abs() < 1e-9, "{}", TIER1[dimension]);
        for choice in *choices {
            let n = drawn
                .iter()
                .filter(|p| p.tier1[dimension] == choice.value)
                .count();
            let share = n as f64 / N as f64;
            // four standard deviations
            let far = 4.0 * (choice.weight * (1.0 - choice.weight) / N as f64).sqrt();
            assert!(
                (share - choice.weight).abs() < far,
                "{} {share}",
                choice.value
            );
        }
    }
    for p in profiles() {
        let of: Vec<&Persona> = drawn.iter().filter(|d| d.profile == p.name).collect();
        assert!((of.len() as f64 / N as f64 - 0.125).abs() < 0.02);
        for (k, base) in p.base.iter().enumerate() {
            let mean = of.iter().map(|d| d.traits[k]).sum::<f64>() / of.len() as f64;
            // clipping moves the mean of a base near 0 or 1 a little
            assert!(
                (mean - base).abs() < 0.025,
                "{} {} {mean}",
                p.name,
                TRAITS[k]
            );
        }
        for (k, (low, high)) in p.emotions.iter().enumerate() {
            assert!(
                of.iter()
                    .all(|d| d.emotions[k] >= *low && d.emotions[k] <= *high),
                "{}",
                EMOTIONS[k]
            );
        }
    }
}

#[test]
fn a_context_shifts_emotions_as_published() {
    for context in Context::ALL {
        for seed in 0..50 {
            let (calm, shifted) = (
                draw(seed),
                sample(&PersonaSpec::default(), &[], Some(context), None, seed),
            );
            for ((was, is), delta) in calm
                .emotions
                .iter()
                .zip(shifted.emotions)
                .zip(context.delta())
            {
                assert!(((was + delta).clamp(0.0, 1.0) - is).abs() < 1e-12);
            }
            assert!(calm.traits.iter().eq(&shifted.traits));
        }
    }
}

#[test]
fn the_prompt_stands_in_its_order() {
    let spec = PersonaSpec {
        profile: "power_user".into(),
        ..PersonaSpec::default()
    };
    let p = sample(
        &spec,
        &[],
        Some(Context::Escalation),
        Some(Complexity::Vague),
        3,
    );
    let text = prompt_for(&p, &[String::from("order")]);
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("no `{part}` in\n{text}"))
    };
    let places = [
        at("Who you are:"),
        at("How you are:"),
        at("How you feel today:"),
        at("You have been here before"),
        at("And therefore:"),
        at("technical, specific questions"),
        at("How you begin:"),
        at("is vague"),
        at("must not appear in it: order"),
    ];
    assert!(places.is_sorted(), "{places:?}\n{text}");
    assert!(
        !text.contains(&p.name),
        "the task's facts say who is calling\n{text}"
    );
}

#[test]
fn the_prompt_never_shows_a_number_of_the_vector() {
    for seed in 0..300 {
        let context = Context::ALL[seed as usize % 5];
        let p = sample(&PersonaSpec::default(), &[], Some(context), None, seed);
        let text = prompt(&p);
        // the only digits are those of the age bracket's sentence and the opening's word range
        let age = CHOICES[1].iter().find(|c| c.value == p.tier1[1]).unwrap();
        let rest = text
            .replace(age.guidance, "")
            .replace(p.complexity.guidance(), "");
        assert!(!rest.chars().any(|c| c.is_ascii_digit()), "{rest}");
        assert!(!text.contains("0."), "{text}");
        for name in TRAITS {
            assert!(!text.contains(&format!("{name}:")) && !text.contains(&format!("{name} =")));
        }
    }
}

#[test]
fn a_stratified_batch_has_every_value() {
    let batch = stratified(48, &PersonaSpec::default(), &[], None, Cover::Even, 11);
    assert_eq!(
        batch,
        stratified(48, &PersonaSpec::default(), &[], None, Cover::Even, 11)
    );
    for (dimension, choices) in CHOICES.iter().enumerate() {
        for choice in *choices {
            let n = batch
                .iter()
                .filter(|p| p.tier1[dimension] == choice.value)
                .count();
            let even = 48 / choices.len();
            assert!(n.abs_diff(even) <= 1, "{} {n} of {even}", choice.value);
        }
    }
    let weighted = stratified(100, &PersonaSpec::default(), &[], None, Cover::Weights, 11);
    for (dimension, choices) in CHOICES.iter().enumerate() {
        for choice in *choices {
            let n = weighted
                .iter()
                .filter(|p| p.tier1[dimension] == choice.value)
                .count() as f64;
            assert!(
                (n - 100.0 * choice.weight).abs() <= 1.0 + 1e-9,
                "{} {n}",
                choice.value
            );
        }
    }
}

/// The paper: 8.2, 14.7, 24.3, 31.8 %. Its base vectors are not published, so
/// ours give other numbers; what must hold is their order and size.
#[test]
fn more_noise_flips_more_buckets() {
    let rates = [0.05, 0.08, 0.12, 0.15].map(|sigma| flip_rate(profiles(), sigma, 300, 1));
    println!("bucket flips at sigma .05 .08 .12 .15: {rates:.3?} (paper .082 .147 .243 .318)");
    assert!(rates.is_sorted_by(|a, b| a < b), "{rates:?}");
    assert!(
        rates[0] > 0.02 && rates[0] < 0.20 && rates[3] > 0.15 && rates[3] < 0.45,
        "{rates:?}"
    );
    assert!(flip_rate(profiles(), 0.0, 3, 1).abs() < 1e-12);
}

#[test]
fn what_a_user_wrote_is_seen() {
    let traits = seen(&["hi, could you please check order #W1 for me? thanks"]);
    assert!(traits[4].unwrap() > 0.9);
    assert!(traits[11].unwrap() < 0.35);
    assert_eq!(traits[6], None, "no text shows risk tolerance");
}
