// Programs that the types must refuse. Each refused line is below a comment with the code of the error.

import type {
  Key,
  KeyState,
  LockHolderClientMethods,
  UnlocMethods,
} from "../../src/generated/types.js";
import { operations } from "../../src/generated/operations.js";

declare const home: LockHolderClientMethods;
declare const unloc: UnlocMethods;
declare const key: Key;
declare function never(value: never): void;

const lockId = "4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f6a38";
const userId = "+12125550100";

// Accepted, so that the lines below are refused for what differs from these.
export const accepted = async (signal: AbortSignal): Promise<void> => {
  await home.createKey({ lockId, userId, durationMinutes: 60, end: null }, { signal });
  await home.updateKey({ lockId, keyId: "k", state: "a state of next year" });
  await home.getKeys();
  for await (const one of home.getKeys({ limit: 100 }, { signal })) never(one as never);
  for await (const one of unloc.getLockHolders()) never(one as never);
  const states: KeyState[] = ["active", key.state];
  const kinds: "value" | "paged" = operations.LockHolderClient.getKeys;
  const updated: Key | null = await home.updateKey({ lockId, keyId: "k", state: "revoked" });
  never([states, kinds, updated] as never);
};

export const refused = async (): Promise<void> => {
  // @ts-expect-error TS2554: parameters are required
  await home.createKey();
  // @ts-expect-error TS2345: lockId is missing
  await home.createKey({ userId });
  // @ts-expect-error TS2561: a misspelt parameter
  await home.createKey({ lockId, userId, durationMinuts: 60 });
  // @ts-expect-error TS2353: the client fills in its own id
  await home.createKey({ lockId, userId, lockHolderId: "x" });
  // @ts-expect-error TS2322: a number is required
  await home.createKey({ lockId, userId, durationMinutes: "60" });
  // @ts-expect-error TS2322: integers are numbers, not bigints
  await home.createKey({ lockId, userId, durationMinutes: 60n });
  // @ts-expect-error TS2322: null cannot be sent here
  await home.createKey({ lockId, userId, durationMinutes: null });
  // @ts-expect-error TS2322: times are strings
  await home.createKey({ lockId, userId, end: new Date() });
  // @ts-expect-error TS2322: a state is a string
  await home.updateKey({ lockId, keyId: "k", state: 1 });
  // @ts-expect-error TS2322: the operation has no parameters
  await unloc.getLockHolders({ limit: 5 });
  // @ts-expect-error TS2353: an unknown option
  await home.getKeys({}, { deadline: 5 });
  // @ts-expect-error TS2339: an operation of the other client
  await home.getLockHolders();
  // @ts-expect-error TS2339: the page has to be awaited
  never(home.getKeys().items as never);
  // @ts-expect-error TS2504: one value cannot be iterated
  for await (const one of home.getKey({ lockId, keyId: "k" })) never(one as never);
  // @ts-expect-error TS2531: the response may not contain the key
  never((await home.updateKey({ lockId, keyId: "k", state: "revoked" })).state as never);
  // @ts-expect-error TS2339: the response is not documented
  never((await home.deleteWebhook({ webhookId: "w" })).id as never);
};

export function closed(state: KeyState): void {
  switch (state) {
    case "creating":
    case "active":
    case "revoked":
    case "error":
    case "scheduled":
    case "expired":
    case "inactive":
      return;
    default:
      // @ts-expect-error TS2345: the service may know other states
      never(state);
  }
}

// @ts-expect-error TS2322: the id of a key can be absent
export const id: string = key.id;
// @ts-expect-error TS2322: what is null is left out
export const end: null = key.end;
// @ts-expect-error TS2339: a list, not a map
export const first = key.recurrence?.timeSpans?.get("mon");
// @ts-expect-error TS2540: the table cannot be changed
operations.Unloc.getLockHolders = "list";
// @ts-expect-error TS2339: an operation of the other client
export const kind = operations.Unloc.getKeys;
