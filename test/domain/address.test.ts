import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AddressCandidate, matchAddress } from '../../lambdas/domain/address.ts';
import { distanceMetres, type Position } from '../../lambdas/domain/position.ts';

const area = { centre: [-111.8977, 33.3019] as Position, radiusMetres: 16_000 };
const near: Position = [-111.8664, 33.3142];
const alsoNear: Position = [-111.8664, 33.2973];
const far: Position = [-112.4, 33.6];

function candidate(line: string, position: Position, more: Partial<AddressCandidate> = {}): AddressCandidate {
  const [, number, street] = /^(?:(\d+) )?(.+?),/.exec(line) ?? [];
  return { label: line, ...(number && { number }), street: street!, position, ...more };
}
const north = candidate('640 N Country Club Way, Chandler, AZ 85224, United States', near);
const south = candidate('640 S Country Club Way, Chandler, AZ 85224, United States', alsoNear);

describe('an address', () => {
  test.each([
    '640 N Country Club Way, Chandler, AZ 85224',
    '640 north country club way chandler',
    '640 N. Country Club Way, Apt 4B, Chandler AZ 85224, USA',
    '640 N Country Club Way #12, Chandler, Arizona 85224',
  ])('that says which house is found: %s', (asked) => {
    expect(matchAddress(asked, [south, north], area)).toEqual({ is: 'found', position: near });
  });

  test('that may be two houses is asked about, as they were found', () => {
    expect(matchAddress('640 Country Club Way, Chandler', [north, south], area)).toEqual({
      is: 'ambiguous',
      candidates: [north, south],
    });
  });

  test('means the house that can be delivered to, where only one can', () => {
    const elsewhere = candidate('640 Country Club Way, Surprise, AZ 85374', far);
    expect(matchAddress('640 Country Club Way', [elsewhere, north], area)).toEqual({ is: 'found', position: near });
    // Whoever says the place means it; that nobody drives there is another matter.
    const asked = '640 Country Club Way, Surprise, AZ';
    expect(matchAddress(asked, [elsewhere, north], area)).toEqual({ is: 'found', position: far });
  });

  test('of one house that has two entrances is no question', () => {
    const entrance = { ...north, position: [near[0] + 0.0002, near[1]] as Position };
    expect(distanceMetres(near, entrance.position)).toBeLessThan(50);
    expect(matchAddress('640 N Country Club Way, Chandler', [north, entrance], area)).toMatchObject({ is: 'found' });
  });

  test.each([
    ['another house number', '642 N Country Club Way, Chandler', north],
    [
      'a street without houses',
      '640 N Country Club Way, Chandler',
      candidate('N Country Club Way, Chandler, AZ', near),
    ],
    ['no house number', 'N Country Club Way, Chandler', north],
  ])('with %s is never simply taken', (_, asked, found) => {
    expect(matchAddress(asked, [found], area)).toEqual({ is: 'ambiguous', candidates: [found] });
  });

  test('that is like nothing, or like something out of reach, is unknown', () => {
    expect(matchAddress('1 Rue de Rivoli, Paris', [north], area)).toEqual({ is: 'unknown' });
    expect(matchAddress('640 N Country Club Way', [], area)).toEqual({ is: 'unknown' });
    const elsewhere = candidate('640 Country Club Way, Surprise, AZ 85374', far);
    expect(matchAddress('642 Country Club Way', [elsewhere], area)).toEqual({ is: 'unknown' });
  });

  test('goes by what the geocoder says of it, where it says something', () => {
    const sure = { ...north, relevance: 0.98 };
    const less = { ...south, relevance: 0.9 };
    expect(matchAddress('640 Country Club Way, Chandler', [less, sure], area)).toEqual({ is: 'found', position: near });
    expect(matchAddress('640 Country Club Way', [sure, { ...less, relevance: 0.94 }], area)).toMatchObject({
      is: 'ambiguous',
      candidates: [{ relevance: 0.98 }, { relevance: 0.94 }],
    });
  });

  test('is never answered with more than five candidates, nor with one out of reach among several', () => {
    const anywhere = fc.array(
      fc.record({
        number: fc.constantFrom('640', '642', undefined),
        lon: fc.double({ min: -112.5, max: -111.5, noNaN: true }),
        lat: fc.double({ min: 33, max: 33.8, noNaN: true }),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(anywhere, (places) => {
        const found = places.map(({ number, lon, lat }) =>
          candidate(`${number ? `${number} ` : ''}Country Club Way, Chandler`, [lon, lat]),
        );
        const match = matchAddress('640 Country Club Way, Chandler', found, area);
        if (match.is !== 'ambiguous') return true;
        const inReach = match.candidates.every(
          ({ position }) => distanceMetres(position, area.centre) <= area.radiusMetres,
        );
        return match.candidates.length > 0 && match.candidates.length <= 5 && inReach;
      }),
    );
  });
});
