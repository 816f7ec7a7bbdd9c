//! Makes every kind of slip at each applicable line of our own specs, and checks that it is found
//! there.

mod edits;
mod slips;

use std::path::Path;

use unloc_lint::by_rules;
use unloc_spec::Config;

use edits::Kind;
use slips::kinds;

const SPECS: [&str; 2] =
    [include_str!("../../../../openapi/auth.yaml"), include_str!("../../../../openapi/integrator.yaml")];

/// Lists the kinds of mutants that may survive, with the reason.
const SURVIVORS: &[(&str, &str)] = &[
    ("duplicate operationId", "it is reported at the later of the two, which need not be the changed one"),
    (
        "1 line removed at \"        - $ref: '#/components/parameters/\"",
        "the missing cursor is reported at `x-pagination`, some lines above",
    ),
    ("1 line removed at \"          description: \"", "it is reported at the name of the property, some lines above"),
    ("1 line removed at \"      description: \"", "it is reported at the operation or the scheme, some lines above"),
    (
        "1 line removed at \"          format: date-time\"",
        "different types of one property are reported at the rarer type, and here there are two of each",
    ),
    (
        "\"pattern: '(?<'\" inserted after \"          type: string\"",
        "where there is a pattern already, the second one is reported as a duplicate key",
    ),
];

/// Describes one slip: its kind, the spec and the line.
struct Mutant<'a> {
    kind: &'a Kind,
    lines: &'a [&'a str],
    place: usize,
}

impl Mutant<'_> {
    /// Returns whether there is a finding within three lines of the slip.
    fn is_found(&self) -> bool {
        let text = (self.kind.make)(self.lines, self.place).unwrap().join("\n");
        let found = by_rules(Path::new("mutant.yaml"), &text, Config { bindings: true, house: true });
        found.iter().any(|finding| finding.at.line.abs_diff(self.place + 1) <= 3)
    }

    fn describe(&self) -> String {
        format!("{} at line {}: {}", self.kind.name, self.place + 1, self.lines[self.place].trim())
    }
}

/// Returns the slips of every kind, at most this many of each kind in each spec.
fn mutants<'a>(kinds: &'a [Kind], specs: &'a [Vec<&'a str>], most: usize) -> Vec<Mutant<'a>> {
    let mut mutants = Vec::new();
    for (kind, lines) in kinds.iter().flat_map(|kind| specs.iter().map(move |lines| (kind, lines))) {
        let places: Vec<_> = (0..lines.len()).filter(|place| (kind.make)(lines, *place).is_some()).collect();
        // Evenly over the whole file.
        let some = places.iter().copied().step_by(places.len().div_ceil(most).max(1));
        mutants.extend(some.map(|place| Mutant { kind, lines, place }));
    }
    mutants
}

#[test]
fn slips_in_our_own_specs_are_found_where_they_are_made() {
    let all = std::env::var("MUTANTS").is_ok_and(|most| most == "all");
    let kinds = kinds();
    assert!(kinds.len() >= 90, "{}", kinds.len());
    let specs = SPECS.map(|spec| spec.lines().collect::<Vec<_>>());
    let mutants = mutants(&kinds, &specs, if all { usize::MAX } else { 1 });
    let is_applied = |kind: &Kind| mutants.iter().any(|mutant| std::ptr::eq(mutant.kind, kind));
    let never: Vec<_> = kinds.iter().filter(|kind| !is_applied(kind)).map(|kind| &kind.name).collect();
    assert!(never.is_empty(), "applicable nowhere: {never:?}");
    let survivors: Vec<&Mutant<'_>> = std::thread::scope(|scope| {
        let threads: Vec<_> = mutants
            .chunks(mutants.len().div_ceil(std::thread::available_parallelism().map_or(1, usize::from)))
            .map(|chunk| scope.spawn(|| chunk.iter().filter(|mutant| !mutant.is_found()).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} mutants of {} kinds, {} survive", mutants.len(), kinds.len(), survivors.len());
    survivors.iter().for_each(|mutant| println!("{}", mutant.describe()));
    let is_known = |kind: &Kind| SURVIVORS.iter().any(|(known, _)| *known == kind.name);
    let unknown: Vec<_> =
        survivors.iter().filter(|mutant| !is_known(mutant.kind)).map(|mutant| mutant.describe()).collect();
    assert!(unknown.is_empty(), "not found, and not in `SURVIVORS`:\n{}", unknown.join("\n"));
    for (kind, reason) in SURVIVORS.iter().filter(|_| all) {
        assert!(
            survivors.iter().any(|mutant| mutant.kind.name == *kind),
            "remove it from `SURVIVORS`: {kind} is found ({reason})"
        );
    }
}
