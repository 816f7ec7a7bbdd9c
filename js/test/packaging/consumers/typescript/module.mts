import { Unloc } from "unloc";
import * as compat from "unloc/compat";

export const unloc: Unloc = new Unloc({ environment: "sandbox", clientCredentials: { clientId: "a", clientSecret: "b" } });
export const scope: string = compat.lockHolderScope(await unloc.getLockHolders().then(([first]) => first!));
