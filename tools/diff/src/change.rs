//! A change, and what it does to whom.

use std::collections::BTreeSet;

use unloc_spec::Position;

/// What kind of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Operation,
    Path,
    Parameter,
    Body,
    Response,
    Property,
    Type,
    Nullability,
    Enum,
    Bounds,
    Default,
    Security,
    Server,
    /// A key of ours, which says how the bindings behave.
    Behaviour,
    Rename,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Path => "path",
            Self::Parameter => "parameter",
            Self::Body => "body",
            Self::Response => "response",
            Self::Property => "property",
            Self::Type => "type",
            Self::Nullability => "nullability",
            Self::Enum => "enum",
            Self::Bounds => "bounds",
            Self::Default => "default",
            Self::Security => "security",
            Self::Server => "server",
            Self::Behaviour => "behaviour",
            Self::Rename => "rename",
        }
    }
}

/// Which way the value travels that a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Direction {
    Request,
    Response,
    Both,
}

impl Direction {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "both",
        }
    }
}

/// What a change does. The order is that of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Verdict {
    Compatible,
    Unknown,
    /// Of Rust code only: it compiles, and a builder refuses what it builds.
    FailsAtRunTime,
    Breaking,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Unknown => "unknown",
            Self::FailsAtRunTime => "fails at run time",
            Self::Breaking => "breaking",
        }
    }
}

/// A part of the bindings: a type or an operation, by the name in the spec, and a member of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    Type(String, Option<String>),
    Operation(String, Option<String>),
}

impl Item {
    pub(crate) fn member(&self, name: &str) -> Self {
        match self {
            Self::Type(owner, _) => Self::Type(owner.clone(), Some(name.to_owned())),
            Self::Operation(owner, _) => Self::Operation(owner.clone(), Some(name.to_owned())),
        }
    }
}

/// Where it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) at: Position,
}

/// One change between two versions of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) direction: Direction,
    /// What has changed, in a sentence.
    pub(crate) what: String,
    pub(crate) wire: Verdict,
    /// Why, and what to do where something can be done.
    pub(crate) why: String,
    pub(crate) rust: Verdict,
    pub(crate) rust_why: String,
    /// Values that are no longer there.
    pub(crate) lost: Vec<String>,
    /// Values that have come.
    pub(crate) new: Vec<String>,
    /// The operations that reach it.
    pub(crate) operations: BTreeSet<String>,
    pub(crate) old_place: Option<Place>,
    pub(crate) new_place: Option<Place>,
    /// The lines of the public API that change, each behind a plus or a minus.
    pub(crate) items: Vec<String>,
    /// What of the bindings it is about, on either side.
    pub(crate) about: (BTreeSet<Item>, BTreeSet<Item>),
    /// The schemas that come or go with it, on either side.
    pub(crate) brings: (BTreeSet<String>, BTreeSet<String>),
    /// References with which schemas come or go, on either side, with all that they lead to.
    pub(crate) reaches: (BTreeSet<String>, BTreeSet<String>),
    /// Whether a program that compiles may be refused by a builder of the new bindings.
    pub(crate) demands: bool,
    /// Whether it is told only if it changes the public API.
    pub(crate) is_quiet: bool,
}

impl Change {
    pub(crate) fn new(kind: Kind, direction: Direction, what: impl Into<String>) -> Self {
        Self {
            kind,
            direction,
            what: what.into(),
            wire: Verdict::Compatible,
            why: String::new(),
            rust: Verdict::Compatible,
            rust_why: String::new(),
            lost: Vec::new(),
            new: Vec::new(),
            operations: BTreeSet::new(),
            old_place: None,
            new_place: None,
            items: Vec::new(),
            about: (BTreeSet::new(), BTreeSet::new()),
            brings: (BTreeSet::new(), BTreeSet::new()),
            reaches: (BTreeSet::new(), BTreeSet::new()),
            demands: false,
            is_quiet: false,
        }
    }

    pub(crate) fn wire(mut self, verdict: Verdict, why: impl Into<String>) -> Self {
        (self.wire, self.why) = (verdict, why.into());
        self
    }

    pub(crate) fn about(mut self, old: Option<Item>, new: Option<Item>) -> Self {
        self.about.0.extend(old);
        self.about.1.extend(new);
        self
    }

    /// Takes up the same change, met elsewhere.
    pub(crate) fn absorb(&mut self, other: Self) {
        if self.direction != other.direction {
            self.direction = Direction::Both;
        }
        if !self.why.contains(&other.why) {
            self.why = format!("{}; {}", self.why, other.why);
        }
        self.operations.extend(other.operations);
        self.about.0.extend(other.about.0);
        self.about.1.extend(other.about.1);
        self.brings.0.extend(other.brings.0);
        self.brings.1.extend(other.brings.1);
        self.reaches.0.extend(other.reaches.0);
        self.reaches.1.extend(other.reaches.1);
        self.is_quiet &= other.is_quiet;
    }
}

impl Change {
    /// Whether what it is about was there before; of renames and what stays, both sides are.
    pub(crate) fn old_side(&self) -> bool {
        !self.about.0.is_empty() || self.about.1.is_empty()
    }

    /// Whether what it is about is there now.
    pub(crate) fn new_side(&self) -> bool {
        !self.about.1.is_empty() || self.about.0.is_empty()
    }
}
