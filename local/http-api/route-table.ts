import type { RouteDefinition } from './definition.ts';

export interface RouteMatch {
  route: RouteDefinition;
  /** Percent-decoded. */
  pathParameters: Record<string, string>;
}

interface CompiledRoute {
  route: RouteDefinition;
  method: string;
  segments: Segment[];
}

type Segment = { kind: 'literal'; text: string } | { kind: 'parameter' | 'greedy'; name: string };

const rank = { literal: 0, parameter: 1, greedy: 2 };
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY']);

/**
 * Finds the route of a request: literal before parameter before greedy, segment by segment; then a named method
 * before ANY; then `$default`. Source: "Routing API requests", API Gateway developer guide.
 */
export class RouteTable {
  readonly #routes: CompiledRoute[] = [];
  readonly #fallback: RouteDefinition | undefined;

  constructor(routes: RouteDefinition[]) {
    const seen = new Set<string>();
    for (const route of routes) {
      if (seen.has(route.routeKey)) throw new Error(`The route ${route.routeKey} is declared twice.`);
      seen.add(route.routeKey);
      if (route.routeKey !== '$default') this.#routes.push(compile(route));
    }
    this.#fallback = routes.find(({ routeKey }) => routeKey === '$default');
    this.#routes.sort(bySpecificity);
  }

  /** `path` is still percent-encoded, so that an encoded slash stays inside its segment. */
  match(method: string, path: string): RouteMatch | undefined {
    const parts = path.split('/').slice(1);
    for (const candidate of this.#routes) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const pathParameters = matchSegments(candidate.segments, parts);
      if (pathParameters) return { route: candidate.route, pathParameters };
    }
    return this.#fallback ? { route: this.#fallback, pathParameters: {} } : undefined;
  }
}

function compile(route: RouteDefinition): CompiledRoute {
  const [method = '', path, ...rest] = route.routeKey.split(' ');
  if (!methods.has(method) || !path?.startsWith('/') || rest.length > 0) {
    throw new Error(`The route key "${route.routeKey}" must read "<METHOD> /path", "ANY /path" or "$default".`);
  }
  const segments = path
    .split('/')
    .slice(1)
    .map((part, index, all): Segment => {
      const [, name, greedy] = /^\{([^{}+]+)(\+)?\}$/.exec(part) ?? [];
      if (name === undefined) {
        if (/[{}]/.test(part)) throw new Error(`The route key "${route.routeKey}": a parameter is a whole segment.`);
        return { kind: 'literal', text: part };
      }
      if (greedy && index !== all.length - 1) {
        throw new Error(`The route key "${route.routeKey}": {${name}+} must be the last segment.`);
      }
      return { kind: greedy ? 'greedy' : 'parameter', name };
    });
  return { route, method, segments };
}

function matchSegments(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const isGreedy = segments.at(-1)?.kind === 'greedy';
  if (isGreedy ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const pathParameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    if (segment.kind === 'literal') {
      if (decode(part) !== segment.text) return undefined;
      continue;
    }
    const value = segment.kind === 'greedy' ? parts.slice(index).join('/') : part;
    if (value === '') return undefined;
    pathParameters[segment.name] = decode(value);
  }
  return pathParameters;
}

function bySpecificity(one: CompiledRoute, other: CompiledRoute): number {
  for (let index = 0; index < Math.max(one.segments.length, other.segments.length); index++) {
    const left = one.segments[index];
    const right = other.segments[index];
    if (!left || !right) break;
    if (rank[left.kind] !== rank[right.kind]) return rank[left.kind] - rank[right.kind];
  }
  return Number(one.method === 'ANY') - Number(other.method === 'ANY');
}

/** Percent-decodes; text that is no valid encoding stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
