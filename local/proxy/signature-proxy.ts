import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import { isPresigned, verifyPresignedUrl } from '../s3/presigned-url.ts';
import { S3Error } from '../s3/s3-error.ts';
import {
  awsJsonError,
  type Caller,
  readWhole,
  type ServiceHandler,
  type ServiceRequest,
  type ServiceResponse,
} from '../services.ts';
import type { AccessKeys } from './access-keys.ts';
import { readAuthorization, SignatureError, verifySignature } from './signature.ts';

export interface SignatureProxyOptions {
  keys: AccessKeys;
  clock: Clock;
  /** By the service name of the credential scope. */
  services: Record<string, ServiceHandler>;
  /** What browsers ask of S3 before and after, which nobody signs. */
  cors?: {
    preflight(request: Omit<ServiceRequest, 'caller'>): ServiceResponse;
    withCors(request: Omit<ServiceRequest, 'caller'>, response: ServiceResponse): ServiceResponse;
  };
  /** Refuses what the caller may not do; all that a known role asks is allowed unless told. */
  authorize?: (request: ServiceRequest) => ServiceResponse | undefined;
  /** Answers in place of the service, for example to throttle it. */
  fault?: (request: ServiceRequest) => Promise<ServiceResponse | undefined>;
  log: (line: string) => void;
  wallNow?: () => number;
}

/** No AWS API here takes more: 20 MB are proofs, all others far less. */
const bodyLimitBytes = 32 * 1024 * 1024;

/**
 * Where every AWS client of the embedded cloud sends its requests. It knows the caller by the signature and the
 * service by the credential scope, and lets nobody else in.
 */
export class SignatureProxy {
  readonly #options: SignatureProxyOptions;
  readonly #server: Server;

  constructor(options: SignatureProxyOptions) {
    this.#options = options;
    this.#server = createServer((incoming, outgoing) => {
      void options.clock.track(this.#serve(incoming, outgoing)).catch((error: unknown) => {
        options.log(
          `The request ${incoming.method} ${incoming.url} failed: ${error instanceof Error ? error.stack : error}`,
        );
        if (outgoing.headersSent) outgoing.destroy();
        else send(outgoing, awsJsonError(500, 'InternalServerError', String(error)), incoming.method);
      });
    });
    // Clients keep connections for as long as they like; one closed under a request costs them a retry.
    this.#server.keepAliveTimeout = 120_000;
  }

  /** Port 0 takes any. */
  async listen(port: number): Promise<number> {
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

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await read(incoming);
    if (!request) return send(outgoing, awsJsonError(413, 'RequestTooLargeException', 'The request is too large.'), '');
    const response = await this.#answer(request);
    response.headers['x-amzn-requestid'] ??= randomUUID();
    send(outgoing, response, request.method);
  }

  async #answer(request: Omit<ServiceRequest, 'caller' | 'service'>): Promise<ServiceResponse> {
    const { cors, keys, wallNow = Date.now } = this.#options;
    if (request.method === 'OPTIONS' && cors) return cors.preflight({ ...request, service: 's3' });
    if (isPresigned({ ...request, service: 's3' })) {
      const toS3 = { ...request, service: 's3' };
      try {
        return await this.#dispatch({ ...toS3, caller: verifyPresignedUrl(toS3, keys.find, wallNow()) });
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
        const refusal = error.toResponse(request.method);
        return cors ? cors.withCors(toS3, refusal) : refusal;
      }
    }
    let service: string;
    let caller: Caller;
    try {
      const authorization = readAuthorization(request.headers.authorization);
      service = authorization.service;
      caller = verifySignature(request, authorization, keys.find, wallNow());
    } catch (error) {
      if (error instanceof SignatureError) return refuse(request, error.type, error.message);
      throw error;
    }
    return this.#dispatch({ ...request, service, caller });
  }

  async #dispatch(request: ServiceRequest): Promise<ServiceResponse> {
    const { services, authorize, fault } = this.#options;
    const handler = Object.hasOwn(services, request.service) ? services[request.service] : undefined;
    if (!handler) {
      const known = Object.keys(services).join(', ');
      return refuse(
        request,
        'UnknownServiceException',
        `The service ${request.service} is not emulated here; there are ${known}.`,
      );
    }
    return authorize?.(request) ?? (await fault?.(request)) ?? (await handler(request));
  }
}

/** A refusal in the form the service's clients read. */
function refuse(
  request: { headers: Record<string, string>; method: string },
  type: string,
  message: string,
): ServiceResponse {
  const isS3 = request.headers.authorization?.includes('/s3/aws4_request');
  return isS3 ? new S3Error(403, type, message).toResponse(request.method) : awsJsonError(403, type, message);
}

async function read(incoming: IncomingMessage): Promise<Omit<ServiceRequest, 'caller' | 'service'> | undefined> {
  const body = await readWhole(incoming, bodyLimitBytes);
  if (!body) return undefined;
  const url = incoming.url ?? '';
  const mark = url.indexOf('?');
  const [path, query] = mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body,
  };
}

function send(outgoing: ServerResponse, { status, headers, body }: ServiceResponse, method: string | undefined): void {
  outgoing.writeHead(status, { ...headers, ...(method !== 'HEAD' && { 'content-length': Buffer.byteLength(body) }) });
  outgoing.end(method === 'HEAD' ? undefined : body);
}
