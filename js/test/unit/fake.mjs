// Stands in for the code that wasm-bindgen generates. `replace.mjs` puts it in its place, so that these tests see what
// the facade passes to the module and what it makes of the results.

export const fake = {
  loaded: [],
  clients: [],
  requests: [],
  freed: { clients: 0, pages: 0 },
  /** Answers a call with a value, or throws the details of an error. */
  answer: async (_request, _signal) => null,
  /** Lists the pages that a paginated call returns. */
  list: [],
  refuseClient: undefined,
  failLoad: undefined,
};

/** Throws as the module does: the details of an error as JSON. */
export function refuse(details) {
  const defaults = { message: "m", kind: "service", outcome: "rejected", retryable: false, attempts: 1 };
  throw JSON.stringify({ ...defaults, ...details });
}

export function initSync({ module }) {
  fake.loaded.push(module);
  if (fake.failLoad) throw fake.failLoad;
}

export default async function init({ module_or_path: from }) {
  fake.loaded.push(from);
  if (fake.failLoad) throw fake.failLoad;
}

export class Client {
  constructor(configuration, getToken, fetch) {
    if (fake.refuseClient) refuse(fake.refuseClient);
    fake.clients.push({ configuration: JSON.parse(configuration), getToken, fetch });
  }

  async call(request, signal) {
    fake.requests.push(JSON.parse(request));
    return JSON.stringify((await fake.answer(JSON.parse(request), signal)) ?? null);
  }

  pages(request, signal) {
    fake.requests.push(JSON.parse(request));
    const rest = [...fake.list];
    return {
      async next() {
        await fake.answer(JSON.parse(request), signal);
        return rest.length ? JSON.stringify(rest.shift()) : undefined;
      },
      free: () => (fake.freed.pages += 1),
    };
  }

  free() {
    fake.freed.clients += 1;
  }
}

export function lockHolderScope(lockHolder) {
  const { countryIso, organizationId } = JSON.parse(lockHolder);
  if (!countryIso) refuse({ kind: "scope", message: "countryIso is missing" });
  return `scope of ${countryIso}.${organizationId}`;
}
