// The example in the documentation of `@unloc/integrator-client-library`, with the lines of braces that its stored copy
// lacks. Only the import is another.
const unloc = require('unloc/compat')

unloc.init("https://api-sandbox.unloc.app")

const getToken = async (scope) => {
  let body = {
    grant_type: "client_credentials",
    client_id: "YOUR_CLIENT_ID",
    client_secret: "YOUR_CLIENT_SECRET",
  };
  if (scope) {
    body["scope"] = scope;
  }
  const response = await fetch(`https://api-sandbox.unloc.app/auth/v1/token`, {
    method: "post",
    headers: {
      "Content-Type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const json = await response.json();
  return json
}

const main = async () => {
  const token = await getToken()
  let lockHolderResponse = await unloc.getLockHolders(token.access_token)
  const lockHolders = lockHolderResponse.data
  const scopedToken = await getToken(unloc.lockHolderScope(lockHolders[0]))
  const scopedAccessToken = scopedToken.access_token
  const lockHolderId = scopedToken.lock_holder_id

  const getAllData = async (lockHolder) => {
    const [keysResponse, locksResponse, rolesResponse] = await Promise.all([
      await unloc.getKeys(scopedAccessToken, {lockHolderId}),
      await unloc.getLocks(scopedAccessToken, {lockHolderId}),
      await unloc.getRoles(scopedAccessToken, {lockHolderId})
    ])
    return { keys: keysResponse.data, locks: locksResponse.data, roles: rolesResponse.data }
  }

  const { keys, locks, roles } = await getAllData(lockHolders[0])
  console.log("Keys: ", keys, "Locks ", locks, "Roles ", roles)
}
