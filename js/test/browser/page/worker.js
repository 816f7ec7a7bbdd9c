import { client, failure, withSecret } from "./client.js";

const tasks = {
  lockHolders: async (search) => (await client(search).getLockHolders()).length,
  secret: (search) => failure(() => client(search, withSecret)),
};

onmessage = async ({ data: { task, search } }) => postMessage(await tasks[task](search));
