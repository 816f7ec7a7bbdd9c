import { createRequire } from "node:module";
import * as imported from "unloc";

const required = createRequire(import.meta.url)("unloc");

const failure = async ({ Unloc }) => {
  const unloc = new Unloc({ environment: "http://127.0.0.1:4010", getToken: () => "" });
  return unloc.getLockHolders().catch((error) => error);
};
const found = [];
for (const [from, by] of [[imported, required], [required, imported]]) {
  const error = await failure(from);
  if (error.constructor === by.UnlocTokenError) throw new Error("there is one copy only");
  found.push(["UnlocError", "UnlocTokenError", "UnlocServiceError"].filter((name) => error instanceof by[name]));
}
console.log(JSON.stringify(found));
