export const synchronous = false;

export function source(): URL {
  // Bundlers look for exactly this expression: they copy the file and replace the URL.
  return new URL("../../unloc_bg.wasm", import.meta.url);
}
