import fs = require("node:fs");
import path = require("node:path");

export const synchronous = true;

// CommonJS has no `import.meta`. Apart from that, this is `node.ts`.
export function source(): Uint8Array<ArrayBuffer> {
  return fs.readFileSync(path.join(__dirname, "../../unloc_bg.wasm"));
}
