// Lists the locks, keys and roles of the first lock holder, then creates a key and revokes it.
//
// `node js/examples/quickstart.mjs` starts an emulator by cargo, and needs neither an account nor a network. With
// UNLOC_EMULATOR_URL it uses that emulator. With UNLOC_ENVIRONMENT (`sandbox`, `production` or a URL), UNLOC_CLIENT_ID
// and UNLOC_CLIENT_SECRET it runs against that service, and creates a key only if `--yes` is given.
import { Unloc } from "unloc";

import { service } from "./service.mjs";

/** Is reserved for fiction: a real service reaches nobody with it. */
const GUEST = "+12125550142";

async function main() {
  const { environment, clientCredentials, real, stop } = await service();
  try {
    const unloc = new Unloc({ environment, clientCredentials });

    // The client fetches its tokens by itself. This call takes an unscoped token …
    const lockHolders = await unloc.getLockHolders();
    const first = lockHolders[0];
    if (!first) throw new Error("these credentials manage no lock holder: create one first");
    console.log(`Lock holders (${lockHolders.length}); the first is ${first.name}.`);

    // … and calls of one lock holder take a token with that lock holder's scope.
    const home = unloc.lockHolder(first);
    // Iterating reads all pages. Awaiting reads one, which may be only a part of the list.
    const [locks, keys, roles] = await Promise.all([all(home.getLocks()), all(home.getKeys()), all(home.getRoles())]);
    const nameOf = (lockId) => locks.find(({ id }) => id === lockId)?.name ?? lockId;
    show("Locks", locks, ({ name, vendor, address }) => ({ name, vendor, city: address?.city }));
    show("Keys", keys, ({ toUser, lockId, end, state }) => ({
      person: masked(toUser.id),
      lock: nameOf(lockId),
      until: end ?? "no end",
      state,
    }));
    show("Roles", roles, ({ userId, lockId, canShare }) => ({
      person: masked(userId),
      lock: nameOf(lockId),
      mayShare: canShare,
    }));

    if (real && !process.argv.includes("--yes")) {
      console.log("\nNothing was created: run this with --yes to create a key and revoke it.");
    } else if (locks[0]) {
      await createAndRevoke(home, locks[0]);
    }
  } finally {
    stop();
  }
}

/** Creates a key that is valid for one hour, waits until it is active, and revokes it. */
async function createAndRevoke(home, lock) {
  const key = await home.createKey({
    lockId: lock.id,
    userId: GUEST,
    end: new Date(Date.now() + 3_600_000).toISOString(),
    skipInviteNotification: true,
  });
  if (!key.id) throw new Error("the service created a key but returned no id: look for it in the list of keys");
  const ids = { lockId: lock.id, keyId: key.id };
  try {
    // The lock's vendor creates the key asynchronously.
    const { state } = await home.waitForKey(ids, "active");
    console.log(`\nCreated key ${key.id} for ${masked(GUEST)} at ${lock.name}, for an hour: its state is ${state}.`);
  } finally {
    await home.updateKey({ ...ids, state: "revoked" });
  }
  const { state } = await home.waitForKey(ids, "revoked");
  console.log(`Revoked key ${key.id}: its state is now ${state}.`);
}

async function all(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

function show(title, items, columns) {
  console.log(`\n${title} (${items.length})`);
  console.table(items.slice(0, 8).map(columns));
}

/** Hides the middle of a phone number. */
function masked(number) {
  return number.replace(/(?<=..).(?=..)/g, "•");
}

main().catch((error) => {
  // The message names the operation, the reason and what to do, and nothing secret.
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
