import { Problem } from './api.ts';
import type { SignInAddresses } from './contract/people.ts';

/** What a sign-in gave; kept for this tab. Wall time: tokens expire by the wall. */
export interface SignedIn {
  accessToken: string;
  expiresAtMs: number;
  refreshToken: string | null;
}

interface Asked {
  state: string;
  verifier: string;
  /** Where in the page the person was. */
  returnTo: string;
}

/** Authorization code with PKCE (RFC 7636), as a public client: the page of the issuer asks who you are. */
export class SignIn {
  readonly #addresses: SignInAddresses;
  readonly #redirectUri: string;
  readonly #askedKey: string;
  readonly #signedInKey: string;

  constructor(page: string, addresses: SignInAddresses) {
    this.#addresses = addresses;
    this.#redirectUri = `${location.origin}/${page}`;
    this.#askedKey = `mallway:asked:${page}`;
    this.#signedInKey = `mallway:signed-in:${page}`;
  }

  /** Leaves for the issuer's page, which comes back with a code. */
  async start(): Promise<void> {
    const asked: Asked = { state: secret(), verifier: secret(), returnTo: location.pathname + location.search };
    sessionStorage.setItem(this.#askedKey, JSON.stringify(asked));
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(asked.verifier));
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: this.#addresses.clientId,
      redirect_uri: this.#redirectUri,
      scope: 'openid',
      state: asked.state,
      code_challenge: base64url(new Uint8Array(digest)),
      code_challenge_method: 'S256',
    });
    location.assign(`${this.#addresses.authorizeUrl}?${query}`);
  }

  /** Takes the code that the address may hold, and takes it out of the address. */
  async finish(): Promise<void> {
    const query = new URLSearchParams(location.search);
    const code = query.get('code');
    const text = sessionStorage.getItem(this.#askedKey);
    if (code === null || text === null) return;
    sessionStorage.removeItem(this.#askedKey);
    const asked = JSON.parse(text) as Asked;
    history.replaceState(null, '', asked.returnTo);
    // Somebody else's code would sign this person in as somebody else.
    if (query.get('state') !== asked.state) throw signedOut('This sign-in was not begun here.');
    this.#keep(
      await this.#exchange({
        grant_type: 'authorization_code',
        code,
        redirect_uri: this.#redirectUri,
        code_verifier: asked.verifier,
      }),
    );
  }

  get signedIn(): SignedIn | null {
    const text = sessionStorage.getItem(this.#signedInKey);
    return text === null ? null : (JSON.parse(text) as SignedIn);
  }

  /** Throws a Problem 401 when the session is over. */
  async refresh(): Promise<SignedIn> {
    const known = this.signedIn;
    if (!known?.refreshToken) throw signedOut('Your session is over.');
    return this.#keep({
      refreshToken: known.refreshToken,
      ...(await this.#exchange({ grant_type: 'refresh_token', refresh_token: known.refreshToken })),
    });
  }

  /** Here, and at the issuer. */
  signOut(): void {
    sessionStorage.removeItem(this.#signedInKey);
    const { logoutUrl, clientId } = this.#addresses;
    const query = new URLSearchParams({ client_id: clientId, logout_uri: this.#redirectUri });
    location.assign(`${logoutUrl}?${query}`);
  }

  #keep(given: Partial<SignedIn> & Omit<SignedIn, 'refreshToken'>): SignedIn {
    const signedIn = { refreshToken: null, ...given };
    sessionStorage.setItem(this.#signedInKey, JSON.stringify(signedIn));
    return signedIn;
  }

  async #exchange(grant: Record<string, string>): Promise<Omit<SignedIn, 'refreshToken'> & Partial<SignedIn>> {
    const response = await fetch(this.#addresses.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({ client_id: this.#addresses.clientId, ...grant }),
    });
    if (response.status >= 400 && response.status < 500) throw signedOut('Your session is over.');
    if (!response.ok)
      throw new Problem(response.status, { detail: 'The sign-in service does not answer.', mend: 'Try again.' });
    const answer = (await response.json()) as { access_token: string; expires_in: number; refresh_token?: string };
    return {
      accessToken: answer.access_token,
      expiresAtMs: Date.now() + answer.expires_in * 1000,
      ...(answer.refresh_token && { refreshToken: answer.refresh_token }),
    };
  }
}

function signedOut(detail: string): Problem {
  return new Problem(401, { code: 'signed_out', detail, mend: 'Sign in again; what you typed here is kept.' });
}

function secret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
