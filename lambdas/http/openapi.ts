import * as z from 'zod/mini';
import { named } from './answers/parts.ts';
import { answers } from './answers.ts';
import { type OperationId, type Route, routes } from './routes.ts';
import type { OperationSchema } from './schemas/parts.ts';
import { schemas } from './schemas.ts';

const problem = {
  type: 'object',
  description: 'RFC 9457 problem details. `errors` names the fields at fault, `mend` what to do.',
  required: ['type', 'title', 'status', 'detail', 'code', 'mend', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    mend: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        description:
          'A JSON pointer into the body (empty: the body itself), or below /path or /query, and what is wrong.',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
    allowedTransitions: { type: 'array', items: { type: 'string' } },
    current: { description: 'What the caller needs to see to go on, as it is now.' },
    triesLeft: { type: 'integer', description: 'How often a PIN may still be tried at this door.' },
    candidates: {
      type: 'array',
      maxItems: 5,
      description: 'What the address may mean, with `address_ambiguous`: send the request again with one position.',
      items: {
        type: 'object',
        required: ['address', 'position'],
        properties: {
          address: {
            type: 'object',
            required: ['label'],
            properties: {
              label: { type: 'string', description: 'The whole address on one line.' },
              number: { type: 'string' },
              street: { type: 'string' },
              municipality: { type: 'string' },
              region: { type: 'string' },
              postalCode: { type: 'string' },
            },
          },
          position: {
            type: 'array',
            description: 'Longitude and latitude in degrees.',
            prefixItems: [{ type: 'number' }, { type: 'number' }],
            minItems: 2,
            maxItems: 2,
          },
        },
      },
    },
  },
} as const;

/** Why a request may be refused, by status. */
const refusals = {
  400: 'Not understood: the query, the Idempotency-Key or the JSON of the body is malformed.',
  401: 'No credential, or one that is not accepted. Without an Authorization header the body is `{"message"}`.',
  403: 'This kind of caller may not do this, or the account is suspended.',
  404: 'Not there, or not yours.',
  409: 'Not possible as things stand; `allowedTransitions` or `current` tell how they stand.',
  413: 'The body is too large.',
  415: 'The body is not sent as application/json.',
  422: 'The body is not what is expected here, or the Idempotency-Key was used for another request.',
  429: 'Too many requests at once; wait and send again.',
} as const;
type Refusal = keyof typeof refusals;

/** The OpenAPI 3.1 document of every route, from the same schemas that check the requests. */
export function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const schema: OperationSchema = schemas[route.operationId];
    const callers: readonly string[] = route.callers;
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = {
      operationId: route.operationId,
      summary: schema.summary,
      description: callers.includes('anyone') ? 'Needs no credential.' : `Callers: ${callers.join(', ')}.`,
      tags: [route.function],
      security: callers.includes('anyone') ? [] : [{ bearer: [] }],
      parameters: [
        ...parametersOf(schema.params, 'path'),
        ...parametersOf(schema.query, 'query'),
        ...(route.method === 'POST' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
      ],
      ...bodyOf(schema.body),
      responses: {
        [answers[route.operationId].status]: {
          description: 'Done.',
          content: { 'application/json': { schema: answerSchema(answers[route.operationId].body) } },
        },
        ...Object.fromEntries(
          refusalsOf(route).map((status) => [status, { $ref: `#/components/responses/${status}` }]),
        ),
        default: { $ref: '#/components/responses/Problem' },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mallway',
      version: '1',
      description:
        'Same-day delivery of what is on the shelves of a shopping mall. An answer may gain properties; a request may not have any but these.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: true,
          description: 'A new UUID for each new act; the same one to repeat it. Kept for 24 hours.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
      },
      responses: {
        Problem: problemResponse('Not done; nothing has changed.'),
        ...Object.fromEntries(Object.entries(refusals).map(([status, why]) => [status, problemResponse(why)])),
      },
      schemas: { Problem: problem, ...namedSchemas() },
    },
  };
}

/** What a caller of the route may be told, beside that it went wrong on our side. */
export function refusalsOf({ operationId, method, path, callers }: Route): Refusal[] {
  const { body } = schemas[operationId as OperationId];
  const takesBody = method === 'POST' || method === 'PUT';
  const possible: Record<Refusal, boolean> = {
    400: true,
    401: !callers.includes('anyone'),
    403: !callers.includes('anyone'),
    404: path.includes('{') || JSON.stringify(jsonSchema(body)).includes('Id"'),
    409: method === 'POST',
    413: takesBody,
    415: takesBody,
    422: takesBody,
    429: true,
  };
  return (Object.keys(possible).map(Number) as Refusal[]).filter((status) => possible[status]);
}

function problemResponse(description: string) {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

interface Converted {
  jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** `readOnly` would forbid a property in requests, and the pattern of a date-time is long and says no more. */
function plain({ jsonSchema: json }: Converted): void {
  delete json.readOnly;
  if (json.format === 'date-time') delete json.pattern;
}

/** Closed where we check our own answers, open where callers read them: a property more must not break a client. */
function openAnswer(converted: Converted): void {
  plain(converted);
  if (converted.jsonSchema.additionalProperties === false) delete converted.jsonSchema.additionalProperties;
}

const componentUri = (id: string) => `#/components/schemas/${id}`;

/** In the order of their names, so that the document does not depend on which file is read first. */
function namedSchemas(): Record<string, object> {
  const { schemas: all } = z.toJSONSchema(named, { uri: componentUri, override: openAnswer });
  const byName = Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(byName.map(([id, { $schema: _, $id: __, ...json }]) => [id, json]));
}

function answerSchema(schema: z.ZodMiniType): object {
  const id = named.get(schema)?.id;
  if (id) return { $ref: componentUri(id) };
  const { $schema: _, $defs: __, ...json } = z.toJSONSchema(schema, { metadata: named, override: openAnswer });
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', `"${componentUri('')}`));
}

interface ObjectSchema {
  type?: string;
  properties?: Record<string, unknown>;
  required?: string[];
}

function jsonSchema(schema: z.ZodMiniType): ObjectSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: plain,
  }) as ObjectSchema & {
    $schema?: string;
  };
  return json;
}

function parametersOf(schema: z.ZodMiniType, where: 'path' | 'query') {
  const { properties = {}, required = [] } = jsonSchema(schema);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }));
}

function bodyOf(schema: z.ZodMiniType) {
  const json = jsonSchema(schema);
  if (json.type !== 'object' || Object.keys(json.properties ?? {}).length === 0) return {};
  return {
    requestBody: {
      required: (json.required ?? []).length > 0,
      content: { 'application/json': { schema: json } },
    },
  };
}
