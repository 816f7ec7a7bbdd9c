import { readFileSync } from "node:fs";

export const synchronous = true;

export function source(): Uint8Array<ArrayBuffer> {
  return readFileSync(new URL("../../unloc_bg.wasm", import.meta.url));
}
