//! One edition of a spec, and what the bindings of it offer.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use unloc_codegen::quietly;
use unloc_spec::Document;

use crate::both;
use crate::foreign::{self, Keep};

/// The public API that an edition leads to, or why there is none.
pub(crate) type Surface = Result<BTreeSet<String>>;

/// One edition of a spec. What its bindings offer is found out once, however many others it is compared with.
#[derive(Debug)]
pub struct Edition {
    document: Document,
    api: String,
    is_ours: bool,
    /// The same without the keys of others.
    plain: OnceLock<Document>,
    surface: OnceLock<Surface>,
    bare: OnceLock<Option<Surface>>,
}

impl Edition {
    /// A spec, the module that its bindings stand in, and whether it is one of ours, whose `x-` keys all mean something.
    #[must_use]
    pub fn new(document: Document, api: impl Into<String>, is_ours: bool) -> Self {
        let (plain, surface, bare) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { document, api: api.into(), is_ours, plain, surface, bare }
    }

    /// The spec.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The spec as bindings are made of it: keys of others are no obstacle to them.
    fn plain(&self) -> &Document {
        match self.is_ours {
            true => &self.document,
            false => self.plain.get_or_init(|| foreign::without(&self.document, Keep::Ours).0),
        }
    }

    /// The public API.
    fn surface(&self) -> &Surface {
        self.surface.get_or_init(|| surface(self.plain(), &self.api))
    }

    /// The public API without any `x-` key, if keys are left that are called as ours are.
    fn bare(&self) -> Option<&Surface> {
        let made = self.bare.get_or_init(|| {
            let (document, is_another) = foreign::without(self.plain(), Keep::None);
            is_another.then(|| surface(&document, &self.api))
        });
        made.as_ref()
    }
}

/// What the bindings of both editions offer. Keys of others that are called as ours are go from both sides or from none.
pub(crate) fn surfaces<'e>(old: &'e Edition, new: &'e Edition) -> (&'e Surface, &'e Surface) {
    let (before, after) = both(|| old.surface(), || new.surface());
    if old.is_ours || new.is_ours || (before.is_ok() && after.is_ok()) {
        return (before, after);
    }
    let (one, other) = both(|| old.bare(), || new.bare());
    (one.unwrap_or(before), other.unwrap_or(after))
}

fn surface(document: &Document, api: &str) -> Surface {
    match quietly(|| unloc_surface::items(document, api, &BTreeSet::new())) {
        Ok(Ok(lines)) => Ok(lines),
        Ok(Err(errors)) => {
            let first = errors.first().map(ToString::to_string).unwrap_or_default();
            // A reason is one line, whatever it is made of.
            let first = first.split_whitespace().collect::<Vec<_>>().join(" ");
            Err(match errors.len() {
                0 | 1 => anyhow!(first),
                2 => anyhow!("{first}; and one more reason"),
                count => anyhow!("{first}; and {} more reasons", count - 1),
            })
        }
        Err(_) => {
            let file = document.file.display();
            Err(anyhow!("{file}: the generator panicked, for a reason that is not foreseen"))
        }
    }
}
