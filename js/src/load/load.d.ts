/** Is the loader of the environment. The `imports` of package.json choose one of the files in this folder. */
declare module "#load" {
  /** Says whether the module is compiled synchronously, at first use. */
  export const synchronous: boolean;
  /** Returns the WebAssembly module, or where it is. */
  export function source(): URL | Uint8Array<ArrayBuffer>;
}
