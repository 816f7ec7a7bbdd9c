//! Panics of the generator, which are told as findings and not as the trace of a program.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is expected, and reported by whoever runs the work.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs work that may panic, on this thread, and prints nothing if it does; `Err` is that it did.
///
/// The generator answers some specs with a panic that it catches itself, or that [`unloc_codegen`] catches: the hook has
/// run by then, so it is the hook that has to be quiet. It belongs to all threads, hence the flag of this one.
pub(crate) fn hushed<T>(work: impl FnOnce() -> T) -> std::thread::Result<T> {
    static HUSH: Once = Once::new();
    HUSH.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                hook(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    done
}
