import { init, Unloc, UnlocError, UnlocServiceError } from "unloc";
import type { CallOptions, LockHolderClient, Page } from "unloc";
import * as compat from "unloc/compat";
import type { CreateKeyParameters, Key, KeyState, LockHolder } from "unloc/types";

export const unloc = new Unloc({
  environment: "sandbox",
  getToken: async (scope: string | undefined) => ({ access_token: `token for ${scope ?? "all"}`, expires_in: 3600 }),
  timeouts: { attemptMs: 1_000, operationMs: 5_000 },
  retry: { maxAttempts: 2 },
});

export async function lend(lockHolder: LockHolder, options: CallOptions): Promise<Key> {
  const home: LockHolderClient = unloc.lockHolder(lockHolder);
  const page: Page<Key> = await home.getKeys({ limit: 10 }, options);
  for await (const key of home.getKeys({}, options)) page.items.push(key);
  for await (const { items } of home.getKeys().pages()) items.map((key) => key.id);
  const parameters: CreateKeyParameters = { lockId: "front-door", userId: "+12125550142", durationMinutes: 60 };
  const key = await home.createKey(parameters);
  if (key.id === undefined) throw new Error("the service did not say which key it created");
  return home.waitForKey({ lockId: parameters.lockId, keyId: key.id }, "active", options);
}

export function explain(error: unknown): string {
  if (error instanceof UnlocServiceError) return `${error.status ?? "no status"} ${error.code ?? ""}`;
  return error instanceof UnlocError ? `${error.operation ?? ""}: ${error.outcome}` : String(error);
}

// States of a later version of the service are strings.
export const later: KeyState = "suspended";

export const old = async (token: string) => {
  await init();
  compat.init("https://api.example.com");
  return compat.getLockHolders(token);
};

// @ts-expect-error: a parameter is missing.
export const missing = (home: LockHolderClient) => home.getKey({ lockId: "front-door" });
// @ts-expect-error: operations of a lock holder are not those of an integrator.
export const elsewhere = () => unloc.getKeys();
// @ts-expect-error: the result is not `any`.
export const typed = async (home: LockHolderClient): Promise<number> => (await home.getKeys()).items[0];
