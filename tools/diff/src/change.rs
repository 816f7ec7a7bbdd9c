//! A change, and what it does to whom.

use std::collections::BTreeSet;

use unloc_spec::Position;

/// What kind of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An operation, or a whole file of them, has come, is gone or is deprecated.
    Operation,
    /// Method or path of an operation.
    Path,
    /// A parameter beside the body.
    Parameter,
    /// What is sent, or its form.
    Body,
    /// What comes back, and with which status.
    Response,
    /// A property of an object.
    Property,
    /// What a value is, or how it is put together.
    Type,
    /// Whether null may come.
    Nullability,
    /// The values that are listed.
    Enum,
    /// How great, long or many.
    Bounds,
    /// What counts where nothing is sent.
    Default,
    /// Who is let in.
    Security,
    /// An address that the bindings have built in.
    Server,
    /// A key of ours, which says how the bindings behave.
    Behaviour,
    /// The same under another name.
    Rename,
}

impl Kind {
    /// What reports call it.
    #[must_use]
    pub fn name(self) -> &'static str {
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
pub enum Direction {
    /// It is sent.
    Request,
    /// It comes back.
    Response,
    /// Both, or neither.
    Both,
}

impl Direction {
    /// What reports call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "both",
        }
    }
}

/// What a change does. The order is that of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing has to be done.
    Compatible,
    /// What is said is not enough to tell, so that a person has to look.
    Unknown,
    /// Of Rust code only: it compiles, and a builder refuses what it builds.
    FailsAtRunTime,
    /// Programs fail, or do not compile.
    Breaking,
}

impl Verdict {
    /// What reports call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Unknown => "unknown",
            Self::FailsAtRunTime => "fails at run time",
            Self::Breaking => "breaking",
        }
    }
}

/// A part of the bindings: a type or an operation, by the name in the spec, and a member of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    Type(String, Option<String>),
    Operation(String, Option<String>),
}

impl Item {
    /// The type or the operation that it is, or is a member of.
    pub(crate) fn owner(&self) -> Self {
        match self {
            Self::Type(owner, _) => Self::Type(owner.clone(), None),
            Self::Operation(owner, _) => Self::Operation(owner.clone(), None),
        }
    }

    pub(crate) fn member(&self, name: &str) -> Self {
        match self {
            Self::Type(owner, _) => Self::Type(owner.clone(), Some(name.to_owned())),
            Self::Operation(owner, _) => Self::Operation(owner.clone(), Some(name.to_owned())),
        }
    }
}

/// Where it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// Line and column.
    pub at: Position,
}

/// One change between two versions of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: Kind,
    /// Which way the value travels.
    pub direction: Direction,
    /// What has changed, in a sentence.
    pub what: String,
    /// What happens on the wire to programs that were built with the old bindings.
    pub wire: Verdict,
    /// Why, and what to do where something can be done.
    pub why: String,
    /// What happens to Rust code that is compiled against the new bindings.
    pub rust: Verdict,
    /// Why.
    pub rust_why: String,
    /// Values that are no longer there.
    pub lost: Vec<String>,
    /// Values that have come.
    pub new: Vec<String>,
    /// The operations that reach it.
    pub operations: BTreeSet<String>,
    /// Where it stands in the old file, or where it could.
    pub old_place: Option<Place>,
    /// Where it stands in the new file, or where it could.
    pub new_place: Option<Place>,
    /// The lines of the public API that change, each behind a plus or a minus.
    pub items: Vec<String>,
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
