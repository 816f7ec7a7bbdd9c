//! Holds one edition of a spec, and the public API of its bindings.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use unloc_codegen::quietly;
use unloc_spec::Document;

use crate::both;
use crate::foreign::{self, Keep};

/// Holds the public API of an edition, or the error that prevents its bindings.
pub(crate) type Surface = Result<BTreeSet<String>>;

/// Holds one edition of a spec. Its public API is computed once, no matter how many editions it is compared with.
#[derive(Debug)]
pub struct Edition {
    document: Document,
    api: String,
    is_ours: bool,
    /// Caches the spec without foreign `x-` keys.
    without_foreign_keys: OnceLock<Document>,
    surface: OnceLock<Surface>,
    without_any_keys: OnceLock<Option<Surface>>,
}

impl Edition {
    /// Creates an edition of a spec.
    ///
    /// `api` is the module of its bindings. `is_ours` says that all of its `x-` keys are meant for the generator.
    #[must_use]
    pub fn new(document: Document, api: impl Into<String>, is_ours: bool) -> Self {
        let (without_foreign_keys, surface, without_any_keys) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { document, api: api.into(), is_ours, without_foreign_keys, surface, without_any_keys }
    }

    /// Returns the spec.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Returns the spec that the bindings are generated from: foreign `x-` keys are removed, because the generator
    /// refuses unknown ones.
    fn without_foreign_keys(&self) -> &Document {
        match self.is_ours {
            true => &self.document,
            false => self.without_foreign_keys.get_or_init(|| foreign::without(&self.document, Keep::Ours).0),
        }
    }

    /// Returns the public API.
    fn surface(&self) -> &Surface {
        self.surface.get_or_init(|| surface(self.without_foreign_keys(), &self.api))
    }

    /// Returns the public API without any `x-` key, or `None` if no `x-` key is left to remove.
    fn without_any_keys(&self) -> Option<&Surface> {
        let surface = self.without_any_keys.get_or_init(|| {
            let (document, is_changed) = foreign::without(self.without_foreign_keys(), Keep::None);
            is_changed.then(|| surface(&document, &self.api))
        });
        surface.as_ref()
    }
}

/// Returns the public APIs of both editions. Foreign keys with the names of ours are removed from both sides or from
/// none.
pub(crate) fn surfaces<'e>(old: &'e Edition, new: &'e Edition) -> (&'e Surface, &'e Surface) {
    let (before, after) = both(|| old.surface(), || new.surface());
    if old.is_ours || new.is_ours || (before.is_ok() && after.is_ok()) {
        return (before, after);
    }
    let (one, other) = both(|| old.without_any_keys(), || new.without_any_keys());
    (one.unwrap_or(before), other.unwrap_or(after))
}

fn surface(document: &Document, api: &str) -> Surface {
    match quietly(|| unloc_surface::items(document, api, &BTreeSet::new())) {
        Ok(Ok(lines)) => Ok(lines),
        Ok(Err(errors)) => {
            let first = errors.first().map(ToString::to_string).unwrap_or_default();
            // Errors of the generator can span several lines, for example those of syn; the report needs one.
            let first = first.split_whitespace().collect::<Vec<_>>().join(" ");
            Err(match errors.len() {
                0 | 1 => anyhow!(first),
                2 => anyhow!("{first} (and 1 more error)"),
                count => anyhow!("{first} (and {} more errors)", count - 1),
            })
        }
        Err(_) => {
            let file = document.file.display();
            Err(anyhow!("{file}: the generator panicked unexpectedly"))
        }
    }
}
