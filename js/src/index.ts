export type { Call, CallOptions, ListCall, Page, RetryPolicy, Timeouts } from "./calls.js";
export { Unloc } from "./client.js";
export type {
  ClientCredentials,
  CreateKeyResolution,
  GetToken,
  LockHolderClient,
  LockHolderReference,
  Token,
  UnlocOptions,
} from "./client.js";
export {
  UnlocAbortError,
  UnlocConfigurationError,
  UnlocConnectionError,
  UnlocError,
  UnlocServiceError,
  UnlocTimeoutError,
  UnlocTokenError,
} from "./errors.js";
export type { ErrorDetails, ErrorKind, Outcome } from "./errors.js";
export type * from "./generated/types.js";
export { init, lockHolderScope } from "./wasm.js";
export type { InitOptions } from "./wasm.js";
