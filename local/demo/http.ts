import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CastMember, pageOf } from './cast.ts';
import { type Persons, personClaim } from './persons.ts';

export interface DemoHttpOptions {
  cast: CastMember[];
  persons: Persons;
  mint: (subject: string, lifetimeSeconds: number, claims: Record<string, unknown>) => Promise<string>;
  overview: () => object;
}

/** Wall time. */
const tokenSeconds = 900;
const bodyLimitBytes = 4_096;

export type DemoHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Serves `/demo/*`; false when the path is not one of them. */
export function demoHandler(options: DemoHttpOptions): DemoHandler {
  const { cast, overview } = options;
  return async (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (!path?.startsWith('/demo/')) return false;
    const route = `${request.method} ${path}`;
    if (route === 'GET /demo/overview') send(response, 200, overview());
    else if (route === 'GET /demo/actors')
      send(
        response,
        200,
        cast.map((member) => ({ ...member, url: pageOf(member) })),
      );
    else if (route === 'POST /demo/token') await token(options, request, response);
    else refuse(response, 404, `There is no ${route}.`, 'The demo has /demo/overview, /demo/actors and /demo/token.');
    return true;
  };
}

async function token({ cast, persons, mint }: DemoHttpOptions, request: IncomingMessage, response: ServerResponse) {
  const wanted = await readActor(request);
  const member = cast.find(({ id }) => id === wanted);
  if (!member) {
    refuse(response, 404, `There is no actor ${wanted ?? '(none was named)'}.`, 'GET /demo/actors lists them.');
    return;
  }
  persons.took(member.id);
  const { id, role, name, mallId } = member;
  send(response, 200, {
    token: await mint(id, tokenSeconds, personClaim),
    expiresInSeconds: tokenSeconds,
    actor: {
      id,
      role,
      name,
      mallId,
      ...(role === 'store' && { storeId: id }),
      ...(role === 'driver' && { driverId: id }),
    },
  });
}

async function readActor(request: IncomingMessage): Promise<string | undefined> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyLimitBytes) return undefined;
  }
  try {
    const { actor } = JSON.parse(text) as { actor?: unknown };
    return typeof actor === 'string' ? actor : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, detail: string, mend: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ type: 'about:blank', title: 'Not found', status, detail, mend }));
}
