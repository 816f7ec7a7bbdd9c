import { Unloc } from "unloc";

const parameters = new URLSearchParams(location.search);
const unloc = new Unloc({ environment: parameters.get("environment"), getToken: async () => parameters.get("token") });
document.body.textContent = (await unloc.getLockHolders()).map((lockHolder) => lockHolder.name).join(", ");
