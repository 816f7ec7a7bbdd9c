import fs = require("node:fs");
import path = require("node:path");

// CommonJS has no `import.meta`. Apart from that, this is `node.ts`.
export = {
  synchronous: true,
  source: (): Uint8Array<ArrayBuffer> => fs.readFileSync(path.join(__dirname, "../../unloc_bg.wasm")),
};
