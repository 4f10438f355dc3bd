//! Arithmetic that a text does over its own amounts: two prices and their
//! difference, a list and its total, a price times a count.

use super::known::hundredths;
use super::literal::{Literal, LiteralKind, LiteralValue};
use super::turn::Trace;

/// Amounts of one text that take part; longer lists are rare and quadratic.
const MOST: usize = 60;

/// What a text reckons with.
pub(super) struct Sums {
    /// Amounts of the text that have a source, in hundredths.
    amounts: Vec<i64>,
    /// Small whole numbers of the text.
    counts: Vec<i64>,
    /// Sums of two or more neighbours in the text.
    runs: Vec<i64>,
    /// Sums of money of the things that the text names.
    named: Vec<i64>,
}

impl Sums {
    /// Those of the literals of a text. What follows from two amounts is one
    /// itself: a total of two differences.
    pub(super) fn of(
        found: &[Literal],
        traces: &[Trace],
        known: &[(i64, u32)],
        named: Vec<i64>,
    ) -> Self {
        let mut amounts = Vec::new();
        let mut counts = Vec::new();
        let mut open = Vec::new();
        for (literal, trace) in found.iter().zip(traces) {
            let LiteralValue::Number(value) = literal.value else {
                continue;
            };
            let cents = hundredths(value.abs());
            match literal.kind {
                LiteralKind::Amount if trace.found() && amounts.len() < MOST => amounts.push(cents),
                LiteralKind::Amount => open.push(cents),
                LiteralKind::Number if (2.0..=20.0).contains(&value) && counts.len() < MOST => {
                    counts.push(value as i64);
                }
                LiteralKind::Number
                | LiteralKind::Id
                | LiteralKind::Date
                | LiteralKind::Time
                | LiteralKind::Percent
                | LiteralKind::Tail
                | LiteralKind::Email => {}
            }
        }
        let mut out = Self {
            amounts,
            counts,
            runs: Vec::new(),
            named,
        };
        for _ in 0..3 {
            out.run();
            let (more, rest): (Vec<i64>, Vec<i64>) = open
                .into_iter()
                .partition(|a| out.has(*a) || out.moves(*a, known));
            if more.is_empty() {
                break;
            }
            out.amounts.extend(more);
            out.amounts.truncate(MOST);
            open = rest;
        }
        out
    }

    fn run(&mut self) {
        self.runs.clear();
        for from in 0..self.amounts.len() {
            let mut sum = 0i64;
            for amount in self.amounts.iter().skip(from) {
                sum = sum.saturating_add(*amount);
                self.runs.push(sum);
            }
        }
        self.runs.sort_unstable();
    }

    fn has(&self, want: i64) -> bool {
        let amount = |a: i64| self.amounts.contains(&a);
        let of = |a: i64| self.named.contains(&a);
        if self
            .named
            .iter()
            .any(|a| of(want.saturating_sub(*a)) || of(a.saturating_sub(want)))
        {
            return true;
        }
        // Two fares, for so many people.
        let times = |k: i64| want % k == 0 && self.runs.binary_search(&(want / k)).is_ok();
        (1..=9).any(times)
            // A total less several parts.
            || self.runs.iter().any(|r| amount(want.saturating_add(*r)))
            || self.amounts.iter().any(|a| {
                // A total less one part, one price more or less another.
                self.runs.binary_search(&want.saturating_add(*a)).is_ok()
                    || amount(a.saturating_sub(want))
                    || amount(want.saturating_sub(*a))
                    || self.counts.iter().any(|k| a.saturating_mul(*k) == want)
                    || (2..=9).any(|k| a.saturating_mul(k) == want)
            })
    }

    /// Whether an amount in cents is a known one, more or less one of the text:
    /// `689.97 + 26.57`. Whole sums of money would be so too often by chance.
    fn moves(&self, want: i64, known: &[(i64, u32)]) -> bool {
        want % 100 != 0
            && known.iter().any(|(k, _)| {
                self.amounts.contains(&want.saturating_sub(*k))
                    || self.amounts.contains(&k.saturating_sub(want))
                    || self.amounts.contains(&want.saturating_add(*k))
            })
    }

    /// Whether an amount follows from the others of the text.
    pub(super) fn explains(&self, literal: &Literal) -> bool {
        let (LiteralKind::Amount, LiteralValue::Number(value)) = (literal.kind, &literal.value)
        else {
            return false;
        };
        self.has(hundredths(value.abs()))
    }

    /// Whether an amount follows from the others of the text, itself left out.
    pub(super) fn reckons(&self, cents: i64) -> bool {
        let amounts: Vec<i64> = self
            .amounts
            .iter()
            .copied()
            .filter(|a| *a != cents)
            .collect();
        let mut without = Self {
            amounts,
            counts: self.counts.clone(),
            runs: Vec::new(),
            named: Vec::new(),
        };
        without.run();
        without.has(cents)
    }
}
