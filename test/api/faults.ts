import fc from 'fast-check';

/** The parts of JSON Schema that the OpenAPI document uses. */
export interface JsonSchema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema | false;
  prefixItems?: JsonSchema[];
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
}

/** A value with one fault in it. */
export interface Fault {
  what: string;
  /** Where it is, as a JSON pointer. */
  pointer: string;
  value: unknown;
}

type Path = readonly string[];
type Put = { what: string; at: Path; put: unknown };
/** Stands for a property that is left out. */
const absent = Symbol('absent');

/** Values that are right but for one fault, which `schema` forbids. `value` is one that is right. */
export function faultsIn(schema: JsonSchema, value: unknown): fc.Arbitrary<Fault> {
  return fc.oneof(...putsAt(schema, value, [])).map(({ what, at, put }) => ({
    what,
    pointer: at.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    value: withPut(value, at, put),
  }));
}

function putsAt(schema: JsonSchema, value: unknown, at: Path): fc.Arbitrary<Put>[] {
  const put = (what: string, values: fc.Arbitrary<unknown>) => values.map((wrong) => ({ what, at, put: wrong }));
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    const fitting = choices.find((choice) => fits(choice, value)) ?? choices[0]!;
    const own = [put('of no kind that is possible', fc.constantFrom<unknown>('text', 17, true, []))];
    const kinds = fitting.properties?.kind;
    if (kinds) own.push(put('unknown kind', fc.constant({ ...(value as object), kind: 'unknown' })));
    return [...own, ...inside(fitting, value, at)];
  }
  const wrongTypes = put('wrong type', ofOtherType(schema));
  return [wrongTypes, ...inside(schema, value, at)];
}

function inside(schema: JsonSchema, value: unknown, at: Path): fc.Arbitrary<Put>[] {
  const put = (what: string, values: fc.Arbitrary<unknown>) => values.map((wrong) => ({ what, at, put: wrong }));
  const puts: fc.Arbitrary<Put>[] = [];
  switch (schema.type) {
    case 'object': {
      const known = (value ?? {}) as Record<string, unknown>;
      for (const key of schema.required ?? []) {
        puts.push(fc.constant({ what: 'missing', at: [...at, key], put: absent }));
      }
      if (schema.additionalProperties === false) {
        puts.push(
          fc.tuple(strangeKeys, fc.jsonValue()).map(([key, wrong]) => ({
            what: 'unknown property',
            at: [...at, key],
            put: wrong,
          })),
        );
      }
      for (const [key, inner] of Object.entries(schema.properties ?? {})) {
        // A part of something that is not there would be missing its other parts too: only its type is wrong then.
        if (key in known) puts.push(...putsAt(inner, known[key], [...at, key]));
        else puts.push(ofOtherType(inner).map((wrong) => ({ what: 'wrong type', at: [...at, key], put: wrong })));
      }
      break;
    }
    case 'array': {
      const items = (value ?? []) as unknown[];
      if (schema.minItems) puts.push(put('too few', fc.constant(items.slice(0, schema.minItems - 1))));
      if (schema.maxItems !== undefined && items.length > 0) {
        puts.push(put('too many', fc.constant(Array(schema.maxItems + 1).fill(items[0]))));
      }
      const [index, inner] = schema.prefixItems ? [1, schema.prefixItems[1]!] : [0, schema.items || {}];
      if (items.length > index) puts.push(...putsAt(inner, items[index], [...at, String(index)]));
      break;
    }
    case 'string':
      if (isBound(schema)) puts.push(put('not possible as text', wrongTexts(schema)));
      break;
    case 'number':
    case 'integer':
      puts.push(put('out of range', wrongNumbers(schema)));
  }
  return puts;
}

/** `__proto__` set by a literal or an assignment would not be a property. */
const strangeKeys = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', '', 'a/b', '~', ' id', 'ID', '0', '$ref', 'é', '\u0000'),
  fc.string({ minLength: 1, maxLength: 30 }).map((text) => `x-${text}`),
);

const samples: Record<string, fc.Arbitrary<unknown>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  number: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(1e308, -0, 2 ** 53),
  ),
  string: fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('null', '0', 'true', '{}')),
  array: fc.oneof(fc.constant([]), fc.array(fc.jsonValue(), { maxLength: 3 })),
  object: fc.oneof(fc.constant({}), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 })),
};

function ofOtherType({ type, oneOf, anyOf, const: only }: JsonSchema): fc.Arbitrary<unknown> {
  const own = type
    ? [type]
    : (oneOf ?? anyOf ?? [{ type: only === null ? 'null' : 'string' } as JsonSchema]).map((one) => one.type);
  const taken = own.map((one) => (one === 'integer' ? 'number' : one));
  return fc.oneof(...Object.keys(samples).flatMap((name) => (taken.includes(name as 'null') ? [] : [samples[name]!])));
}

function wrongTexts({
  pattern,
  format,
  minLength,
  maxLength,
  enum: values,
  const: only,
}: JsonSchema): fc.Arbitrary<unknown> {
  const wrong = [
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    'a\u001bb',
    '\ud800',
    'a\udfff',
    '\ud83d',
    '🛵'.repeat(3),
    'ä'.repeat(300),
    'x'.repeat(20_000),
    '../..',
    "' OR 1=1",
    '<script>',
    '%00',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    'yesterday',
    '99:99',
    '+1',
    '１２３４５６',
    '-',
  ];
  const matches = pattern === undefined ? null : new RegExp(pattern, 'u');
  const isRight = (text: string) =>
    (values ? values.includes(text) : true) &&
    (only === undefined || only === text) &&
    text.trim().length >= (minLength ?? 0) &&
    text.trim().length <= (maxLength ?? Number.POSITIVE_INFINITY) &&
    (matches?.test(text) ?? true) &&
    (format !== 'date-time' || (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text))));
  const candidates = wrong.filter((text) => !isRight(text));
  const made = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => (isRight(text) ? `${text}\u0000` : text));
  return fc.oneof(fc.constantFrom(...candidates), made);
}

/** Whether the schema says more of a text than that it is one. */
function isBound({ pattern, format, minLength, enum: values, const: only }: JsonSchema): boolean {
  return [pattern, format, minLength, values, only].some((bound) => bound !== undefined);
}

function wrongNumbers({ type, minimum, maximum }: JsonSchema): fc.Arbitrary<unknown> {
  const wrong = [1e308, -1e308, 2 ** 63, ...(type === 'integer' ? [1.5, 1e-300, 2 ** 53] : [])];
  if (minimum !== undefined) wrong.push(minimum - 1);
  if (maximum !== undefined) wrong.push(maximum + 1);
  return fc.constantFrom(...wrong);
}

function fits({ properties, type }: JsonSchema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return type === 'null' ? value === null : false;
  const kind = properties?.kind?.const;
  return kind === undefined ? type === 'object' : (value as { kind?: unknown }).kind === kind;
}

function withPut(value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) return put;
  const before = Array.isArray(value) ? [...value] : Object.entries((value ?? {}) as object);
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? withPut(item, rest, put) : item));
  const entries = before as [string, unknown][];
  const inner = entries.find(([name]) => name === key)?.[1];
  const others = entries.filter(([name]) => name !== key);
  const next = rest.length === 0 ? put : withPut(inner, rest, put);
  return Object.fromEntries(next === absent ? others : [...others, [key, next]]);
}
