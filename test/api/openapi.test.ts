import { describe, expect, it } from 'vitest';
import committed from '../../docs/api/openapi.json' with { type: 'json' };
import { answerBreaches, operationOf } from '../../lambdas/http/answers.ts';
import { openApiDocument } from '../../lambdas/http/openapi.ts';
import { routes } from '../../lambdas/http/routes.ts';

type Operation = {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
};
const paths = committed.paths as unknown as Record<string, Record<string, Operation>>;
const operations = Object.values(paths).flatMap((methods) => Object.values(methods));

describe('the OpenAPI document', () => {
  it('is the one that the routes and schemas make: npm run openapi writes it anew', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it('has every route and nothing else', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      routes.map(({ operationId }) => operationId).sort(),
    );
  });

  it.each(operations.map((operation) => [operation.operationId, operation] as const))(
    '%s says what it answers and how it refuses',
    (_, { responses }) => {
      const done = Object.keys(responses).filter((status) => status.startsWith('2'));
      expect(done).toHaveLength(1);
      const schema = responses[done[0]!]!.content!['application/json']!.schema;
      expect(Object.keys(schema)).toContain('$ref' in schema ? '$ref' : 'type');
      expect(responses.default).toEqual({ $ref: '#/components/responses/Problem' });
      expect(Object.keys(responses).filter((status) => status.startsWith('4')).length).toBeGreaterThan(0);
    },
  );

  it('refers to nothing that is not there', () => {
    const text = JSON.stringify(committed);
    const targets = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, target]) => target!);
    expect(targets.length).toBeGreaterThan(100);
    for (const target of new Set(targets)) {
      const found = target.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], committed);
      expect(found, target).toBeDefined();
    }
    expect(text).not.toContain('$defs');
  });
});

describe('holding an answer against its schema', () => {
  const offer = { accepted: 1, ignored: { known: 0, future: 0, too_old: 0, impossible: 0 } };

  it('finds the operation behind a path', () => {
    expect(operationOf('GET', '/v1/orders/ord_1')).toBe('getOrder');
    expect(operationOf('GET', '/v1/orders?limit=1')).toBe('listOrders');
    expect(operationOf('DELETE', '/v1/orders/ord_1')).toBeUndefined();
  });

  it('passes what is documented', () => {
    expect(answerBreaches('POST', '/v1/driver/positions', 200, offer)).toEqual([]);
  });

  it.each([
    ['a property nobody documented', 200, { ...offer, phone: '+14805550199' }, /: phone$|phone/],
    ['a missing property', 200, { ignored: offer.ignored }, /\/accepted/],
    ['a wrong type', 200, { ...offer, accepted: '1' }, /\/accepted/],
    ['another status', 201, offer, /201 where 200/],
  ])('names %s', (_, status, body, breach) => {
    const breaches = answerBreaches('POST', '/v1/driver/positions', status, body);
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toMatch(breach);
  });

  it('leaves refusals to others', () => {
    expect(answerBreaches('POST', '/v1/driver/positions', 422, {})).toEqual([]);
  });
});
