//! Is empty: only the features that its manifest enables matter.
