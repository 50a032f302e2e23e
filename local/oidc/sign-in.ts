import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Html, html } from '../viewer/html.ts';
import type { OidcIssuer } from './issuer.ts';
import type { PoolUser, UserPools } from './user-pools.ts';

export interface SignInClient {
  id: string;
  pool: string;
  callbackUrls: readonly string[];
  logoutUrls: readonly string[];
  accessTokenMinutes: number;
  refreshTokenMinutes: number;
}

export interface SignInOptions {
  issuer: OidcIssuer;
  pools: UserPools;
  clients: readonly SignInClient[];
  wallNow?: () => number;
}

interface Grant {
  client: SignInClient;
  user: PoolUser;
  /** Wall ms. */
  until: number;
}

/** A code is good for five minutes and once, as Cognito's is. */
const codeMs = 5 * 60_000;
const bodyLimitBytes = 16 * 1024;

/**
 * `/oauth2/authorize`, `/oauth2/token` and `/logout` below the issuer, with the parameters and the tokens of Cognito's:
 * authorization code with PKCE (RFC 7636, S256). Instead of a password it asks who of the pool you are. Codes and
 * refresh tokens end with the process.
 */
export class SignIn {
  readonly #options: SignInOptions;
  readonly #wallNow: () => number;
  readonly #codes = new Map<string, Grant & { challenge: string; redirectUri: string }>();
  readonly #refresh = new Map<string, Grant>();

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#wallNow = options.wallNow ?? Date.now;
  }

  /** True if the request was for one of the three. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '', this.#options.issuer.issuer);
    const path = url.pathname.slice(new URL(this.#options.issuer.issuer).pathname.length);
    const route = `${request.method} ${path}`;
    if (route === 'GET /oauth2/authorize') this.#choose(url.searchParams, response);
    else if (route === 'POST /oauth2/authorize') this.#chosen(await form(request), response);
    else if (route === 'POST /oauth2/token') await this.#token(await form(request), response);
    else if (route === 'GET /logout') this.#logout(url.searchParams, response);
    else return false;
    return true;
  }

  #choose(query: URLSearchParams, response: ServerResponse): void {
    const asked = this.#asked(query);
    if (typeof asked === 'string') refusal(response, asked);
    else {
      const users = this.#options.pools.of(asked.client.pool);
      const hidden = [...query].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
      const choices = users.map(({ email, sub }) => html`<p><button name="user" value="${sub}">${email}</button></p>`);
      page(
        response,
        200,
        html`<h1>Who are you?</h1>
          <p>This is the sign-in page of the embedded cloud: it asks for no password.</p>
          ${users.length === 0 && html`<p>Nobody is invited yet.</p>`}
          <form method="post">${hidden}${choices}</form>`,
      );
    }
  }

  #chosen(given: URLSearchParams, response: ServerResponse): void {
    const asked = this.#asked(given);
    const user =
      typeof asked === 'string' ? undefined : this.#options.pools.find(asked.client.pool, given.get('user') ?? '');
    if (typeof asked === 'string') refusal(response, asked);
    else if (!user) refusal(response, 'There is no such user.');
    else {
      const { client, redirectUri, challenge, state } = asked;
      this.#options.pools.confirm(user);
      const code = secret();
      this.#codes.set(code, { client, user, challenge, redirectUri, until: this.#wallNow() + codeMs });
      const target = new URL(redirectUri);
      target.searchParams.set('code', code);
      if (state) target.searchParams.set('state', state);
      redirect(response, target.href);
    }
  }

  /** What is wrong with a request to authorise is told to the person: an address that is not registered gets nothing. */
  #asked(given: URLSearchParams) {
    const client = this.#options.clients.find(({ id }) => id === given.get('client_id'));
    if (!client) return 'There is no such application.';
    const redirectUri = given.get('redirect_uri') ?? '';
    if (!client.callbackUrls.includes(redirectUri)) return `${redirectUri} is no address of this application.`;
    if (given.get('response_type') !== 'code') return 'response_type must be code.';
    const challenge = given.get('code_challenge') ?? '';
    if (given.get('code_challenge_method') !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(challenge)) {
      return 'The request must have a code_challenge by S256.';
    }
    return { client, redirectUri, challenge, state: given.get('state') };
  }

  async #token(given: URLSearchParams, response: ServerResponse): Promise<void> {
    const grant = given.get('grant_type') === 'refresh_token' ? this.#byRefresh(given) : this.#byCode(given);
    if (!grant) {
      json(response, 400, { error: 'invalid_grant' });
      return;
    }
    const { client, user } = grant;
    const lifetimeSeconds = client.accessTokenMinutes * 60;
    const { issuer } = this.#options;
    const access = { token_use: 'access', client_id: client.id, scope: 'openid', username: user.sub };
    const answer = {
      access_token: await issuer.mint({ sub: user.sub, lifetimeSeconds, claims: access }),
      id_token: await issuer.mint({
        sub: user.sub,
        audience: client.id,
        lifetimeSeconds,
        claims: { token_use: 'id', email: user.email, 'cognito:username': user.sub },
      }),
      expires_in: lifetimeSeconds,
      token_type: 'Bearer',
    };
    // Cognito gives none for a refresh: the first stays good.
    const isFirst = given.get('grant_type') === 'authorization_code';
    const refreshToken = secret();
    if (isFirst) {
      this.#refresh.set(refreshToken, { client, user, until: this.#wallNow() + client.refreshTokenMinutes * 60_000 });
    }
    json(response, 200, isFirst ? { ...answer, refresh_token: refreshToken } : answer);
  }

  #byCode(given: URLSearchParams): Grant | undefined {
    const code = given.get('code') ?? '';
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      grant &&
      given.get('grant_type') === 'authorization_code' &&
      grant.client.id === given.get('client_id') &&
      grant.redirectUri === given.get('redirect_uri') &&
      grant.challenge === challenge &&
      grant.until > this.#wallNow();
    return isRight ? grant : undefined;
  }

  #byRefresh(given: URLSearchParams): Grant | undefined {
    const grant = this.#refresh.get(given.get('refresh_token') ?? '');
    return grant && grant.client.id === given.get('client_id') && grant.until > this.#wallNow() ? grant : undefined;
  }

  #logout(query: URLSearchParams, response: ServerResponse): void {
    const client = this.#options.clients.find(({ id }) => id === query.get('client_id'));
    const target = query.get('logout_uri') ?? '';
    if (client?.logoutUrls.includes(target)) redirect(response, target);
    else refusal(response, 'That is no address of this application.');
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

async function form(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyLimitBytes) return new URLSearchParams();
  }
  return new URLSearchParams(text);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location, 'cache-control': 'no-store' }).end();
}

function refusal(response: ServerResponse, why: string): void {
  page(response, 400, html`<h1>Not possible</h1><p>${why}</p>`);
}

function page(response: ServerResponse, status: number, body: Html): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  });
  const { text } = html`<!doctype html><html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width"><title>Sign in</title></head><body><main>${body}</main></body></html>`;
  response.end(text);
}
