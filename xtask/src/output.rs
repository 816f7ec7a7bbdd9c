//! What the commands of `cargo xtask` print, and how they keep quiet.

use std::any::Any;
use std::cell::Cell;
use std::io::{ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Prints to the standard output. Whoever reads it may have seen enough and gone, as `head` does: that is no failure, and
/// no reason to panic as `print!` does. The exit code stays what the command found.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        // Nobody is left to tell if this fails, too.
        let _ = writeln!(std::io::stderr(), "error: the output cannot be written: {error}");
    }
}

thread_local! {
    /// Whether a panic on this thread is caught and told as what it is about.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs the generator, which panics on what it does not know: its panics are caught, and leave nothing on the standard
/// error.
///
/// # Errors
/// What it panicked with.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    static HUSH: Once = Once::new();
    // The hook is everybody's, and other files are looked at at the same time.
    HUSH.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                hook(panic);
            }
        }));
    });
    let before = IS_QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_QUIET.set(before);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_quiet_only_while_it_is_expected() {
        assert_eq!(quietly(|| 7).ok(), Some(7));
        assert!(quietly(|| std::panic::panic_any("on purpose")).is_err());
        assert!(!IS_QUIET.get());
        let nested = quietly(|| (quietly(|| ()).is_ok(), IS_QUIET.get()));
        assert_eq!(nested.ok(), Some((true, true)));
    }
}
