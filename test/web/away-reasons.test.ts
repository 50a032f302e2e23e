import { expect, it } from 'vitest';
import { awayReasons } from '../../lambdas/domain/away.ts';
import { awayReasons as offered } from '../../web/drive/stops.ts';

it('offers a driver who is somewhere else every reason that the API takes', () => {
  expect(offered.map(({ code }) => code)).toEqual([...awayReasons]);
});
