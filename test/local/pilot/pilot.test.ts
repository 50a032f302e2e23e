import { describe, expect, it } from 'vitest';
import { metresBetween } from '../../../local/actors/travel.ts';
import { goodsOf } from '../../../local/pilot/goods.ts';
import { parseMallDocument } from '../../../local/pilot/mall-document.ts';
import { addressLine, pilotAddresses, pilotMalls } from '../../../local/pilot/pilot.ts';

describe.each(pilotMalls.map((document) => [document.mall.name, document] as const))('%s', (_name, document) => {
  const { mall, stores, retailers, drivers, channels } = document;

  it('has the size of a pilot', () => {
    expect(stores.length).toBeGreaterThanOrEqual(6);
    expect(stores.length).toBeLessThanOrEqual(8);
    expect(drivers.length).toBeGreaterThanOrEqual(3);
    expect(channels.map(({ id }) => id)).toContain('marketplace');
  });

  it('names only retailers it has, and each sells something', () => {
    for (const { retailerId } of stores) {
      expect(retailers.map(({ id }) => id)).toContain(retailerId);
      expect(goodsOf(retailerId).length).toBeGreaterThan(1);
    }
  });

  it('names only providers it has, and each has a driver', () => {
    const ids = (document.providers ?? []).map(({ id }) => id);
    const wanted = retailers.flatMap(
      ({ providers }) => (providers as { inOrder: string[] } | undefined)?.inOrder ?? [],
    );
    expect(new Set(wanted.filter((id) => id !== 'gig'))).toEqual(new Set(ids));
    expect(new Set(drivers.flatMap(({ providerId }) => providerId ?? []))).toEqual(new Set(ids));
  });

  it('is closed on Thanksgiving and open long on Black Friday', () => {
    expect(mall.hours.exceptions?.['2026-11-26']).toBeNull();
    expect(mall.hours.exceptions!['2026-11-27']!.opens < mall.hours.weekly.fri!.opens).toBe(true);
  });

  it('has 25 doors or more within 8 km, and none inside the mall', () => {
    const metres = pilotAddresses.map(({ position }) => metresBetween(mall.position, position));
    const near = metres.filter((distance) => distance < 8_000);
    expect(near.length).toBeGreaterThanOrEqual(25);
    expect(Math.min(...near)).toBeGreaterThan(500);
  });
});

it('has no id, SKU or address twice', () => {
  const once = (values: string[]) => expect(new Set(values).size).toBe(values.length);
  once(pilotMalls.flatMap(({ stores }) => stores.map(({ id }) => id)));
  once(pilotMalls.flatMap(({ drivers }) => drivers.map(({ id }) => id)));
  once(pilotMalls.flatMap(({ retailers }) => retailers.flatMap(({ id }) => goodsOf(id).map(({ sku }) => sku))));
  once(pilotAddresses.map(addressLine));
});

describe('a mall document', () => {
  const whole = JSON.stringify(pilotMalls[0]);

  it('is read as it is', () => expect(parseMallDocument(whole, 'mall.json').mall.id).toBe('chandler-fashion-center'));

  it.each([
    ['{', 'mall.json is not JSON'],
    ['null', 'has no "mall"'],
    ['{"mall":{"id":"a"},"retailers":[],"stores":[],"drivers":[]}', 'has no "channels"'],
    ['{"mall":{},"retailers":[],"stores":[],"drivers":[],"channels":[]}', '"mall" in mall.json has no "id"'],
    ['{"mall":{"id":"a"},"retailers":{},"stores":[],"drivers":[],"channels":[]}', '"retailers" in mall.json must be'],
    [
      '{"mall":{"id":"a"},"retailers":[],"stores":[{}],"drivers":[],"channels":[]}',
      'stores[0] in mall.json has no "id"',
    ],
    [
      '{"mall":{"id":"a"},"retailers":[],"stores":[],"drivers":[],"channels":[],"gates":1}',
      '"gates", which is not known',
    ],
  ])('%s is refused', (text, sentence) => expect(() => parseMallDocument(text, 'mall.json')).toThrow(sentence));
});
