//! The validator against mistakes: every kind of slip in this list, made in our own specs at the places where it can be
//! made, has to be found there.

use std::path::Path;

use super::validate;

const SPECS: [&str; 2] = [include_str!("../../../openapi/auth.yaml"), include_str!("../../../openapi/integrator.yaml")];

/// How many places of a kind are tried in each spec; all of them if `MUTANTS=all`.
const PLACES: usize = 3;

/// Makes a mistake at a line of a text; nothing if it cannot be made there.
type Make = Box<dyn Fn(&[&str], usize) -> Option<Vec<String>>>;

/// A kind of mistake.
struct Kind {
    name: String,
    make: Make,
}

fn kind(name: impl Into<String>, make: impl Fn(&[&str], usize) -> Option<Vec<String>> + 'static) -> Kind {
    Kind { name: name.into(), make: Box::new(make) }
}

/// One line becomes another.
fn line(name: impl Into<String>, change: impl Fn(&str) -> Option<String> + 'static) -> Kind {
    kind(name, move |lines, place| {
        let new = change(lines[place])?;
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[place] = new;
        Some(lines)
    })
}

/// A text is replaced where it stands in a line.
fn replaced(old: &'static str, new: &'static str) -> Kind {
    line(format!("{old:?} becomes {new:?}"), move |line| line.contains(old).then(|| line.replacen(old, new, 1)))
}

/// So many lines are taken out, from one that begins like this on.
fn without(start: &'static str, count: usize) -> Kind {
    kind(format!("{count} lines from {start:?} on are gone"), move |lines, place| {
        lines[place].starts_with(start).then(|| {
            let rest = lines.iter().enumerate().filter(|(number, _)| !(place..place + count).contains(number));
            rest.map(|(_, line)| (*line).to_owned()).collect()
        })
    })
}

/// A line comes in behind one that holds this.
fn behind(mark: &'static str, new: &'static str) -> Kind {
    kind(format!("{new:?} behind {mark:?}"), move |lines, place| {
        lines[place].contains(mark).then(|| {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let indent = lines[place].len() - lines[place].trim_start().len();
            lines.insert(place + 1, format!("{}{new}", " ".repeat(indent)));
            lines
        })
    })
}

/// Two letters of a key change places.
fn misspelt(key: &'static str) -> Kind {
    line(format!("`{key}` is misspelt"), move |line| {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let rest = rest.strip_prefix(key)?.strip_prefix(':')?;
        let mut letters: Vec<char> = key.chars().collect();
        let place = letters.len() / 2;
        if letters[place - 1] == letters[place] {
            letters[place] = 'x';
        } else {
            letters.swap(place - 1, place);
        }
        // What is a text block goes on below, and is a property of that name as likely as not.
        Some(format!("{indent}{}:{rest}", letters.into_iter().collect::<String>()))
    })
}

fn kinds() -> Vec<Kind> {
    let keys = [
        "operationId",
        "summary",
        "tags",
        "parameters",
        "requestBody",
        "responses",
        "content",
        "schema",
        "security",
        "properties",
        "items",
        "enum",
        "format",
        "required",
        "nullable",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "pattern",
        "allOf",
        "additionalProperties",
        "servers",
        "components",
        "securitySchemes",
        "flows",
        "clientCredentials",
        "tokenUrl",
        "scopes",
    ];
    let mut kinds: Vec<Kind> = keys.into_iter().map(misspelt).collect();
    for method in ["get", "post", "put", "patch", "delete"] {
        kinds.push(line(format!("`{method}` with a letter too many"), move |line| {
            (line == format!("    {method}:")).then(|| format!("    {method}s:"))
        }));
    }
    kinds.extend([
        replaced("type: string", "type: strin"),
        replaced("type: object", "type: dict"),
        replaced("type: integer", "type: int"),
        replaced("type: string", "type: [string, 'null']"),
        replaced("#/components/schemas/", "#/components/schema/"),
        replaced("$ref: '#/components/schemas/", "$ref: '#/components/responses/"),
        replaced("$ref: '#/", "$ref: 'other.yaml#/"),
        line("a reference with a letter too many", |line| {
            line.contains("$ref: '#").then(|| format!("{}x'", line.trim_end_matches('\'')))
        }),
        replaced("'200':", "'20':"),
        replaced("'401':", "unauthorized:"),
        replaced("'204':", "'2044':"),
        without("        '401':", 2),
        without("      operationId:", 1),
        without("      summary:", 1),
        replaced("version: '1'", "version: 1"),
        replaced("openapi: 3.0.3", "openapi: 3.1.0"),
        replaced("      in: path", "      in: query"),
        replaced("      in: path", "      in: pth"),
        replaced("      in: query", "      in: cookie"),
        without("      required: true", 1),
        line("a path without its slash", |line| {
            line.strip_prefix("  /").filter(|rest| rest.ends_with(':')).map(|rest| format!("  {rest}"))
        }),
        line("a placeholder by another name", |line| {
            (line.starts_with("  /") && line.contains("{lockId}")).then(|| line.replacen("{lockId}", "{lock}", 1))
        }),
        replaced("format: date-time", "format: datetime"),
        replaced("format: int32", "format: uuid"),
        line("a value of an enum twice", |line| {
            line.strip_prefix("        - ")
                .filter(|rest| !rest.contains([':', '$', ' ']))
                .map(|_| format!("{line}\n{line}"))
        }),
        replaced("url: https://", "url: http://"),
        replaced("tags: [", "tags: [Other, "),
        replaced("- integrator: [", "- integrater: ["),
        replaced("[integrator.admin]", "[integrator.admni]"),
        replaced("summary: ", "\tsummary: "),
        behind("      summary: ", "summary: Again"),
        behind("          $ref: '#", "description: Beside it"),
        behind("          type: string", "const: one"),
        behind("          type: string", "minimum: 3"),
        behind("          type: integer", "default: ten"),
        behind("          type: boolean", "enum: ['yes', 'no']"),
        behind("          type: array", "maxLength: 3"),
        replaced("description: How ", "description: TODO How "),
        line("a required name with a letter too many", |line| {
            let (head, rest) = line.split_once("required: [")?;
            Some(format!("{head}required: [x{rest}"))
        }),
        line("a list written as a text", |line| {
            line.trim()
                .strip_prefix("required: [")?
                .strip_suffix(']')
                .map(|_| format!("{}required: id", " ".repeat(line.len() - line.trim_start().len())))
        }),
        replaced("minLength: 4", "minLength: 4096"),
        replaced("minimum: 1", "minimum: 1000000"),
        replaced("pattern: '^[", "pattern: '^(["),
        replaced("'+12125550101'", "'+4791234567'"),
        replaced("installer@example.com", "installer@gmail.com"),
        replaced(
            "EXAMPLE-PASSWORD",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        ),
        replaced("created: '2024-", "created: 'May 2024-"),
        replaced("canShare: true", "canShare: 7"),
        replaced("locksToCreate: 10", "locksToCreate: 1000"),
        replaced("locksToCreate: 10", "locksToCreate: ten"),
        replaced("example: 100", "example: many"),
        replaced("responses:", "responses: []\n      x-rest:"),
    ]);
    kinds
}

/// Whether something is found within three lines of the mistake.
fn is_found(text: &str, place: usize) -> bool {
    let found = validate(Path::new("mutant.yaml"), text);
    found.iter().any(|finding| finding.at.line.abs_diff(place + 1) <= 3)
}

#[test]
fn nearly_every_mistake_in_our_own_specs_is_found_where_it_was_made() {
    let most = if std::env::var("MUTANTS").is_ok_and(|most| most == "all") { usize::MAX } else { PLACES };
    let kinds = kinds();
    assert!(kinds.len() >= 60, "{}", kinds.len());
    let (mut made, mut survivors, mut never) = (0, Vec::new(), Vec::new());
    for kind in &kinds {
        let before = made;
        for spec in SPECS {
            let lines: Vec<&str> = spec.lines().collect();
            let places: Vec<_> =
                (0..lines.len()).filter_map(|place| Some((place, (kind.make)(&lines, place)?))).collect();
            // Spread over the whole file.
            let step = places.len().div_ceil(most).max(1);
            for (place, mutant) in places.iter().step_by(step) {
                made += 1;
                if !is_found(&mutant.join("\n"), *place) {
                    survivors.push(format!("{} at line {}: {}", kind.name, place + 1, lines[*place].trim()));
                }
            }
        }
        if made == before {
            never.push(&kind.name);
        }
    }
    println!("{made} mutants of {} kinds, {} survive:\n{}", kinds.len(), survivors.len(), survivors.join("\n"));
    assert!(never.is_empty(), "never made: {never:?}");
    assert!(survivors.len() * 20 <= made, "more than one in twenty survives:\n{}", survivors.join("\n"));
}
