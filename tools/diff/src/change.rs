//! Defines a change, its verdicts and where it was found.

use std::collections::BTreeSet;

use unloc_spec::Position;

/// Classifies a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An operation, or a whole file of them, was added, removed or deprecated.
    Operation,
    /// The method or the path of an operation changed.
    Path,
    /// A parameter outside the body changed.
    Parameter,
    /// A body, or its media type, changed.
    Body,
    /// A response, its status or its headers changed.
    Response,
    /// A property of an object changed.
    Property,
    /// The type of a value, or its composition, changed.
    Type,
    /// Whether null is allowed changed.
    Nullability,
    /// The values of an enum changed.
    Enum,
    /// A bound of a number, a length or a count changed.
    Bounds,
    /// The default of an omitted value changed.
    Default,
    /// The required credentials changed.
    Security,
    /// An address that is built into the bindings changed.
    Server,
    /// An `x-` key that controls the bindings changed.
    Behaviour,
    /// Something was renamed.
    Rename,
}

impl Kind {
    /// Returns the name that reports use.
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

/// Says in which direction the changed value is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The value is sent in requests.
    Request,
    /// The value is received in responses.
    Response,
    /// The value is sent both ways, or the change concerns neither.
    Both,
}

impl Direction {
    /// Returns the name that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "both",
        }
    }
}

/// Rates the effect of a change. The variants are in the order of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// No action is needed.
    Compatible,
    /// The effect cannot be decided automatically and needs a review by hand.
    Unknown,
    /// Rust code compiles, but a builder refuses its values. The wire never has this verdict.
    FailsAtRunTime,
    /// Programs fail, or do not compile.
    Breaking,
}

impl Verdict {
    /// Returns the name that reports use.
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

/// Identifies a part of the bindings: a type or an operation, by its name in the spec, and optionally a member of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    Type(String, Option<String>),
    Operation(String, Option<String>),
}

impl Item {
    /// Returns the type or the operation without its member.
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

/// Gives a position in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Names the file as the caller did.
    pub file: String,
    /// Gives the line and the column.
    pub at: Position,
}

/// Describes one change between two versions of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Classifies the change.
    pub kind: Kind,
    /// Says in which direction the value is sent.
    pub direction: Direction,
    /// Describes the change in a sentence.
    pub what: String,
    /// Rates the effect on the wire, for programs built with the old bindings.
    pub wire: Verdict,
    /// Gives the reason for the verdict on the wire, and what to do about it if anything.
    pub why: String,
    /// Rates the effect on Rust code that is compiled against the new bindings.
    pub rust: Verdict,
    /// Gives the reason for the verdict on Rust code.
    pub rust_why: String,
    /// Lists the removed values.
    pub lost: Vec<String>,
    /// Lists the added values.
    pub new: Vec<String>,
    /// Names the operations that are affected.
    pub operations: BTreeSet<String>,
    /// Points to the place in the old file, or to the place where it would be.
    pub old_place: Option<Place>,
    /// Points to the place in the new file, or to the place where it would be.
    pub new_place: Option<Place>,
    /// Lists the lines of the public API that change, each prefixed with a plus or a minus.
    pub items: Vec<String>,
    /// Names the parts of the bindings that the change concerns, in the old and in the new version.
    pub(crate) about: (BTreeSet<Item>, BTreeSet<Item>),
    /// Names the schemas that are removed and added with the change.
    pub(crate) brings: (BTreeSet<String>, BTreeSet<String>),
    /// Lists the references whose targets are removed and added with the change.
    pub(crate) reaches: (BTreeSet<String>, BTreeSet<String>),
    /// Is set if a builder of the new bindings may refuse a program that compiles.
    pub(crate) fails_at_run_time: bool,
    /// Is set if the change is reported only when it affects the public API.
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
            fails_at_run_time: false,
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

    /// Merges the same change, found in another place.
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
    /// Returns whether the changed part exists in the old version. Renamed and modified parts exist in both.
    pub(crate) fn old_side(&self) -> bool {
        !self.about.0.is_empty() || self.about.1.is_empty()
    }

    /// Returns whether the changed part exists in the new version.
    pub(crate) fn new_side(&self) -> bool {
        !self.about.1.is_empty() || self.about.0.is_empty()
    }
}
