// Names the folders that the build reads and writes.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

export { join };
export const root = fileURLToPath(new URL("..", import.meta.url));
export const generated = join(root, "src", "generated");
export const dist = join(root, "dist");
