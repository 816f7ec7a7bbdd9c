//! The validator against mistakes: every kind of slip in a list, made in our own specs at the places where it can be made,
//! has to be found there.

mod make;
mod slips;

use std::path::Path;

use unloc_lint::by_rules;
use unloc_spec::Config;

use make::Kind;
use slips::kinds;

const SPECS: [&str; 2] =
    [include_str!("../../../../openapi/auth.yaml"), include_str!("../../../../openapi/integrator.yaml")];

/// What is not found, and why that is right.
const SURVIVORS: &[(&str, &str)] = &[
    ("two operations have one name", "it is told at the later of the two, which need not be the one that was changed"),
    (
        "1 lines from \"        - $ref: '#/components/parameters/\" on are gone",
        "that the cursor is missing is told at `x-pagination`, some lines above",
    ),
    (
        "1 lines from \"          description: \" on are gone",
        "it is told at the name of the property, some lines above",
    ),
    ("1 lines from \"      description: \" on are gone", "it is told at the operation or the scheme, some lines above"),
    (
        "1 lines from \"          format: date-time\" on are gone",
        "that one property has two types is told at the schema whose type fewer have, and here there are two of each",
    ),
    (
        "\"pattern: '(?<'\" behind \"          type: string\"",
        "where a pattern stands already, it is the second one that is told",
    ),
];

/// A mistake that can be made: of which kind, in which spec, at which line.
struct Mutant<'a> {
    kind: &'a Kind,
    lines: &'a [&'a str],
    place: usize,
}

impl Mutant<'_> {
    /// Whether something is found within three lines of the mistake.
    fn is_found(&self) -> bool {
        let text = (self.kind.make)(self.lines, self.place).unwrap().join("\n");
        let found = by_rules(Path::new("mutant.yaml"), &text, Config { bindings: true, house: true });
        found.iter().any(|finding| finding.at.line.abs_diff(self.place + 1) <= 3)
    }

    fn told(&self) -> String {
        format!("{} at line {}: {}", self.kind.name, self.place + 1, self.lines[self.place].trim())
    }
}

/// Every mistake of every kind; of each kind, so many in each spec at most.
fn mutants<'a>(kinds: &'a [Kind], specs: &'a [Vec<&'a str>], most: usize) -> Vec<Mutant<'a>> {
    let mut mutants = Vec::new();
    for (kind, lines) in kinds.iter().flat_map(|kind| specs.iter().map(move |lines| (kind, lines))) {
        let places: Vec<_> = (0..lines.len()).filter(|place| (kind.make)(lines, *place).is_some()).collect();
        // Spread over the whole file.
        let some = places.iter().copied().step_by(places.len().div_ceil(most).max(1));
        mutants.extend(some.map(|place| Mutant { kind, lines, place }));
    }
    mutants
}

#[test]
fn nearly_every_mistake_in_our_own_specs_is_found_where_it_was_made() {
    let all = std::env::var("MUTANTS").is_ok_and(|most| most == "all");
    let kinds = kinds();
    assert!(kinds.len() >= 90, "{}", kinds.len());
    let specs = SPECS.map(|spec| spec.lines().collect::<Vec<_>>());
    let mutants = mutants(&kinds, &specs, if all { usize::MAX } else { 1 });
    let is_made = |kind: &Kind| mutants.iter().any(|made| std::ptr::eq(made.kind, kind));
    let never: Vec<_> = kinds.iter().filter(|kind| !is_made(kind)).map(|kind| &kind.name).collect();
    assert!(never.is_empty(), "never made: {never:?}");
    let survivors: Vec<&Mutant<'_>> = std::thread::scope(|scope| {
        let threads: Vec<_> = mutants
            .chunks(mutants.len().div_ceil(std::thread::available_parallelism().map_or(1, usize::from)))
            .map(|chunk| scope.spawn(|| chunk.iter().filter(|mutant| !mutant.is_found()).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} mutants of {} kinds, {} survive", mutants.len(), kinds.len(), survivors.len());
    survivors.iter().for_each(|mutant| println!("{}", mutant.told()));
    let is_known = |kind: &Kind| SURVIVORS.iter().any(|(known, _)| *known == kind.name);
    let unknown: Vec<_> =
        survivors.iter().filter(|mutant| !is_known(mutant.kind)).map(|mutant| mutant.told()).collect();
    assert!(unknown.is_empty(), "not found, and not in the table of survivors:\n{}", unknown.join("\n"));
    for (kind, reason) in SURVIVORS.iter().filter(|_| all) {
        assert!(survivors.iter().any(|mutant| mutant.kind.name == *kind), "found after all, although {reason}: {kind}");
    }
}
