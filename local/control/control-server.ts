import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers with JSON; `undefined` is 204. Throws `ControlError` to refuse. */
export type ControlHandler = (request: {
  /** The parts of the path that the route names, decoded. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  /** The JSON body; undefined without one. */
  body: unknown;
}) => unknown;

export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/**
 * The control port: loopback only, a bearer token in `control.json` of the data folder. Routes are written as
 * `GET /executions/{name}`.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #token: Buffer;
  readonly #routes: { method: string; pattern: RegExp; handler: ControlHandler }[];

  constructor(token: string, routes: Record<string, ControlHandler>) {
    this.#token = Buffer.from(token);
    this.#routes = Object.entries(routes).map(([route, handler]) => {
      const [method = '', path = ''] = route.split(' ');
      return { method, pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`), handler };
    });
    this.#server = createServer((request, response) => {
      void this.#serve(request).then(
        (answer) => send(response, answer === undefined ? 204 : 200, answer),
        (error: unknown) => {
          const status = error instanceof ControlError ? error.status : 500;
          send(response, status, { message: error instanceof Error ? error.message : String(error) });
        },
      );
    });
  }

  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage): Promise<unknown> {
    const given = Buffer.from(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
    if (given.length !== this.#token.length || !timingSafeEqual(given, this.#token)) {
      throw new ControlError(
        401,
        'The control port wants the token of control.json in the data folder as bearer token.',
      );
    }
    const url = new URL(request.url ?? '/', 'http://control');
    for (const { method, pattern, handler } of this.#routes) {
      const match = method === request.method ? pattern.exec(url.pathname) : null;
      if (!match) continue;
      const parameters = Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
      return handler({ parameters, query: url.searchParams, body: await readJson(request) });
    }
    const known = this.#routes.map(({ method, pattern }) => `${method} ${pattern.source}`).join(', ');
    throw new ControlError(404, `The control port has no ${request.method} ${url.pathname}; it has ${known}.`);
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (chunks.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new ControlError(400, 'The body must be JSON.');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
