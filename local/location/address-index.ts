import { createHash } from 'node:crypto';
import { greatCircleMetres, type LonLat } from './travel.ts';

/** An address the emulated place index knows. */
export interface SeedAddress {
  /** Number and street, or the whole address on one line. */
  address: string;
  position: LonLat;
  municipality?: string;
  region?: string;
  postalCode?: string;
  /** ISO 3166 alpha-3; USA unless told. */
  country?: string;
}

export interface AddressMatch {
  address: SeedAddress;
  label: string;
  /** 0 to 1: the share of the searched words that the address has, halved if the house number differs. */
  relevance: number;
  distanceMetres: number | undefined;
}

interface Indexed {
  seed: SeedAddress;
  label: string;
  words: Set<string>;
  number: string | undefined;
}

/** Below this share of common words an address is no result at all. */
const leastRelevance = 0.4;

const abbreviations: Record<string, string> = {
  st: 'street',
  ave: 'avenue',
  av: 'avenue',
  blvd: 'boulevard',
  rd: 'road',
  dr: 'drive',
  ln: 'lane',
  ct: 'court',
  pl: 'place',
  pkwy: 'parkway',
  hwy: 'highway',
  cir: 'circle',
  ter: 'terrace',
  sq: 'square',
  n: 'north',
  s: 'south',
  e: 'east',
  w: 'west',
};
/** A flat does not change where the house is; nor does the name of the country. */
const unit = /(?:\b(?:apt|apartment|unit|suite|ste|floor|fl)\b\.?\s*|#\s*)[\w-]+/gi;
const country = /\b(usa|u\.s\.a\.|united states(?: of america)?)\b/gi;

/** Finds addresses by their words. */
export class AddressIndex {
  readonly #addresses: Indexed[];

  constructor(addresses: SeedAddress[]) {
    this.#addresses = addresses.map((seed) => {
      const label = labelOf(seed);
      return { seed, label, words: new Set(wordsOf(label)), number: houseNumber(label) };
    });
  }

  /** Best first: by relevance, then by distance from the bias, then by label. */
  search(
    text: string,
    options: { bias?: LonLat | undefined; box?: number[] | undefined; countries: string[]; limit: number },
  ): AddressMatch[] {
    const words = wordsOf(text);
    if (words.length === 0) return [];
    const number = houseNumber(text);
    const { bias, box, countries } = options;
    return this.#addresses
      .filter(({ seed }) => !box || isWithin(seed.position, box))
      .filter(({ seed }) => countries.length === 0 || countries.includes(seed.country ?? 'USA'))
      .map((indexed): AddressMatch => {
        const share = words.filter((word) => indexed.words.has(word)).length / words.length;
        return {
          address: indexed.seed,
          label: indexed.label,
          relevance: number !== undefined && number !== indexed.number ? share / 2 : share,
          distanceMetres: bias && greatCircleMetres(bias, indexed.seed.position),
        };
      })
      .filter(({ relevance }) => relevance >= leastRelevance)
      .sort(
        (one, other) =>
          other.relevance - one.relevance ||
          (one.distanceMetres ?? 0) - (other.distanceMetres ?? 0) ||
          (one.label < other.label ? -1 : 1),
      )
      .slice(0, options.limit);
  }
}

/** `Place` as SearchPlaceIndexForText answers it. */
export function placeOf({ address, label }: AddressMatch): object {
  const streetLine = address.address.split(',')[0] ?? '';
  const [, number, street] = /^\s*(\d+[A-Za-z]?)\s+(.+?)\s*$/.exec(streetLine) ?? [];
  const { municipality, region, postalCode } = address;
  return {
    Label: label,
    Geometry: { Point: address.position },
    ...(number === undefined ? {} : { AddressNumber: number }),
    Street: street ?? streetLine.trim(),
    ...(municipality === undefined ? {} : { Municipality: municipality }),
    ...(region === undefined ? {} : { Region: region }),
    ...(postalCode === undefined ? {} : { PostalCode: postalCode }),
    Country: address.country ?? 'USA',
    Interpolated: false,
  };
}

/** Opaque, and the same each time. */
export function placeIdOf({ label }: AddressMatch): string {
  return createHash('sha256').update(label).digest('base64url');
}

function labelOf({ address, municipality, region, postalCode, country: code = 'USA' }: SeedAddress): string {
  const lower = address.toLowerCase();
  const missing = (part: string | undefined) => (part && !lower.includes(part.toLowerCase()) ? part : undefined);
  const place = [missing(region), missing(postalCode)].filter(Boolean).join(' ');
  return [address, missing(municipality), place, missing(code)].filter(Boolean).join(', ');
}

function wordsOf(text: string): string[] {
  const words = text
    .replaceAll(unit, ' ')
    .replaceAll(country, ' ')
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return [...new Set((words ?? []).map((word) => abbreviations[word] ?? word))];
}

function houseNumber(text: string): string | undefined {
  return /^\s*(\d+[A-Za-z]?)\b/.exec(text)?.[1]?.toLowerCase();
}

function isWithin([longitude, latitude]: LonLat, [west = 0, south = 0, east = 0, north = 0]: number[]): boolean {
  return longitude >= west && longitude <= east && latitude >= south && latitude <= north;
}
