/** Says where an error arose. Later versions may add kinds. */
export type ErrorKind =
  | "configuration" | "scope" | "request" | "token" | "service" | "certificate"
  | "connection" | "timeout" | "decode" | "state" | "cancelled"
  | (string & {});

/**
 * Says whether the service may have carried out the operation.
 *
 * - `notSent`: no request reached the service.
 * - `rejected`: the service refused the request.
 * - `unknown`: it may have been carried out. Look before you send it again.
 * - `accepted`: it was carried out, but its response is lost.
 */
export type Outcome = "notSent" | "rejected" | "unknown" | "accepted";

/** Holds what an error tells. None of it holds a secret, a token or a response body. */
export interface ErrorDetails {
  message: string;
  kind: ErrorKind;
  outcome: Outcome;
  /** Says whether sending the call again is safe and useful. */
  retryable: boolean;
  /** Counts the requests that were sent or tried. */
  attempts: number;
  operation?: string;
  /** Is the status of the service's response, if it sent one. */
  status?: number;
  /** Is the service's word for the error. */
  code?: string;
  /** Is the service's sentence about the error. Secrets, tokens and phone numbers in it are redacted. */
  description?: string;
  /** Says how long the service asks to wait. */
  retryAfterMs?: number;
  requestId?: string;
}

const OPTIONAL = ["operation", "status", "code", "description", "retryAfterMs", "requestId"] as const;

// Under it, the prototype of each class has the class's name. It is the same in all copies of this package.
const BRAND = Symbol.for("unloc.error");

/** Names a class, in a property because `constructor.name` is another one after minification. */
function name(of: typeof UnlocError, brand: string, name = brand): void {
  of.prototype.name = name;
  Object.defineProperty(of.prototype, BRAND, { value: brand });
}

/** Is the base of all errors of this package. Its message names the operation, the reason, and what to do. */
export class UnlocError extends Error {
  static {
    name(this, "UnlocError");
  }

  /** Makes `instanceof` find the errors of other copies: a program may both import and require this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const brandOf = (prototype: object) => Object.getOwnPropertyDescriptor(prototype, BRAND)?.value as unknown;
    const { prototype } = this;
    const brand = brandOf(prototype);
    let found: unknown = typeof value === "object" ? value : null;
    while (found !== null && found !== prototype && (brand === undefined || brandOf(found as object) !== brand)) {
      found = Object.getPrototypeOf(found) as unknown;
    }
    return found !== null;
  }

  readonly kind: ErrorKind;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly attempts: number;
  declare readonly operation?: string;
  declare readonly status?: number;
  declare readonly code?: string;
  declare readonly description?: string;
  declare readonly retryAfterMs?: number;
  declare readonly requestId?: string;

  constructor(details: ErrorDetails, options?: { cause: unknown }) {
    super(details.message, options);
    this.kind = details.kind;
    this.outcome = details.outcome;
    this.retryable = details.retryable;
    this.attempts = details.attempts;
    for (const name of OPTIONAL) {
      // The module writes null for what an error does not have.
      if (details[name] != null) Object.assign(this, { [name]: details[name] });
    }
  }

  /** Returns the details, for logs. */
  toJSON(): ErrorDetails & { name: string } {
    // `cause` and `stack` are not enumerable, so they are left out.
    return Object.assign({ name: this.name, message: this.message }, this);
  }
}

/** The service responded with an error. */
export class UnlocServiceError extends UnlocError {
  static {
    name(this, "UnlocServiceError");
  }
}

/** No access token could be had. */
export class UnlocTokenError extends UnlocError {
  static {
    name(this, "UnlocTokenError");
  }
}

/** A timeout of an attempt or of the whole call was reached. */
export class UnlocTimeoutError extends UnlocError {
  static {
    name(this, "UnlocTimeoutError");
  }
}

/** The connection could not be made, or it broke. */
export class UnlocConnectionError extends UnlocError {
  static {
    name(this, "UnlocConnectionError");
  }
}

/** The client's options, a scope or the call's parameters are wrong. Nothing was sent. */
export class UnlocConfigurationError extends UnlocError {
  static {
    name(this, "UnlocConfigurationError");
  }
}

/** The call's `signal` aborted it. `cause` is the signal's reason. */
export class UnlocAbortError extends UnlocError {
  static {
    // The name by which programs recognize aborts of `fetch`.
    name(this, "UnlocAbortError", "AbortError");
  }
}

const CLASSES = new Map<string, typeof UnlocError>([
  ["configuration", UnlocConfigurationError],
  ["scope", UnlocConfigurationError],
  ["request", UnlocConfigurationError],
  ["token", UnlocTokenError],
  ["service", UnlocServiceError],
  ["certificate", UnlocConnectionError],
  ["connection", UnlocConnectionError],
  ["timeout", UnlocTimeoutError],
  ["cancelled", UnlocAbortError],
]);

/**
 * Makes an error of what the module threw: the details as JSON.
 *
 * Anything else is a defect, such as a trap, and is returned as it is.
 * @internal
 */
export function toError(thrown: unknown, signal?: { readonly reason: unknown }): unknown {
  if (typeof thrown !== "string") return thrown;
  const details = JSON.parse(thrown) as ErrorDetails;
  const options = details.kind === "cancelled" && signal ? { cause: signal.reason } : undefined;
  return new (CLASSES.get(details.kind) ?? UnlocError)(details, options);
}

/**
 * Returns the error of a call that was aborted before it was made.
 *
 * @internal
 */
export function abortedError(operation: string, signal: AbortSignal): UnlocAbortError {
  const message = `${operation}: the call was cancelled`;
  const details = { message, kind: "cancelled", outcome: "notSent", retryable: false, attempts: 0, operation } as const;
  return new UnlocAbortError(details, { cause: signal.reason as unknown });
}

/** @internal */
export function configurationError(message: string): UnlocConfigurationError {
  return refused("configuration", message);
}

/**
 * Refuses options that there are none of. The module would refuse most of them, but takes a few from the facade only.
 *
 * @internal
 */
export function refuseUnknown(unknown: object): void {
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw configurationError(`unknown option \`${name}\``);
}

/** @internal */
export function requestError(message: string): UnlocConfigurationError {
  return refused("request", message);
}

function refused(kind: ErrorKind, message: string): UnlocConfigurationError {
  return new UnlocConfigurationError({ message, kind, outcome: "notSent", retryable: false, attempts: 0 });
}
