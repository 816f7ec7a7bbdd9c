//! Catches the generator's panics without a trace on standard error.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Runs the generator and catches its panics, which print nothing.
///
/// progenitor and typify panic on input that they do not support. The caller reports such a panic with its place in the
/// spec, so the panic message and the backtrace on standard error would only be noise before that report.
///
/// # Errors
/// Returns the payload of the panic.
pub fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    static HOOK: Once = Once::new();
    // The panic hook belongs to the whole process, and other threads may process other specs at the same time. So it is
    // installed once and asks a thread-local flag, instead of being swapped for each call.
    HOOK.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                hook(panic);
            }
        }));
    });
    // Calls may nest: the flag goes back to what it was, so that an outer call stays quiet.
    let before = IS_QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_QUIET.set(before);
    done
}

thread_local! {
    /// Is set while a panic on this thread is caught and reported by the caller.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Returns the message of a panic.
pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    // `panic!("literal")` carries a `&str`, `panic!` with arguments a `String`; `panic_any` can carry anything.
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catches_a_panic_and_is_quiet_only_meanwhile() {
        assert_eq!(quietly(|| 7).ok(), Some(7));
        assert!(quietly(|| std::panic::panic_any("on purpose")).is_err());
        assert!(!IS_QUIET.get());
        let nested = quietly(|| (quietly(|| ()).is_ok(), IS_QUIET.get()));
        assert_eq!(nested.ok(), Some((true, true)));
    }
}
