import * as z from 'zod/mini';
import { routes } from './routes.ts';
import { type OperationSchema, schemas } from './schemas.ts';

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
      items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    },
    allowedTransitions: { type: 'array', items: { type: 'string' } },
    current: {},
  },
} as const;

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
        [route.operationId === 'placeOrder' ? '201' : '200']: {
          description: 'Done.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        default: { $ref: '#/components/responses/Problem' },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mallway',
      version: '1',
      description: 'Same-day delivery of what is on the shelves of a shopping mall.',
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
        Problem: {
          description: 'Not done; nothing has changed.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: { Problem: problem },
    },
  };
}

interface ObjectSchema {
  type?: string;
  properties?: Record<string, unknown>;
  required?: string[];
}

function jsonSchema(schema: z.ZodMiniType): ObjectSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ObjectSchema & {
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
