/**
 * Has the surface of the library `@unloc/integrator-client-library`, for programs that were written for it.
 *
 * Its functions take an access token of the caller, use it as it is, and resolve to `{ data, error? }`.
 */
import type { Page } from "./calls.js";
import { UnlocError, configurationError } from "./errors.js";
import { operations } from "./generated/operations.js";
import type {
  CreateKeyRequest,
  CreateLockHolderRequest,
  CreateOrUpdateRoleRequest,
  Key,
  Lock,
  LockHolder,
  Role,
  UpdateKeyRequest,
  UpdateLockHolderRequest,
  UpdateLockRequest,
} from "./generated/types.js";
import { WasmClient } from "./wasm.js";
import type { CallRequest } from "./wasm.js";

export type { Address, Key, Lock, LockHolder, Role } from "./generated/types.js";
export { lockHolderScope } from "./wasm.js";

/** Describes a person as the example program of the old library does. No function returns it. */
export interface User {
  userId: string;
  userDisplayName?: string;
  keysCount?: number;
  rolesCount?: number;
  profilePicture?: string;
}

/** Is the service's error, or says why there is no response. */
export interface ResponseError {
  error: string;
  errorDescription: string;
}

/** If there is an `error`, `data` is undefined. Its type does not say so, because programs read it without a check. */
export interface Response<T> {
  data: T;
  error?: ResponseError;
}

type Parameters = Readonly<Record<string, unknown>>;
type OfLockHolder = { lockHolderId: string };
type OfLock = OfLockHolder & { lockId: string };
type OfPage = OfLockHolder & { limit?: number; startAfterId?: string };
/** The old library nested the properties of a body; next to the other parameters they are taken as well. */
type WithBody<Name extends string, Body> = Body | Record<Name, Body>;

/** Is the value itself, and has it once more by the name that the service gives it. */
type Named<Name extends string, Value> = Value & Readonly<Record<Name, Value>>;
/** `startAfterId` is there only if `limit` or `startAfterId` was given. Otherwise the list is complete. */
type List<Name extends string, Item> = Named<Name, Item[]> & { readonly startAfterId?: string };

type Account = Pick<CreateLockHolderRequest, "createVendorAccount" | "vendor" | "email" | "password">;
export type CreateLockHolderOperationRequest =
  | WithBody<"createLockHolderRequest", CreateLockHolderRequest>
  | (Account & { lockHolder: Omit<CreateLockHolderRequest, keyof Account> });

let current: { baseUrl: string; client: WasmClient } | undefined;

/** Sets the base URL of the service. Call it before the other functions. */
export function init(baseUrl: string): void {
  // Typically a variable that is not set. Without a URL, the calls would go to production.
  if (typeof baseUrl !== "string" || !baseUrl) throw configurationError("init() needs the base URL of the service");
  // The example program of the old library calls this whenever it renders.
  if (current?.baseUrl === baseUrl) return;
  const noToken = () => Promise.reject(new Error("the functions of unloc/compat need an access token"));
  current = { baseUrl, client: new WasmClient({ environment: baseUrl }, noToken, undefined) };
}

export function getLockHolders(accessToken: string): Promise<Response<List<"lockHolders", LockHolder>>> {
  return respond("getLockHolders", "lockHolders", accessToken, {});
}

export function createLockHolder(
  accessToken: string,
  parameters: CreateLockHolderOperationRequest,
): Promise<Response<Named<"lockHolder", LockHolder>>> {
  return respond("createLockHolder", "lockHolder", accessToken, parameters);
}

export function updateLockHolder(
  accessToken: string,
  parameters: OfLockHolder & WithBody<"updateLockHolderRequest", UpdateLockHolderRequest>,
): Promise<Response<Named<"lockHolder", LockHolder>>> {
  return respond("updateLockHolder", "lockHolder", accessToken, parameters);
}

export function getLocks(accessToken: string, parameters: OfPage): Promise<Response<List<"locks", Lock>>> {
  return respond("getLocks", "locks", accessToken, parameters, true);
}

export function getLock(accessToken: string, parameters: OfLock): Promise<Response<Named<"lock", Lock>>> {
  return respond("getLock", "lock", accessToken, parameters);
}

export function updateLock(
  accessToken: string,
  parameters: OfLock & WithBody<"updateLockRequest", UpdateLockRequest>,
): Promise<Response<Named<"lock", Lock>>> {
  return respond("updateLock", "lock", accessToken, parameters);
}

export function getKeys(accessToken: string, parameters: OfPage): Promise<Response<List<"keys", Key>>> {
  return respond("getKeys", "keys", accessToken, parameters, true);
}

export function createKey(
  accessToken: string,
  parameters: OfLock & WithBody<"createKeyRequest", CreateKeyRequest>,
): Promise<Response<Named<"key", Key>>> {
  return respond("createKey", "key", accessToken, parameters);
}

/** `data` is undefined if the service does not return the key. */
export function updateKey(
  accessToken: string,
  parameters: OfLock & { keyId: string } & WithBody<"updateKeyRequest", UpdateKeyRequest>,
): Promise<Response<Named<"key", Key> | undefined>> {
  return respond("updateKey", "key", accessToken, parameters);
}

export function getRoles(accessToken: string, parameters: OfPage): Promise<Response<List<"roles", Role>>> {
  return respond("getRoles", "roles", accessToken, parameters, true);
}

export function createOrUpdateRole(
  accessToken: string,
  parameters: OfLock & { userId: string } & WithBody<"createOrUpdateRoleRequest", CreateOrUpdateRoleRequest>,
): Promise<Response<Named<"role", Role>>> {
  return respond("createOrUpdateRole", "role", accessToken, parameters);
}

export function deleteSharedKeysForUser(
  accessToken: string,
  parameters: OfLockHolder & { userId: string },
): Promise<Response<void>> {
  return respond("deleteSharedKeysForUser", "", accessToken, parameters);
}

export function deleteSharedKeysForLock(
  accessToken: string,
  parameters: OfLock & { userId: string },
): Promise<Response<void>> {
  return respond("deleteSharedKeysForLock", "", accessToken, parameters);
}

async function respond<T>(
  operation: string,
  name: string,
  accessToken: string,
  parameters: object,
  paginated = false,
): Promise<Response<T>> {
  try {
    if (!current) throw configurationError(`${operation}: call init(baseUrl) first`);
    const { lockHolderId: id, ...rest } = (parameters ?? {}) as Parameters;
    if (id === undefined && operation in operations.LockHolderClient) {
      throw configurationError(`${operation}: \`lockHolderId\` is missing`);
    }
    const flat = unnest("lockHolder", unnest(`${operation}Request`, rest));
    const request = { operation, accessToken, parameters: flat, lockHolder: id === undefined ? undefined : { id } };
    const { client } = current;
    const data = paginated ? await list(client, request, name) : named(name, await client.call(request));
    return { data: data as T };
  } catch (cause) {
    if (!(cause instanceof UnlocError)) throw cause;
    const { code = cause.name, description = cause.message } = cause;
    return { data: undefined as T, error: { error: code, errorDescription: description } };
  }
}

/** Returns one page if `limit` or `startAfterId` asks for it. Without them, the old library got the whole list. */
async function list(
  client: WasmClient,
  request: CallRequest & { parameters: Parameters },
  name: string,
): Promise<object> {
  const { limit, startAfterId } = request.parameters;
  if (limit !== undefined || startAfterId !== undefined) {
    const { items, cursor } = await client.call<Page<unknown>>(request);
    return Object.defineProperty(named(name, items) as object, "startAfterId", { value: cursor });
  }
  const all: unknown[] = [];
  for await (const page of client.pages(request)) all.push(...page.items);
  return named(name, all) as object;
}

/** Moves the properties of a nested object next to the others. */
function unnest(nested: string, { [nested]: body, ...rest }: Parameters): Parameters {
  return { ...rest, ...(body as Parameters | undefined) };
}

/**
 * Adds the value to itself under the name that the service gives it.
 *
 * The example program reads `data.keys`, and the documentation of a later version `data[0]`. An array with one more
 * property serves both: its JSON, its elements and its methods are those of a list. The property is not enumerable.
 * For keys, it hides the method of arrays with this name.
 */
function named(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
  return Object.defineProperty(value, name, { value: copy });
}
