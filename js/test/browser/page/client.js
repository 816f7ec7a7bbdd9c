import * as unloc from "../../../dist/esm/index.js";

/** Makes a client of the API that the page's address names. Its tokens come from the page's server. */
export function client(search, options) {
  const environment = new URLSearchParams(search).get("api");
  const getToken = async (scope, refused) => {
    const body = JSON.stringify({ scope, isRefused: refused !== undefined });
    return (await fetch("/token", { method: "POST", body })).json();
  };
  return new unloc.Unloc({ environment, getToken, ...options });
}

/** Is what a page must not do. */
export const withSecret = { getToken: undefined, clientCredentials: { clientId: "a", clientSecret: "top secret" } };

/** Returns the error of a call that has to fail. */
export async function failure(call) {
  try {
    await call();
  } catch (error) {
    const { name, message, kind, outcome } = error;
    // Not `constructor.name`, because the page is minified.
    const [exported] = Object.entries(unloc).find(([, value]) => value === error.constructor) ?? [];
    return { class: exported, name, message, kind, outcome };
  }
  throw new Error("the call succeeded");
}
