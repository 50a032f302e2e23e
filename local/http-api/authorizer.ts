import type { FunctionInvoker } from '../services.ts';
import type { AuthorizerDefinition, HttpApiDefinition } from './definition.ts';
import type { BaseEvent } from './event.ts';

export type Verdict =
  | { kind: 'authorized'; context: object }
  | { kind: 'identity_missing' }
  | { kind: 'forbidden' }
  | { kind: 'failed'; reason: string };

/** Answers kept per authorizer; beyond this the oldest is dropped. */
const cacheLimit = 10_000;

/**
 * A Lambda REQUEST authorizer with simple responses. Its answer is kept by the values of the identity sources, for
 * every route that uses it: an authorizer that looks at the path must name `$context.routeKey` as a source.
 */
export class Authorizer {
  readonly #definition: AuthorizerDefinition;
  readonly #api: HttpApiDefinition;
  readonly #invoker: FunctionInvoker;
  readonly #wallNow: () => number;
  readonly #sources: ((event: BaseEvent) => string | undefined)[];
  readonly #cache = new Map<string, { verdict: Verdict; expiresAt: number }>();

  constructor(
    definition: AuthorizerDefinition,
    api: HttpApiDefinition,
    invoker: FunctionInvoker,
    wallNow: () => number,
  ) {
    if (definition.simpleResponses !== true) {
      throw new Error(`Authorizer ${definition.id}: only simple responses are emulated; set EnableSimpleResponses.`);
    }
    this.#definition = definition;
    this.#api = api;
    this.#invoker = invoker;
    this.#wallNow = wallNow;
    this.#sources = definition.identitySources.map((source) => identitySource(definition.id, source));
  }

  async authorize(event: BaseEvent): Promise<Verdict> {
    const identity = this.#sources.map((source) => source(event));
    if (identity.some((value) => value === undefined || value === '')) return { kind: 'identity_missing' };
    const key = JSON.stringify(identity);
    const isCached = this.#definition.ttlSeconds > 0 && identity.length > 0;
    const kept = isCached ? this.#cache.get(key) : undefined;
    if (kept && kept.expiresAt > this.#wallNow()) return kept.verdict;
    const verdict = await this.#ask(event, identity as string[]);
    if (isCached && verdict.kind !== 'failed') this.#keep(key, verdict);
    return verdict;
  }

  async #ask(event: BaseEvent, identity: string[]): Promise<Verdict> {
    const { region, accountId, apiId, stage } = this.#api;
    const { method, path } = event.requestContext.http;
    const outcome = await this.#invoker.invoke(this.#definition.functionName, {
      ...event,
      type: 'REQUEST',
      routeArn: `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${method}${path}`,
      identitySource: identity,
    });
    if (!outcome.ok) return { kind: 'failed', reason: `${outcome.errorType}: ${outcome.errorMessage}` };
    const { isAuthorized, context } = (outcome.payload ?? {}) as { isAuthorized?: unknown; context?: object };
    if (typeof isAuthorized !== 'boolean') {
      return { kind: 'failed', reason: 'The authorizer did not answer {isAuthorized: boolean}.' };
    }
    return isAuthorized ? { kind: 'authorized', context: context ?? {} } : { kind: 'forbidden' };
  }

  #keep(key: string, verdict: Verdict): void {
    if (this.#cache.size >= cacheLimit) {
      const [oldest] = this.#cache.keys();
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    this.#cache.delete(key);
    this.#cache.set(key, { verdict, expiresAt: this.#wallNow() + this.#definition.ttlSeconds * 1000 });
  }
}

function identitySource(authorizerId: string, source: string): (event: BaseEvent) => string | undefined {
  const [, place, name = ''] =
    /^\$(request\.header|request\.querystring|stageVariables|context)\.(.+)$/.exec(source) ?? [];
  switch (place) {
    case 'request.header':
      return (event) => event.headers[name.toLowerCase()];
    case 'request.querystring':
      return (event) => event.queryStringParameters?.[name];
    case 'stageVariables':
      return (event) => event.stageVariables?.[name];
    case 'context':
      if (name === 'routeKey') return (event) => event.routeKey;
      if (name === 'path') return (event) => event.requestContext.http.path;
      if (name === 'httpMethod') return (event) => event.requestContext.http.method;
      if (name === 'identity.sourceIp') return (event) => event.requestContext.http.sourceIp;
  }
  throw new Error(`Authorizer ${authorizerId}: the identity source ${source} is not emulated.`);
}
