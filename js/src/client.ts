/// <reference lib="esnext.disposable" preserve="true" />
import type { Call, CallOptions, RetryPolicy, Timeouts } from "./calls.js";
import { configurationError, refuseUnknown } from "./errors.js";
import { operations } from "./generated/operations.js";
import type {
  CreateKeyParameters,
  GetKeyParameters,
  GetVendorConnectionParameters,
  Key,
  KeyState,
  LockHolder,
  LockHolderClientMethods,
  UnlocMethods,
  VendorConnection,
  VendorConnectionState,
} from "./generated/types.js";
import { plainHeaders } from "./headers.js";
import type { HeadersOption } from "./headers.js";
import { call, defineMethods } from "./methods.js";
import type { Target } from "./methods.js";
import { WasmClient } from "./wasm.js";

/** Is the response of a token endpoint, or as much of it as is known. */
export interface Token {
  access_token: string;
  /** Is the token's lifetime in seconds. Without it, five minutes are assumed. */
  expires_in?: number;
  scope?: string | readonly string[];
  lock_holder_id?: string;
}

/**
 * Returns a token for this scope, or an unscoped one if there is no scope.
 *
 * An error that it throws fails the calls that wait for the token. They are retried if it is a `TypeError`, which
 * `fetch` throws without a response, or if its property `retryable` is true.
 *
 * `refused` is a token that the service refused before it expired. A cache must not return it again.
 */
export type GetToken = (
  scope: string | undefined,
  refused: string | undefined,
) => string | Token | PromiseLike<string | Token>;

export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
}

interface CommonOptions {
  /** Is `production` (the default), `sandbox`, or the base URL of a service, such as the emulator's. */
  environment?: "production" | "sandbox" | URL | (string & {});
  /** Sends the requests. The default is the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  retry?: false | RetryPolicy;
  timeouts?: Timeouts;
  /** Says which generation of scopes is requested. The default is `identifier`. */
  scopes?: "identifier" | "admin";
  /** Limits how many retries may be pending or recent, over all calls of this client. */
  retryBudget?: number;
  /** Adds headers to all requests: an object, a `Headers`, or pairs of a name and a value. */
  headers?: HeadersOption;
}

/** Holds the options of a client. It gets its tokens from a function of yours, or with client credentials. */
export type UnlocOptions = CommonOptions &
  (
    | { getToken: GetToken; clientCredentials?: never }
    | {
        /** Are refused in browsers: everyone who opens the page could read the secret. */
        clientCredentials: ClientCredentials;
        getToken?: never;
      }
  );

/** Names a lock holder: a `LockHolder` that the service returned, or its id and the scope of its tokens. */
export type LockHolderReference = LockHolder | { id: string; scope: string };

/** Says whether a call of `createKey` with the outcome `unknown` or `accepted` created a key. */
export type CreateKeyResolution =
  | { resolution: "created"; key: Key }
  | { resolution: "notCreated" }
  | { resolution: "unknown"; reason: string };

// Compilers that lower `using` look for this symbol where the environment has no `Symbol.dispose`.
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/**
 * Provides the operations that need an unscoped token, and the clients of lock holders.
 *
 * It caches tokens, so make one and keep it. If the options are wrong, it throws in Node, and its first call fails in
 * browsers, where the WebAssembly module is loaded with the first call.
 */
export class Unloc {
  static {
    defineMethods(this.prototype, operations.Unloc, (unloc) => unloc.#target);
  }
  readonly #target: Target;

  constructor(options: UnlocOptions) {
    const { getToken, clientCredentials, fetch, environment, retry, timeouts, scopes, retryBudget, headers, ...unknown } =
      options ?? {};
    refuseUnknown(unknown);
    if (!getToken === !clientCredentials) throw configurationError("pass either getToken or clientCredentials");
    for (const [name, given] of Object.entries({ getToken, fetch })) {
      if (given !== undefined && typeof given !== "function") throw configurationError(`\`${name}\` is no function`);
    }
    if (clientCredentials && isBrowser()) {
      throw configurationError(
        "client credentials do not belong in a browser, where everyone can read the secret; " +
          "pass getToken, a function that asks your backend for a token",
      );
    }
    const source = getToken && tokenSource(getToken);
    const { clientId, clientSecret } = clientCredentials ?? {};
    const settings = { environment, retry, timeouts, scopes, retryBudget, headers: plainHeaders(headers) };
    const known = { ...settings, clientId, clientSecret };
    this.#target = { client: new WasmClient(known, source, fetch) };
  }

  /** Returns the client of a lock holder. It shares this client's tokens and retry budget. */
  lockHolder(lockHolder: LockHolderReference): LockHolderClient {
    return new LockHolderClient(this.#target.client, lockHolder);
  }

  /** Frees the memory of this client, and ends it for the clients of lock holders as well. */
  [dispose](): void {
    this.#target.client.dispose();
  }
}

// The methods that `defineMethods` defines, from the same spec.
export interface Unloc extends UnlocMethods {}

/** Provides the operations on what belongs to one lock holder. `Unloc.lockHolder` returns it. */
export class LockHolderClient {
  static {
    defineMethods(this.prototype, operations.LockHolderClient, (lockHolder) => lockHolder.#target);
  }
  readonly #target: Target;

  /** @internal */
  constructor(client: WasmClient, lockHolder: LockHolderReference) {
    const all: Partial<LockHolder> & { scope?: string } = lockHolder ?? {};
    // Typically the first of an empty list.
    if (!all.id) throw configurationError("pass a lock holder that the service returned, or { id, scope }");
    const { id, scope, countryIso, organizationId, organizationIdSuffix } = all;
    this.#target = { client, lockHolder: { id, scope, countryIso, organizationId, organizationIdSuffix } };
  }

  /**
   * Waits until a key is in this state, and returns the key.
   *
   * Polls the key with exponential backoff, within the operation timeout. Fails early if the key can never reach it.
   */
  waitForKey(parameters: GetKeyParameters, state: KeyState, options?: CallOptions): Call<Key> {
    return call(this.#target, { operation: "getKey", parameters, action: "wait", waitFor: state }, options);
  }

  /** Waits until a vendor connection is in this state, and returns the connection. */
  waitForVendorConnection(
    parameters: GetVendorConnectionParameters,
    state: VendorConnectionState,
    options?: CallOptions,
  ): Call<VendorConnection> {
    return call(this.#target, { operation: "getVendorConnection", parameters, action: "wait", waitFor: state }, options);
  }

  /**
   * Finds out whether a call of `createKey` created a key, if its error has the outcome `unknown` or `accepted`.
   *
   * Polls the keys of the lock, up to four times in about two seconds. `since` is the time right before the call.
   */
  resolveCreateKey(
    parameters: CreateKeyParameters,
    since: Date | string,
    options?: CallOptions,
  ): Call<CreateKeyResolution> {
    return call(this.#target, { operation: "createKey", parameters, action: "resolve", since }, options);
  }
}

export interface LockHolderClient extends LockHolderClientMethods {}

/** Makes a source for the module of the user's function: it returns JSON. */
function tokenSource(getToken: GetToken) {
  return async (scope: string | undefined, refused: string | undefined): Promise<string> => {
    const token = await getToken(scope, refused);
    return JSON.stringify(typeof token === "string" ? { access_token: token } : (token ?? null));
  };
}

/** Returns whether this runs in a page, or in a worker of one. */
function isBrowser(): boolean {
  const { window, document, WorkerGlobalScope, navigator } = globalThis as {
    window?: unknown;
    document?: unknown;
    WorkerGlobalScope?: unknown;
    navigator?: { userAgent?: string };
  };
  // Servers that run workers have a `WorkerGlobalScope` too, but only browsers call themselves Mozilla.
  return Boolean((window && document) || (WorkerGlobalScope && navigator?.userAgent?.startsWith("Mozilla/")));
}
