import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readWhole } from '../services.ts';
import type { ExecutionEnvironment, RawOutcome } from './environment.ts';

/** The most a function may answer, in bytes (Lambda quota: 6 MB, with its own overhead). */
export const payloadLimitBytes = 6_291_556;

/**
 * The Lambda Runtime API (version 2018-06-01) of every environment, on one loopback port. Each environment has an
 * unguessable path prefix, so that no function can speak for another.
 */
export class RuntimeApiServer {
  readonly #environments = new Map<string, ExecutionEnvironment>();
  readonly #server: Server;
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => answer(response, 500, 'InternalError', String(error)));
    });
    // A waiting `next` may stay open for as long as the function is idle.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 0;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** The value of `AWS_LAMBDA_RUNTIME_API` for the environment of this key. */
  addressOf(key: string): string {
    return `127.0.0.1:${this.#port}/${key}`;
  }

  attach(key: string, environment: ExecutionEnvironment): void {
    this.#environments.set(key, environment);
  }

  detach(key: string): void {
    this.#environments.delete(key);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, key = '', version, runtime, ...resource] = (request.url ?? '').split('/');
    const environment = this.#environments.get(key);
    if (!environment || version !== '2018-06-01' || runtime !== 'runtime') {
      return answer(response, 403, 'InvalidEnvironment', 'No execution environment has this address.');
    }
    const operation = `${request.method} ${resource.map((part, index) => (resource.length === 3 && index === 1 ? '{id}' : part)).join('/')}`;
    const requestId = resource[1] ?? '';
    switch (operation) {
      case 'GET invocation/next':
        return environment.next(response);
      case 'POST invocation/{id}/response': {
        const body = await readBody(request);
        const accepted = environment.settle(requestId, body.length > payloadLimitBytes ? tooLarge(body) : ok(body));
        return accepted ? answer(response, 202) : unknownRequest(response, requestId);
      }
      case 'POST invocation/{id}/error': {
        const accepted = environment.settle(requestId, failure(await readBody(request)));
        return accepted ? answer(response, 202) : unknownRequest(response, requestId);
      }
      case 'POST init/error':
        environment.failInit(failure(await readBody(request)));
        return answer(response, 202);
      default:
        return answer(response, 404, 'UnknownOperation', `The Runtime API has no ${operation}.`);
    }
  }
}

function ok(body: Buffer): RawOutcome {
  return { ok: true, payload: body.toString('utf8') };
}

function tooLarge(body: Buffer): RawOutcome {
  return {
    ok: false,
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${body.length} bytes) exceeded maximum allowed payload size (${payloadLimitBytes} bytes).`,
  };
}

function failure(body: Buffer): RawOutcome & { ok: false } {
  const { errorType, errorMessage, trace } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  return {
    ok: false,
    errorType: String(errorType ?? 'Error'),
    errorMessage: String(errorMessage ?? ''),
    ...(Array.isArray(trace) ? { trace: trace.map(String) } : {}),
  };
}

function unknownRequest(response: ServerResponse, requestId: string): void {
  answer(response, 400, 'InvalidRequestID', `Request ${requestId} does not run in this environment.`);
}

function answer(response: ServerResponse, status: number, errorType?: string, errorMessage?: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(errorType ? { errorType, errorMessage } : { status: 'OK' }));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  return (await readWhole(request))!;
}
