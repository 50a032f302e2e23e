import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

/** An answer that is not a success. */
export class Refused extends Error {
  readonly status: number;

  constructor(what: string, status: number, body: { detail?: string; message?: string; mend?: string }) {
    const said = body.detail ?? body.message ?? '';
    super(`${what} was answered ${status}${said && `: ${said}`}${body.mend ? ` ${body.mend}` : ''}`);
    this.name = 'Refused';
    this.status = status;
  }
}

const timeoutMs = 30_000;
const tries = 4;

/** Speaks the public API as one caller. */
export class Caller {
  readonly #url: string;
  readonly #authorization: () => Promise<string | null>;

  /** @param url scheme and host. @param authorization the whole header, or null for nobody in particular. */
  constructor(url: string, authorization: () => Promise<string | null>) {
    this.#url = url;
    this.#authorization = authorization;
  }

  get<T>(path: string): Promise<T> {
    return this.#send('GET', path);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.#send('PUT', path, body);
  }

  post<T>(path: string, body?: object, key: string = randomUUID()): Promise<T> {
    return this.#send('POST', path, body, key);
  }

  /** What was not answered, or answered 429 or 5xx, is sent again with the same key, so that it happens once. */
  async #send<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try<T>(method, path, body, key);
      } catch (error) {
        const isAnswer = error instanceof Refused && error.status < 500 && error.status !== 429;
        if (isAnswer || attempt === tries) throw error;
        await pause(250 * 3 ** (attempt - 1));
      }
    }
  }

  async #try<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
    const authorization = await this.#authorization();
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...(authorization !== null && { authorization }),
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = (await response.json().catch(() => ({}))) as T & { detail?: string };
    if (!response.ok) throw new Refused(`${method} ${path}`, response.status, answer);
    return answer;
  }
}

export interface SigningKey {
  keyId: string;
  /** base64url. */
  secret: string;
}

/** The short token that a channel or a retailer's system signs itself; kept for eight of its ten minutes. */
export function signedBy({ keyId, secret }: SigningKey, audience: string): () => Promise<string> {
  let held: Promise<string> | undefined;
  let until = 0;
  return () => {
    const now = Date.now();
    if (held && now < until) return held;
    until = now + 480_000;
    const issuedAt = Math.floor(now / 1000);
    held = new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: keyId })
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + 600)
      .sign(Buffer.from(secret, 'base64url'))
      .then((token) => `Bearer ${token}`);
    return held;
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
