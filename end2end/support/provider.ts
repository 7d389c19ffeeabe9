// An OpenID Connect provider with a few accounts: oidc-provider, which is certified, inside the journey's own process.
// Whoever logs in there names an account and has no password. It is at `localhost` and the console at `127.0.0.1`, so
// that a browser takes them for two sites, as a company's provider and its console are.

import { type KeyPairKeyObjectResult, generateKeyPair, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type Adapter, type AdapterPayload, Provider as Library } from 'oidc-provider';

/** Somebody whom the provider knows. */
export interface Account {
  /** What the provider calls them, for ever. */
  sub: string;
  email?: string;
  /** Yes, unless it says otherwise. */
  email_verified?: boolean;
  name?: string;
  groups?: string[];
  /** How they log in, such as `['pwd', 'otp']`: <https://www.rfc-editor.org/rfc/rfc8176> */
  amr?: string[];
}

const CLIENT = 'switchboard';
/** Whoever sends it must encode it: <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1> */
const CLIENT_SECRET = 'not easy/to+spell: 100%';
/** Where the console takes the provider's answers. */
const CALLBACK = 'login/single-sign-on/callback';

export class Provider {
  private constructor(
    private readonly server: Server,
    private readonly library: Library,
    private readonly store: Store,
    private readonly requests: string[],
    /** May change while it runs. */
    readonly accounts: Account[],
  ) {}

  /** `isTokenShort`: the ID token says who it is and no more, and what else is known is to be asked for. */
  static async start(accounts: Account[], isTokenShort = false): Promise<Provider> {
    const server = createServer();
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const store: Store = new Map();
    const requests: string[] = [];
    const library = new Library(`http://localhost:${(server.address() as AddressInfo).port}`, {
      adapter: (model) => new Shelf(store, model),
      jwks: { keys: [await signingKey()] },
      cookies: { keys: [randomUUID()] },
      responseTypes: ['code'],
      clientAuthMethods: ['client_secret_basic'],
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      // Groups come with the profile, as with many providers: no standard names them.
      claims: { email: ['email', 'email_verified'], profile: ['name', 'groups', 'amr'] },
      conformIdTokenClaims: isTokenShort,
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      findAccount: (_, sub) => {
        const account = accounts.find((one) => one.sub === sub);
        return account && { accountId: sub, claims: () => ({ email_verified: true, ...account }) };
      },
      // Nobody is asked whether the console may know them.
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
        grant.addOIDCScope([...oidc.requestParamScopes].join(' '));
        await grant.save();
        return grant;
      },
      renderError: (ctx, out) => {
        requests.push(JSON.stringify(out));
        ctx.type = 'text/plain';
        ctx.body = JSON.stringify(out);
      },
      ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 3600, IdToken: 300, Interaction: 600, Session: 3600 },
    });
    const provider = new Provider(server, library, store, requests, accounts);
    server.on('request', (request, response) => void provider.answer(request, response));
    return provider;
  }

  get issuer(): string {
    return this.library.issuer;
  }

  /** The console's settings, as environment. */
  settings(more: Record<string, string> = {}): Record<string, string> {
    const settings = { ISSUER: this.issuer, CLIENT_ID: CLIENT, CLIENT_SECRET, ...more };
    return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`SWITCHBOARD_SINGLE_SIGN_ON__${key}`, value]));
  }

  /** The console's registration, when it is known where the console is. */
  register(consoleUrl: string): void {
    new Shelf(this.store, 'Client').put(CLIENT, {
      client_id: CLIENT,
      client_secret: CLIENT_SECRET,
      redirect_uris: [new URL(CALLBACK, consoleUrl).href],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
    });
  }

  /** What it was asked, and what it complained about. */
  get log(): string {
    return this.requests.join('\n');
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('finish', () => this.requests.push(`${request.method} ${request.url} ${response.statusCode}`));
    // Not all of the library's pages name an icon, and then a browser asks for one.
    if (request.url === '/favicon.ico') return void response.writeHead(204).end();
    try {
      const [, uid, cancel] = /^\/interaction\/([\w-]+)(\/cancel)?$/.exec(request.url ?? '') ?? [];
      await (uid ? this.interact(request, response, uid, cancel !== undefined) : this.library.callback()(request, response));
    } catch (error) {
      this.requests.push(String(error));
      response.writeHead(500).end(String(error));
    }
  }

  /** The page on which somebody logs in, and what they answer there. */
  private async interact(request: IncomingMessage, response: ServerResponse, uid: string, cancel: boolean): Promise<void> {
    const { prompt } = await this.library.interactionDetails(request, response);
    const finish = (result: Parameters<Library['interactionFinished']>[2]) =>
      this.library.interactionFinished(request, response, result, { mergeWithLastSubmission: prompt.name !== 'login' });
    if (cancel) return finish({ error: 'access_denied', error_description: 'the user does not want to' });
    if (prompt.name === 'consent') return finish({ consent: {} });
    let named = '';
    if (request.method === 'POST') {
      named = new URLSearchParams(await text(request)).get('account') ?? '';
      const account = this.accounts.find(({ sub, email }) => named === sub || named === email);
      if (account) return finish({ login: { accountId: account.sub, amr: account.amr } });
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(uid, named === '' ? '' : 'There is no such account.'));
  }
}

const page = (uid: string, problem: string) => `<!DOCTYPE html>
<html lang="en">
<title>Acme ID</title>
<link rel="icon" href="data:,">
<h1>Acme ID</h1>
<form method="post" action="/interaction/${uid}">
  <p role="alert">${problem}</p>
  <label>Account <input name="account" autofocus required></label>
  <button>Log in</button>
</form>
<a href="/interaction/${uid}/cancel">Cancel</a>
`;

async function signingKey(): Promise<Record<string, unknown>> {
  const { privateKey }: KeyPairKeyObjectResult = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

type Store = Map<string, AdapterPayload>;

/** What the library keeps of one kind. A journey is over before anything expires. */
class Shelf implements Adapter {
  constructor(
    private readonly store: Store,
    private readonly model: string,
  ) {}

  put(id: string, payload: AdapterPayload): void {
    this.store.set(`${this.model} ${id}`, payload);
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.put(id, payload);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.store.get(`${this.model} ${id}`);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.all().find(([, payload]) => payload.uid === uid)?.[1];
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.all().find(([, payload]) => payload.userCode === userCode)?.[1];
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.store.delete(`${this.model} ${id}`);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of this.all()) {
      if (payload.grantId === grantId) this.store.delete(key);
    }
  }

  private all(): [string, AdapterPayload][] {
    return [...this.store].filter(([key]) => key.startsWith(`${this.model} `));
  }
}
