import { init } from "unloc";
import wasm from "unloc/unloc.wasm";

// The loader `binary` makes an `Uint8Array` of it.
await init({ wasm });
await import("../node/main.mjs");
