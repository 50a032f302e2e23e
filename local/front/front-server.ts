import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** The one public port, as CloudFront will be: each request goes to what is mounted at the longest prefix of its path. */
export class FrontServer {
  readonly #server: Server;
  readonly #mounts = new Map<string, Listener>();
  #observer: (request: IncomingMessage) => void = () => {};

  constructor() {
    this.#server = createServer((request, response) => {
      this.#observer(request);
      const listener = this.#find((request.url ?? '/').split('?')[0] ?? '/');
      if (listener) return listener(request, response);
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page.\n');
    });
  }

  /** `/prefix` takes `/prefix` itself and all below it; `/` takes what nothing else does. */
  mount(prefix: string, listener: Listener): void {
    this.#mounts.set(prefix, listener);
  }

  /** Sees every request before it is served, and must leave it as it is. */
  observe(observer: (request: IncomingMessage) => void): void {
    this.#observer = observer;
  }

  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const isTaken = error.code === 'EADDRINUSE';
        reject(isTaken ? new Error(`Port ${port} is taken: choose another with --port, or 0 for any.`) : error);
      });
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

  #find(path: string): Listener | undefined {
    for (let prefix = path; prefix !== ''; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
      const listener = this.#mounts.get(prefix);
      if (listener) return listener;
    }
    return this.#mounts.get('/');
  }
}

/** Headers that a distribution adds for its origin win over those of the caller; asked for anew with each request. */
export function withOriginHeaders(headers: () => Record<string, string>, listener: Listener): Listener {
  return (request, response) => {
    for (const [name, value] of Object.entries(headers())) {
      request.headers[name] = value;
      request.headersDistinct[name] = [value];
    }
    listener(request, response);
  };
}

/** Headers of a distribution's policy win over those of the origin. */
export function withHeaders(headers: Record<string, string>, listener: Listener): Listener {
  return (request, response) => {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (status: number, ...more: unknown[]) =>
      writeHead(status, { ...(more.at(-1) as object | undefined), ...headers });
    listener(request, response);
  };
}
