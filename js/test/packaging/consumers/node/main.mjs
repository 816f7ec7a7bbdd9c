import { lockHolderScope, Unloc } from "unloc";
import * as compat from "unloc/compat";

const { UNLOC_ENVIRONMENT: environment, UNLOC_CLIENT_ID: clientId, UNLOC_CLIENT_SECRET: clientSecret } = process.env;
const unloc = new Unloc({ environment, clientCredentials: { clientId, clientSecret } });
const lockHolders = await unloc.getLockHolders();
const home = unloc.lockHolder(lockHolders[0]);
let keys = 0;
for await (const key of home.getKeys({ limit: 2 })) keys += key.id ? 1 : 0;
const refused = await home.getKey({ lockId: "none", keyId: "none" }).catch((error) => error.constructor.name);
const scope = lockHolderScope(lockHolders[0]);
if (scope !== compat.lockHolderScope(lockHolders[0])) throw new Error("two scopes");
console.log(JSON.stringify({ lockHolders: lockHolders.length, keys, scope, refused }));
