// Replaces the generated code by `fake.mjs`, in the process of one test file.
import { register } from "node:module";

/** `loader` names the loader that the package takes: `node`, `web` or `inline`. */
export function replaceGlue(loader = "node") {
  register("./hooks.mjs", import.meta.url, { data: { loader } });
}
