import { source, synchronous } from "#load";
import type { CallOptions, Page } from "./calls.js";
import { toJson } from "./json.js";
import type { Signal } from "./signals.js";
import { configurationError, requestError, toError } from "./errors.js";
import initialize, { Client, initSync, lockHolderScope as scopeOf } from "./generated/unloc.js";
import type { LockHolder } from "./generated/types.js";
import { Items } from "./lists.js";

// Programs that are compiled without the types of browsers do not know `WebAssembly`.
type WasmModule = typeof globalThis extends { WebAssembly: { Module: new (bytes: never) => infer M } } ? M : never;

export interface InitOptions {
  /** Is the WebAssembly module, or says where it is. By default it is next to this package's code. */
  wasm?: string | URL | Response | ArrayBuffer | ArrayBufferView | WasmModule;
}

let loaded = false;
let loading: Promise<void> | undefined;

/**
 * Loads the WebAssembly module. Calls do this by themselves.
 *
 * Call it before anything else to say where the module is, or to load it early. Once the module is loaded or being
 * loaded, this has no effect.
 */
export async function init({ wasm }: InitOptions = {}): Promise<void> {
  if (wasm === undefined && loadNow()) return;
  if (!loaded) await (loading ??= loadFrom(() => wasm ?? source()));
}

/** Loads the module if the environment can do so without waiting. Returns whether it is loaded. */
function loadNow(): boolean {
  // A second instance would not know the clients of the first one.
  if (loaded || loading || !synchronous) return loaded;
  try {
    initSync({ module: source() as Uint8Array<ArrayBuffer> });
  } catch (cause) {
    throw notLoaded(cause);
  }
  return (loaded = true);
}

async function loadFrom(wasm: () => NonNullable<InitOptions["wasm"]>): Promise<void> {
  try {
    await initialize({ module_or_path: wasm() as URL });
    loaded = true;
  } catch (cause) {
    throw notLoaded(cause);
  } finally {
    loading = undefined; // after a failure, the next call tries again
  }
}

function notLoaded(cause: unknown): Error {
  return configurationError(
    `cannot load the WebAssembly module (${String(cause)}); pass init({ wasm }) the URL at which you serve ` +
      "unloc/unloc.wasm, and allow 'wasm-unsafe-eval' if the page has a Content-Security-Policy",
  );
}

/** Returns the scope of a lock holder's tokens. In browsers, await `init()` or a call first: it needs the module. */
export function lockHolderScope(lockHolder: LockHolder): string {
  if (!loadNow()) throw configurationError("lockHolderScope() needs the WebAssembly module: await init() first");
  return orError(() => scopeOf(JSON.stringify(lockHolder)));
}

/** Is a call as the module takes it. */
export interface CallRequest extends Omit<CallOptions, "signal"> {
  operation: string;
  lockHolder?: object | undefined;
  parameters?: object | undefined;
  action?: "wait" | "resolve";
  waitFor?: string;
  since?: Date | string;
  accessToken?: string;
}

type GetToken = (scope: string | undefined, refused: string | undefined) => Promise<string>;
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Owns the one object that a client has in the module, which is made as soon as the module is loaded. */
export class WasmClient {
  #make: (() => Client) | undefined;
  #client: Client | undefined;

  constructor(configuration: object, getToken: GetToken | undefined, fetch: Fetch | undefined) {
    const json = toJson(configuration, configurationError);
    this.#make = () => orError(() => new Client(json, getToken, fetch));
    if (loadNow()) this.#open();
  }

  async call<T>(request: CallRequest, signal?: Signal): Promise<T> {
    await init();
    try {
      const items = request.action ? undefined : Items.of(request.operation);
      const result = JSON.parse(await this.#open().call(toText(request), signal, items?.keep)) as T;
      return items ? items.restore(result) : result;
    } catch (thrown) {
      throw toError(thrown, signal);
    }
  }

  async *pages<Item>(request: CallRequest, signal?: Signal): AsyncGenerator<Page<Item>, void, undefined> {
    await init();
    const items = Items.of(request.operation);
    const pages = orError(() => this.#open().pages(toText(request), signal, items?.keep));
    try {
      let page: string | undefined;
      while ((page = await pages.next()) !== undefined) {
        const whole = JSON.parse(page) as Page<Item>;
        yield items ? items.restore(whole) : whole;
      }
    } catch (thrown) {
      throw toError(thrown, signal);
    } finally {
      pages.free();
    }
  }

  dispose(): void {
    this.#client?.free();
    this.#make = this.#client = undefined;
  }

  #open(): Client {
    if (!this.#make) throw configurationError("this client was disposed of: make a new one");
    return (this.#client ??= this.#make());
  }
}

function toText(request: CallRequest): string {
  return toJson(request, requestError);
}

function orError<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (thrown) {
    throw toError(thrown);
  }
}
