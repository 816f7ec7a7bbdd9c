import { Call, ListCall } from "./calls.js";
import type { CallOptions, Page } from "./calls.js";
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
  const { signal, ...rest } = options;
  return new Call(() => target.client.call<T>({ ...rest, ...request, lockHolder: target.lockHolder }, signal));
}

function list(target: Target, kind: Kind, request: CallRequest, options: CallOptions = {}): ListCall<unknown, unknown> {
  const { signal, ...rest } = options;
  const whole = { ...rest, ...request, lockHolder: target.lockHolder };
  const send = () => target.client.call<unknown>(whole, signal);
  if (kind === "paged") return new ListCall(send, () => target.client.pages(whole, signal));
  return new ListCall(send, async function* () {
    yield kind === "list" ? { items: (await send()) as unknown[] } : ((await send()) as Page<unknown>);
  });
}
