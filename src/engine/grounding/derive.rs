//! Amounts that follow from other amounts: a sum, a difference, a product with a
//! small count, a share. All in hundredths.

use super::turn::Trace;

/// How an amount follows from known ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Derived {
    /// The first operand and its step.
    pub a: (i64, u32),
    /// How it goes on.
    pub with: With,
}

/// The operation of a derivation, with its second operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum With {
    /// Plus another amount.
    Plus((i64, u32)),
    /// Less another amount.
    Less((i64, u32)),
    /// So many times.
    Times(i64),
    /// One part of so many.
    Part(i64),
    /// So many percent of it.
    Share(f64),
    /// Less so many percent of it.
    Off(f64),
    /// And so many percent more.
    Over(f64),
}

fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

impl Derived {
    /// In words: `302.67 - 254.00`.
    #[must_use]
    pub fn how(&self) -> String {
        let a = money(self.a.0);
        match self.with {
            With::Plus((b, _)) => format!("{a} + {}", money(b)),
            With::Less((b, _)) => format!("{a} - {}", money(b)),
            With::Times(k) => format!("{k} x {a}"),
            With::Part(k) => format!("{a} / {k}"),
            With::Share(p) => format!("{p} % of {a}"),
            With::Off(p) => format!("{a} less {p} %"),
            With::Over(p) => format!("{a} and {p} % more"),
        }
    }

    /// As a trace, with the steps of the operands.
    #[must_use]
    pub fn trace(&self) -> Trace {
        let mut steps = vec![self.a.1];
        match self.with {
            With::Plus((_, step)) | With::Less((_, step)) => steps.push(step),
            With::Times(_) | With::Part(_) | With::Share(_) | With::Off(_) | With::Over(_) => {}
        }
        Trace::Derived {
            how: self.how(),
            steps,
        }
    }
}

/// The newest derivation of `want` from `known` amounts (newest last) and shares
/// of a hundred. Quadratic in what is handed in.
pub(super) fn from(want: i64, known: &[(i64, u32)], percents: &[f64]) -> Option<Derived> {
    if want == 0 {
        let a = (0, 0);
        return Some(Derived {
            a,
            with: With::Times(0),
        });
    }
    let pair = |a: &(i64, u32)| {
        let other = |want: i64| known.iter().rev().find(|(m, _)| *m == want).copied();
        let (less, plus) = (a.0.saturating_sub(want), want.saturating_sub(a.0));
        other(less)
            .filter(|b| b.0 > 0)
            .map(With::Less)
            .or_else(|| other(plus).filter(|b| b.0 > 0).map(With::Plus))
    };
    let times = |a: &(i64, u32)| {
        (2..=12).find_map(|k| {
            if a.0.saturating_mul(k) == want {
                Some(With::Times(k))
            } else {
                (want.saturating_mul(k) == a.0).then_some(With::Part(k))
            }
        })
    };
    let share = |a: &(i64, u32)| {
        percents.iter().rev().take(8).find_map(|p| {
            let share = a.0 as f64 * p / 100.0;
            let is = |v: f64| (v - want as f64).abs() < 0.51;
            if is(share) {
                Some(With::Share(*p))
            } else if is(a.0 as f64 - share) {
                Some(With::Off(*p))
            } else {
                is(a.0 as f64 + share).then_some(With::Over(*p))
            }
        })
    };
    let all = || known.iter().rev();
    let make = |a: &(i64, u32), with| Derived { a: *a, with };
    all()
        .find_map(|a| pair(a).map(|w| make(a, w)))
        .or_else(|| all().find_map(|a| times(a).map(|w| make(a, w))))
        .or_else(|| all().find_map(|a| share(a).map(|w| make(a, w))))
}
