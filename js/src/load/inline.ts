import { base64 } from "../generated/unloc_wasm_base64.js";

// Browsers refuse to compile large modules synchronously.
export const synchronous = false;

export function source(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
