import { Call, ListCall } from "./calls.js";
import type { CallOptions, Page } from "./calls.js";
import { abortedError, configurationError, refuseUnknown } from "./errors.js";
import { plainHeaders } from "./headers.js";
import { share } from "./signals.js";
import type { CallRequest, WasmClient } from "./wasm.js";

/** Says what an operation returns: a value, an array, one page, or one page of several. */
type Kind = "value" | "list" | "page" | "paged";

/** Is what the methods of a client call. */
export interface Target {
  client: WasmClient;
  lockHolder?: object;
}

/** Gives a client's prototype a method for each of its operations. */
export function defineMethods<C extends object>(
  prototype: C,
  operations: Readonly<Record<string, Kind>>,
  targetOf: (client: C) => Target,
): void {
  for (const [operation, kind] of Object.entries(operations)) {
    const value = function (this: C, parameters?: object, options?: CallOptions) {
      const request = { operation, parameters };
      return kind === "value" ? call(targetOf(this), request, options) : list(targetOf(this), kind, request, options);
    };
    Object.defineProperty(prototype, operation, { value, configurable: true, writable: true });
  }
}

/** Returns a call that is sent once it is awaited. */
export function call<T>(target: Target, request: CallRequest, options: CallOptions = {}): Call<T> {
  const { signal, whole } = requestOf(target, request, options);
  return new Call(async () => target.client.call<T>(whole(), share(signal)));
}

/** Completes a request with the options of the call, which it refuses only when the call is made. */
function requestOf(target: Target, request: CallRequest, options: CallOptions) {
  const { signal, timeouts, retry, headers, ...unknown } = options ?? {};
  const whole = (): CallRequest => {
    refuseUnknown(unknown);
    if (signal !== undefined && typeof signal?.addEventListener !== "function") {
      throw configurationError("`signal` is no AbortSignal");
    }
    const given = defined({ timeouts, retry, headers: plainHeaders(headers) });
    return { ...request, ...given, lockHolder: target.lockHolder };
  };
  return { signal, whole };
}

function defined(options: { [Name in keyof CallOptions]: CallOptions[Name] | undefined }): CallOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function list(target: Target, kind: Kind, request: CallRequest, options: CallOptions = {}): ListCall<unknown, unknown> {
  const { signal, whole } = requestOf(target, request, options);
  const send = async () => target.client.call<unknown>(whole(), share(signal));
  if (kind === "paged") {
    const pages = () => target.client.pages<unknown>(whole(), share(signal));
    return new ListCall(send, () => untilAborted(pages(), request.operation, signal));
  }
  return new ListCall(send, async function* () {
    yield kind === "list" ? { items: (await send()) as unknown[] } : ((await send()) as Page<unknown>);
  });
}

/** Ends a loop that is aborted between two pages. The module has already requested the next one then, or not. */
async function* untilAborted<P extends Page<unknown>>(
  pages: AsyncIterable<P>,
  operation: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<P, void, undefined> {
  for await (const page of pages) {
    yield page;
    if (signal?.aborted && page.cursor !== undefined) throw abortedError(operation, signal);
  }
}
