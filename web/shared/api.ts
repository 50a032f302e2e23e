import { clock } from './clock.ts';

/** An answer that is not a success, in words for the person at the page (RFC 9457 with `mend`). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly mend: string;
  readonly errors: { pointer: string; detail: string }[];
  /** What else the answer held, e.g. `current` or `triesLeft`. */
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body.detail === 'string' ? body.detail : `The server answered ${status}.`);
    this.name = 'Problem';
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : 'unknown';
    this.mend = typeof body.mend === 'string' ? body.mend : '';
    this.errors = Array.isArray(body.errors) ? (body.errors as Problem['errors']) : [];
    this.body = body;
  }
}

/** Nothing answered: the request may or may not have arrived. */
export class Unreachable extends Error {
  constructor() {
    super('The server cannot be reached.');
    this.name = 'Unreachable';
  }
}

const slowestRetryMs = 10_000;

export interface ApiOptions {
  /** A current bearer token, or null where none is needed; `renew` asks for another than the one just refused. */
  token?: (renew: boolean) => Promise<string | null>;
  newKey?: () => string;
  wait?: (ms: number) => Promise<void>;
}

export class Api {
  readonly #token: (renew: boolean) => Promise<string | null>;
  readonly #newKey: () => string;
  readonly #wait: (ms: number) => Promise<void>;

  constructor(options: ApiOptions = {}) {
    this.#token = options.token ?? (async () => null);
    this.#newKey = options.newKey ?? newUuid;
    this.#wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /** Throws a Problem or Unreachable. */
  async get<T>(path: string): Promise<T> {
    return this.#send<T>(path, { method: 'GET' });
  }

  /** Sets what is at the path; saying it again changes nothing. */
  async put<T>(path: string, body: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return this.#send<T>(path, { method: 'PUT', body: JSON.stringify(body), headers });
  }

  /**
   * Says something once. Until an answer comes (no connection, 429 and 5xx are none) the very same request, with the
   * same Idempotency-Key, is sent again; `onRetry` hears of each failed attempt. An act that was kept on the device has its `key` already.
   */
  async act<T>(
    path: string,
    body: unknown = {},
    onRetry?: (attempt: number) => void,
    key = this.#newKey(),
  ): Promise<T> {
    const text = JSON.stringify(body);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#send<T>(path, {
          method: 'POST',
          body: text,
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
        });
      } catch (error) {
        const isAnswer = error instanceof Problem && error.status < 500 && error.status !== 429;
        if (isAnswer || !(error instanceof Problem || error instanceof Unreachable)) throw error;
        onRetry?.(attempt);
        await this.#wait(Math.min(slowestRetryMs, 500 * 2 ** (attempt - 1)));
      }
    }
  }

  async #send<T>(path: string, init: RequestInit & { headers?: Record<string, string> }, renewed = false): Promise<T> {
    const token = await this.#token(renewed);
    const headers = { accept: 'application/json', ...init.headers, ...(token && { authorization: `Bearer ${token}` }) };
    let response: Response;
    try {
      response = await fetch(path, { ...init, headers, cache: 'no-store' });
    } catch {
      throw new Unreachable();
    }
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (response.status === 401 && token && !renewed) return this.#send<T>(path, init, true);
    if (!response.ok) throw new Problem(response.status, body ?? {});
    if (typeof body?.now === 'string') {
      const speed = body.speed;
      clock.observe(body.now, typeof speed === 'number' ? speed : undefined);
    }
    return body as T;
  }
}

/** `crypto.randomUUID` exists in secure contexts only; a store's tablet may open the page by the machine's address. */
export function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
