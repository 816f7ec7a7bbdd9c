/** Is as much of an `AbortSignal` as calls need. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

const shared = new WeakMap<AbortSignal, Signal>();

/**
 * Returns what all calls with this signal listen to.
 *
 * It adds one listener to the signal, and removes it after the last call: with one for each call, Node takes more than
 * ten concurrent calls for a leak.
 */
export function share(signal: AbortSignal | undefined): Signal | undefined {
  if (!signal) return undefined;
  let found = shared.get(signal);
  if (!found) shared.set(signal, (found = new SharedSignal(signal)));
  return found;
}

class SharedSignal implements Signal {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();
  readonly #abort = () => this.#listeners.forEach((listener) => listener());

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get aborted(): boolean {
    return this.#signal.aborted;
  }

  get reason(): unknown {
    return this.#signal.reason;
  }

  addEventListener(type: "abort", listener: () => void): void {
    if (this.#listeners.size === 0) this.#signal.addEventListener(type, this.#abort);
    this.#listeners.add(listener);
  }

  removeEventListener(type: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#signal.removeEventListener(type, this.#abort);
  }
}
