import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { contentSecurityPolicy } from '../../lib/constructs/security-headers.ts';
import { buildPages } from '../../web/build.ts';

export interface FakeRequest {
  method: string;
  path: string;
  /** As it was sent. */
  text: string;
  /** Parsed JSON, or undefined. */
  body: unknown;
  key: string | undefined;
  authorization: string | undefined;
}

export interface FakeAnswer {
  status?: number;
  body: unknown;
  /** The connection is cut instead of answering. */
  cut?: boolean;
}

/** `GET /v1/driver` or `POST /v1/stores/:storeId/…` with the path as it is asked for. */
export type Answering = Record<string, (request: FakeRequest) => FakeAnswer>;

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Serves the built pages as the front port does, and whatever a test says the API answers. */
export class FakeCloud {
  readonly url: string;
  readonly requests: FakeRequest[] = [];
  answers: Answering = {};
  readonly #server: Server;
  readonly #directory: string;

  private constructor(server: Server, directory: string) {
    this.#server = server;
    this.#directory = directory;
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      void this.#answer(request).then(({ status, type, body }) => {
        if (status === 0) return request.socket.destroy();
        response.writeHead(status, {
          'content-type': type,
          'content-security-policy': contentSecurityPolicy({ objectStore: this.url, signIn: this.url }),
          'cache-control': 'no-store',
        });
        response.end(body);
        return;
      });
    });
  }

  static async start(): Promise<FakeCloud> {
    const directory = await mkdtemp(join(tmpdir(), 'mallway-pages-'));
    await buildPages(directory);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return new FakeCloud(server, directory);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#directory, { recursive: true });
  }

  /** The acts (POST) that arrived for a path. */
  acts(path: string): FakeRequest[] {
    return this.requests.filter((request) => request.method === 'POST' && request.path === path);
  }

  async #answer(incoming: IncomingMessage): Promise<{ status: number; type: string; body: string | Buffer }> {
    const path = new URL(incoming.url ?? '/', 'http://localhost').pathname;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks);
    const isJson = incoming.headers['content-type'] === 'application/json';
    const request: FakeRequest = {
      method: incoming.method ?? 'GET',
      path,
      text: text.toString(),
      body: isJson ? JSON.parse(text.toString()) : undefined,
      key: incoming.headers['idempotency-key'] as string | undefined,
      authorization: incoming.headers.authorization,
    };
    this.requests.push(request);
    const answer = this.answers[`${request.method} ${path}`]?.(request);
    if (answer?.cut) return { status: 0, type: '', body: '' };
    if (answer) {
      return { status: answer.status ?? 200, type: 'application/json', body: JSON.stringify(answer.body) };
    }
    const file = pageFile(path);
    const type = types[extname(file)];
    try {
      if (type) return { status: 200, type, body: await readFile(join(this.#directory, file)) };
    } catch {
      // Not a page: told below.
    }
    return {
      status: 404,
      type: 'application/problem+json',
      body: JSON.stringify({ status: 404, code: 'not_found', detail: `There is no ${path}.`, mend: 'Look elsewhere.' }),
    };
  }
}

function pageFile(path: string): string {
  if (path === '/') return 'front/index.html';
  const page = { store: 'store', drive: 'drive', ops: 'ops', join: 'join', t: 'tracking' }[path.split('/')[1] ?? ''];
  return page && !extname(path) ? `${page}/index.html` : path.slice(1);
}
