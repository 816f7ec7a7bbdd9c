//! Finds schemas that contain themselves.

use std::collections::{HashMap, HashSet};
use std::ptr;

use serde_json::Value;

use super::Schemas;

impl<'a> Schemas<'a> {
    /// Returns the pointers of the schemas that contain themselves, such as one with a `oneOf` whose member refers to
    /// it.
    ///
    /// Validating a value against such a schema never ends, which JSON Schema forbids (draft Wright 00, section 7: "a
    /// schema MUST NOT be run into an infinite loop against a schema"). The second result holds the addresses of these
    /// schemas and of those that have one of them as a part.
    #[must_use]
    pub fn circular(&self) -> (Vec<&str>, HashSet<*const Value>) {
        // Kahn's algorithm: schemas without parts are removed until none is left. The rest is circular or leads to a
        // circle.
        let mut parts_left: HashMap<*const Value, usize> = HashMap::new();
        for holder in self.holders.values().flatten() {
            *parts_left.entry(ptr::from_ref(*holder)).or_default() += 1;
        }
        // A schema without parts is in no circle. Without it, a schema that has no other part is in none either.
        let mut free: Vec<*const Value> =
            self.holders.keys().copied().filter(|part| !parts_left.contains_key(part)).collect();
        while let Some(part) = free.pop() {
            for holder in self.holders.get(&part).into_iter().flatten() {
                let holder = ptr::from_ref(*holder);
                if let Some(left) = parts_left.get_mut(&holder) {
                    *left -= 1;
                    if *left == 0 {
                        parts_left.remove(&holder);
                        free.push(holder);
                    }
                }
            }
        }
        let leading: HashSet<*const Value> = parts_left.into_keys().collect();
        // Of the rest, a schema in a circle leads back to itself; the others only lead to a circle.
        let is_in_circle = |schema: &'a Value| {
            let mut seen = HashSet::new();
            let mut open: Vec<&Value> =
                self.holders.get(&ptr::from_ref(schema)).into_iter().flatten().copied().collect();
            while let Some(holder) = open.pop() {
                if ptr::eq(holder, schema) {
                    return true;
                }
                if leading.contains(&ptr::from_ref(holder)) && seen.insert(ptr::from_ref(holder)) {
                    open.extend(self.holders.get(&ptr::from_ref(holder)).into_iter().flatten());
                }
            }
            false
        };
        let left = self.all.iter().filter(|(_, schema)| leading.contains(&ptr::from_ref(*schema)));
        let circles = left.filter(|(_, schema)| is_in_circle(schema)).map(|(pointer, _)| pointer.as_str()).collect();
        (circles, leading)
    }
}
