// Does the job with the TypeScript clients of OpenAPI Generator, measured like in ../measure.rs.

import { createInterface } from 'node:readline';

import { Home } from './home';

// Holds the settings of a client: its URL, credentials and lock holder.
export interface Access {
  url: string;
  clientId: string;
  clientSecret: string;
  lockHolder: string;
  scope: string;
}

// Holds the number of items that were read, and a checksum that depends on the items and their order.
class Read {
  count = 0;
  sum = 0;

  note(id: string | undefined, created: Date | undefined): void {
    const last = id ? id.charCodeAt(id.length - 1) : 0;
    this.count += 1;
    this.sum = (this.sum * 31 + ((created?.getTime() ?? 0) % 1_000_003) + last) % 2 ** 31;
  }
}

async function call(home: Home, what: string, read: Read): Promise<void> {
  if (what === 'lock') {
    const lock = await home.lock(variable('LOCK'));
    read.note(lock.id, lock.created);
  } else if (what === 'keys') {
    await home.keys((key) => read.note(key.id, key.created));
  } else {
    throw new Error(`unknown command \`${what}\``);
  }
}

async function measure(home: Home, what: string, times: number): Promise<object> {
  for (let warm = Math.floor(times / 20); warm > 0; warm -= 1) {
    await call(home, what, new Read());
  }
  const read = new Read();
  const before = cpuTime();
  for (let time = 0; time < times; time += 1) {
    await call(home, what, read);
  }
  return { cpu: (cpuTime() - before) / times, count: read.count, sum: read.sum };
}

// Returns the processor time of this process in microseconds.
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function variable(name: string): string {
  const value = process.env[`PEER_${name}`];
  if (value === undefined) {
    throw new Error(`PEER_${name} is not set`);
  }
  return value;
}

async function main(): Promise<void> {
  const home = new Home({
    url: variable('URL'),
    clientId: variable('CLIENT_ID'),
    clientSecret: variable('CLIENT_SECRET'),
    lockHolder: variable('LOCK_HOLDER'),
    scope: variable('SCOPE'),
  });
  for await (const command of createInterface({ input: process.stdin })) {
    const [what, times] = command.split(' ');
    console.log(JSON.stringify(await measure(home, what, Number(times))));
  }
  // Idle connections would keep the process alive.
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
