import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { ApiError, StateError } from './errors.ts';
import type { Json } from './json.ts';
import type { PlacedRandom } from './random.ts';

/** What an expression sees. Undefined members are absent from `$states`, so that naming them fails. */
export interface EvaluationScope {
  states: { input: Json; result?: Json; errorOutput?: Json; context: Json };
  variables: Record<string, Json>;
  /** Business time, for `$now()` and `$millis()`. */
  now: number;
  random: PlacedRandom;
}

const compiled = new Map<string, jsonata.Expression>();
const formatInstant = jsonata('$fromMillis($instant, $picture, $zone)');

/** The expression inside `{% … %}`, or undefined for any other text. */
function expressionIn(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') ? text.slice(2, -2).trim() : undefined;
}

function compile(expression: string): jsonata.Expression {
  let program = compiled.get(expression);
  if (!program) {
    program = jsonata(expression);
    compiled.set(expression, program);
  }
  return program;
}

/** Compiles every expression of a template; `where` names it in the error. */
export function checkTemplate(where: string, template: Json): void {
  if (typeof template === 'string') {
    const expression = expressionIn(template);
    if (expression === undefined) {
      if (template.startsWith('{%')) {
        throw new ApiError('InvalidDefinition', `${where} begins with "{%" but does not end with "%}".`);
      }
      return;
    }
    try {
      compile(expression);
    } catch (error) {
      throw new ApiError('InvalidDefinition', `${where} is not JSONata: ${describe(error)} in ${template}`);
    }
  } else if (typeof template === 'object' && template !== null) {
    for (const [key, part] of Object.entries(template)) checkTemplate(`${where}.${key}`, part);
  }
}

/** A template with its expressions replaced by their values. Throws `States.QueryEvaluationError` naming `where`. */
export async function evaluate(template: Json, scope: EvaluationScope, where: string): Promise<Json> {
  if (!hasExpression(template)) return template;
  const bindings = bind(scope);
  return fill(template, bindings, where);
}

async function fill(template: Json, bindings: Record<string, unknown>, where: string): Promise<Json> {
  if (typeof template === 'string') {
    const expression = expressionIn(template);
    return expression === undefined ? template : run(expression, bindings, where);
  }
  if (typeof template !== 'object' || template === null || !hasExpression(template)) return template;
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [index, part] of template.entries()) items.push(await fill(part, bindings, `${where}[${index}]`));
    return items;
  }
  const filled: Record<string, Json> = {};
  for (const [key, part] of Object.entries(template)) filled[key] = await fill(part, bindings, `${where}.${key}`);
  return filled;
}

const literal = new WeakMap<object, boolean>();

function hasExpression(template: Json): boolean {
  if (typeof template === 'string') return expressionIn(template) !== undefined;
  if (typeof template !== 'object' || template === null) return false;
  let found = literal.get(template);
  if (found === undefined) {
    found = Object.values(template).some(hasExpression);
    literal.set(template, found);
  }
  return found;
}

async function run(expression: string, bindings: Record<string, unknown>, where: string): Promise<Json> {
  let value: unknown;
  try {
    value = await compile(expression).evaluate(undefined, bindings);
  } catch (error) {
    throw failed(where, expression, describe(error));
  }
  if (value === undefined) throw failed(where, expression, 'returned nothing (undefined)');
  return plain(value, where, expression);
}

/** The value as JSON: jsonata's sequences become plain arrays; functions and dates are no JSON. */
function plain(value: unknown, where: string, expression: string): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, where, expression));
  if (typeof value === 'object' && !('_jsonata_function' in value) && !('_jsonata_lambda' in value)) {
    const object: Record<string, Json> = {};
    for (const [key, part] of Object.entries(value)) {
      if (part !== undefined) object[key] = plain(part, where, expression);
    }
    return object;
  }
  throw failed(where, expression, 'returned a value that is not JSON');
}

function bind(scope: EvaluationScope): Record<string, unknown> {
  const { now, random } = scope;
  return {
    ...scope.variables,
    states: scope.states,
    now: (picture?: string, zone?: string) =>
      picture === undefined && zone === undefined
        ? new Date(now).toISOString()
        : formatInstant.evaluate(undefined, { instant: now, picture, zone }),
    millis: () => now,
    eval: () => {
      throw new Error('$eval is not supported in Step Functions');
    },
    random: (seed?: number) => (seed === undefined ? random.number() : seededNumber(seed)),
    uuid: () => random.uuid(),
    parse: (text: string) => JSON.parse(text) as unknown,
    hash: (content: string, algorithm: string) => hash(content, algorithm),
    partition: (items: Json[], size: number) => partition(items, size),
    range: (first: number, last: number, step: number) => range(first, last, step),
  };
}

const HASHES: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function hash(content: string, algorithm: string): string {
  const name = HASHES[algorithm];
  if (!name) throw new Error(`$hash does not know "${algorithm}"; known are ${Object.keys(HASHES).join(', ')}`);
  return createHash(name).update(content).digest('hex');
}

function partition(items: Json[], size: number): Json[][] {
  if (!Number.isInteger(size) || size < 1) throw new Error('$partition needs a whole chunk size above 0');
  const chunks: Json[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}

function range(first: number, last: number, step: number): number[] {
  if (!step) throw new Error('$range needs a step other than 0');
  const count = Math.floor((last - first) / step) + 1;
  if (count > 1000) throw new Error('$range returns at most 1,000 values');
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
}

/** The same seed gives the same number, in [0, 1). */
function seededNumber(seed: number): number {
  return createHash('sha256').update(String(seed)).digest().readUIntBE(0, 6) / 2 ** 48;
}

function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { code, message } = error as { code?: string; message?: string };
  return [code, message ?? String(error)].filter((part) => part !== undefined).join(': ');
}

function failed(where: string, expression: string, problem: string): StateError {
  return new StateError(
    'States.QueryEvaluationError',
    `The JSONata expression '${expression}' in ${where}: ${problem}`,
  );
}
