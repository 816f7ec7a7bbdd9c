//! Mutates inputs at random, reproducibly for the same seed.

/// Lists tokens that often break parsers.
const TOKENS: [&str; 36] = [
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "-0",
    "1e999",
    "9223372036854775808",
    "0.1",
    "\\ud800",
    "\\u0000",
    "\u{2028}",
    "\u{85}",
    "\u{7f}",
    "\u{feff}",
    "é",
    "\"a\\nb\"",
    "+12125550100",
    "%2B12125550100",
    "12125550100",
    "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
    "EXAMPLE-PASSWORD",
    "EXAMPLE-SECRET-hunter2-hunter2-2",
    "<html><title>x</title>",
    "\"error\": \"x\", ",
    "\"errorDescription\": \"x\", ",
    "\"invalidParams\": [{}], ",
    "\n\n",
    "\r",
    ": ",
    "- ",
    "#/",
    "<<: ",
    "&a ",
    "integrator.admin ",
    "lockHolder.admin:1 ",
];

/// Generates pseudorandom numbers (xorshift) and mutates inputs with them.
pub(crate) struct Mutator(u64);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Returns a number below `bound`, which must not be zero.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound
    }

    /// Returns one of the inputs with one to five mutations.
    pub(crate) fn mutate(&mut self, inputs: &[Vec<u8>]) -> Vec<u8> {
        let mut input = inputs[self.below(inputs.len())].clone();
        for _ in 0..=self.below(4) {
            let other = &inputs[self.below(inputs.len())];
            match self.below(3) {
                0 => self.bytes(&mut input),
                1 => self.lines(&mut input, other),
                _ => self.words(&mut input, other),
            }
        }
        input
    }

    fn range(&mut self, length: usize, most: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..(start + self.below(most)).min(length)
    }

    fn bytes(&mut self, input: &mut Vec<u8>) {
        let range = self.range(input.len(), 9);
        match self.below(4) {
            0 => drop(input.drain(range)),
            1 => input.truncate(range.start),
            2 => {
                let copy = input[range.clone()].repeat(1 + self.below(40));
                input.splice(range, copy);
            }
            _ => {
                let bit = 1 << self.below(8);
                input[range].iter_mut().take(1).for_each(|byte| *byte ^= bit);
            }
        }
    }

    /// Adds, removes or swaps a line.
    fn lines(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        let mut lines: Vec<_> = input.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let others: Vec<_> = other.split_inclusive(|byte| *byte == b'\n').collect();
        if lines.is_empty() || others.is_empty() {
            return;
        }
        let (here, there) = (self.below(lines.len()), self.below(lines.len()));
        match self.below(4) {
            0 => drop(lines.remove(here)),
            1 => lines.swap(here, there),
            2 => lines.insert(here, lines[there].clone()),
            _ => lines.insert(here, others[self.below(others.len())].to_vec()),
        }
        *input = lines.concat();
    }

    /// Inserts a token or a piece of another input, or replaces the text between two separators with it.
    fn words(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        let word = match self.below(4) {
            0 => &other[self.range(other.len(), 40)],
            _ => TOKENS[self.below(TOKENS.len())].as_bytes(),
        };
        let start = self.below(input.len() + 1);
        let is_separator = |byte: &u8| b"\":,.[]{} \n".contains(byte);
        let first = input[..start].iter().rposition(is_separator).map_or(0, |mark| mark + 1);
        let last = input[start..].iter().position(is_separator).map_or(input.len(), |mark| start + mark);
        let range = if self.below(2) == 0 { start..start } else { first..last };
        input.splice(range, word.iter().copied());
    }
}
