import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test as plainTest } from 'vitest';
import { originGuard } from '../../lambdas/http/origin.ts';
import { originKeyHeader, routes } from '../../lambdas/http/routes.ts';
import { edgeOf } from '../../local/front/edge.ts';
import { hasEngine, test } from '../local/with-engine.ts';
import { expectProblem } from './problem.ts';
import { bodyFor, pathTo, type Targets } from './requests.ts';
import { type Answer, World } from './world.ts';

describe('the guard', () => {
  plainTest('lets in who says one of its keys, whole, and nobody else', () => {
    const key = fc.stringMatching(/^[A-Za-z0-9]{1,48}$/);
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 3 }), fc.string(), (keys, said) => {
        const isLetIn = originGuard(keys.join(','));
        for (const one of keys) expect(isLetIn({ [originKeyHeader]: one })).toBe(true);
        expect(isLetIn({ [originKeyHeader]: said })).toBe(keys.includes(said));
        expect(isLetIn({ [originKeyHeader]: keys.slice(0, 2).join(',') })).toBe(keys.length === 1);
        expect([isLetIn({}), isLetIn(undefined)]).toEqual([false, false]);
      }),
    );
  });
});

describe('the API’s own host', () => {
  let world: World;
  let targets: Targets;
  let key: string;
  beforeAll(async () => {
    if (!hasEngine) return;
    world = await World.open();
    targets = await world.offered();
    key = edgeOf(world.cloud.deployment)!.originHeaders[originKeyHeader]!;
  }, 240_000);
  afterAll(() => world?.close());

  const requestOf = (route: (typeof routes)[number]) => ({
    method: route.method,
    path: pathTo(route.path, world, targets),
    body: bodyFor(route.operationId, world, targets),
    token:
      world.tokens[
        (route.callers as readonly string[]).includes('anyone') ? 'channel' : (route.callers[0] as 'channel')
      ],
  });
  const isOpen = ({ callers }: { callers: readonly string[] }) => callers.includes('anyone');
  const direct = (request: ReturnType<typeof requestOf>, headers: Record<string, string> = {}) =>
    world.send({ ...request, headers, baseUrl: world.cloud.httpApiUrl });
  const expectSilence = (answer: Answer, what: string) => {
    for (const told of [targets.orderId, targets.offerId, 'Robin Secret'])
      expect(answer.text, what).not.toContain(told);
  };

  test('tells nothing to who does not come through the distribution, whatever their token', async () => {
    const before = await world.everything();
    for (const route of routes) {
      const what = route.operationId;
      const bare = await direct(requestOf(route));
      const wrong = await direct(requestOf(route), { [originKeyHeader]: key.toLowerCase() });
      for (const answer of [bare, wrong]) expectSilence(answer, what);
      if (isOpen(route)) {
        for (const answer of [bare, wrong]) {
          expectProblem(answer, what);
          expect([answer.status, answer.body.code], what).toEqual([403, 'wrong_address']);
        }
      } else {
        expect([bare.status, bare.body], what).toEqual([401, { message: 'Unauthorized' }]);
        expect([wrong.status, wrong.body], what).toEqual([403, { message: 'Forbidden' }]);
      }
    }
    expect(await world.everything()).toEqual(before);
  });

  test('runs no function for what has a token and no key', async () => {
    const invocations = () => world.cloud.meter.usage().units['lambda.request'];
    const before = invocations();
    for (const route of routes.filter((it) => !isOpen(it))) await direct(requestOf(route));
    expect(invocations()).toBe(before);
  });

  test('refuses a token that it has just let in through the distribution, which it goes on letting in', async () => {
    const request = { method: 'GET' as const, path: `/v1/orders/${targets.orderId}`, token: world.tokens.channel };
    const through = (headers = {}) => world.send({ ...request, headers });
    expect((await through()).status).toBe(200);
    expect((await direct({ ...request, body: undefined })).status).toBe(401);
    expect((await direct({ ...request, body: undefined }, { [originKeyHeader]: 'guess' })).status).toBe(403);
    expect((await through()).status).toBe(200);
    // The distribution writes over what callers say under the name of its header.
    expect((await through({ [originKeyHeader]: 'guess' })).status).toBe(200);
    expect((await direct({ ...request, body: undefined }, { [originKeyHeader]: key })).status).toBe(200);
  });
});
