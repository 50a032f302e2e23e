import { randomUUID } from 'node:crypto';

/** An answer that is not a success: the API's problem document (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly mend: string;
  readonly errors: { pointer: string; detail: string }[];
  /** What the thing looks like now, where the problem tells. */
  readonly current: unknown;
  /** All of what the answer held. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Partial<ProblemBody>, what: string) {
    super(body.detail ?? `${what} was answered with ${status}.`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = body.code ?? 'unknown';
    this.mend = body.mend ?? '';
    this.errors = body.errors ?? [];
    this.current = body.current;
    this.body = { ...body };
  }
}

interface ProblemBody {
  detail: string;
  code: string;
  mend: string;
  errors: { pointer: string; detail: string }[];
  current: unknown;
}

/** One request and its answer, as a scenario prints them. */
export interface Exchange {
  actor: string;
  method: string;
  path: string;
  status: number;
  wallMs: number;
  body: unknown;
}

/** Gives the bearer token to send now; null sends none. */
export type Credential = () => Promise<string | null>;

export interface ApiClientOptions {
  /** Scheme, host and port; paths begin at the root. */
  baseUrl: string;
  credential: Credential;
  /** Whose requests these are, for people who read along. */
  actor?: string;
  fetch?: typeof fetch;
  newKey?: () => string;
  /** Waits between tries, in wall time. */
  pause?: (ms: number) => Promise<void>;
  onExchange?: (exchange: Exchange) => void;
  /** Every request goes through this, so that a stepped clock waits for it. */
  track?: <T>(work: Promise<T>) => Promise<T>;
}

const pausesMs = [100, 300, 900, 2_700];
const timeoutMs = 30_000;

/**
 * Speaks the public API. A POST carries an Idempotency-Key, and a try that met a 5xx, a 429 or a broken connection is
 * repeated with the same key, so an act happens once.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  get<T>(path: string): Promise<T> {
    return this.#tracked('GET', path);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.#tracked('PUT', path, body);
  }

  post<T>(path: string, body?: object, idempotencyKey?: string): Promise<T> {
    return this.#tracked('POST', path, body, idempotencyKey ?? this.#options.newKey?.() ?? randomUUID());
  }

  #tracked<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
    const work = this.#send<T>(method, path, body, key);
    return this.#options.track ? this.#options.track(work) : work;
  }

  async #send<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
    const { pause = wait } = this.#options;
    for (let tries = 0; ; tries++) {
      const pauseMs = pausesMs[tries];
      try {
        return await this.#try<T>(method, path, body, key);
      } catch (error) {
        const passing = !(error instanceof ApiProblem) || error.status >= 500 || error.status === 429;
        if (!passing || pauseMs === undefined) throw error;
        await pause(pauseMs);
      }
    }
  }

  async #try<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
    const { baseUrl, credential, actor = '', onExchange } = this.#options;
    const token = await credential();
    const started = performance.now();
    const response = await (this.#options.fetch ?? fetch)(`${baseUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const answer = parseJson(text);
    onExchange?.({
      actor,
      method,
      path,
      status: response.status,
      wallMs: Math.round(performance.now() - started),
      body: answer,
    });
    if (response.ok) return answer as T;
    throw new ApiProblem(response.status, (answer ?? {}) as Partial<ProblemBody>, `${method} ${path}`);
  }
}

function parseJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
