// The minimal correct code that a user of the generated TypeScript clients writes, for one caller at a time.

import { Configuration as AuthConfiguration, GetTokenRequest, GrantType, TokenApi } from './auth';
import { Configuration, Key, KeysApi, Lock, LocksApi } from './integrator';
import { Access } from './main';

// A token is refreshed this many seconds before it expires.
const MARGIN = 60;

export class Home {
  private readonly auth: TokenApi;
  private readonly locks: LocksApi;
  private readonly allKeys: KeysApi;
  private header = '';
  private refreshAt = 0;

  constructor(private readonly access: Access) {
    this.auth = new TokenApi(new AuthConfiguration({ basePath: `${access.url}/auth/v1` }));
    const api = new Configuration({ basePath: `${access.url}/integrators/v1`, accessToken: () => this.authorization() });
    this.locks = new LocksApi(api);
    this.allKeys = new KeysApi(api);
  }

  async lock(lockId: string): Promise<Lock> {
    return (await this.locks.getLock({ lockHolderId: this.access.lockHolder, lockId })).lock;
  }

  async keys(each: (key: Key) => void): Promise<void> {
    let startAfterId: string | undefined;
    do {
      const page = await this.allKeys.getKeys({ lockHolderId: this.access.lockHolder, limit: 100, startAfterId });
      page.keys.forEach(each);
      startAfterId = page.startAfterId || undefined;
    } while (startAfterId);
  }

  private async authorization(): Promise<string> {
    const now = Date.now();
    if (now >= this.refreshAt) {
      const getTokenRequest: GetTokenRequest = {
        grantType: GrantType.ClientCredentials,
        clientId: this.access.clientId,
        clientSecret: this.access.clientSecret,
        scope: this.access.scope,
      };
      const token = await this.auth.getToken({ getTokenRequest });
      // The generated client sends this value as the whole header.
      this.header = `Bearer ${token.accessToken}`;
      this.refreshAt = now + ((token.expiresIn ?? 3600) - MARGIN) * 1000;
    }
    return this.header;
  }
}
