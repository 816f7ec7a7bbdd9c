//! Has no code, because this package only consists of a test.
