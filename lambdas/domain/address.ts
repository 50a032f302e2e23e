import { distanceMetres, type Position } from './position.ts';

/** A place that an address may mean, as a geocoder answers it. */
export interface AddressCandidate {
  /** The whole address on one line. */
  label: string;
  number?: string;
  street?: string;
  municipality?: string;
  region?: string;
  postalCode?: string;
  position: Position;
  /** How sure the geocoder is, 0 to 1; not all of them say. */
  relevance?: number;
}

/** Where orders of a mall can go. */
export interface DeliveryArea {
  centre: Position;
  radiusMetres: number;
}

export type AddressMatch =
  | { is: 'found'; position: Position }
  | { is: 'ambiguous'; candidates: AddressCandidate[] }
  | { is: 'unknown' };

/** From here on it is taken for what was meant, unless another is as likely. */
const surely = 0.8;
/** Worth asking about. */
const perhaps = 0.5;
/** What is less apart than this is as likely. */
const margin = 0.05;
/** Two results that are nearer to each other are one house. */
const sameHouseMetres = 50;
const candidatesShown = 5;

/**
 * Which of the places that a geocoder found is meant: the one that agrees with what was asked, house number and all.
 * Of several as likely, the only one in the delivery area; else whoever asks has to choose.
 */
export function matchAddress(asked: string, found: readonly AddressCandidate[], area: DeliveryArea): AddressMatch {
  const isInArea = ({ position }: AddressCandidate) => distanceMetres(position, area.centre) <= area.radiusMetres;
  const rated = found
    .map((candidate) => ({ candidate, likeness: likenessOf(asked, candidate) }))
    .filter(({ likeness }) => likeness >= perhaps)
    .sort((a, b) => b.likeness - a.likeness);
  const [best] = rated;
  if (!best) return { is: 'unknown' };
  if (best.likeness < surely) return ambiguous(rated.map(({ candidate }) => candidate).filter(isInArea));
  const likely = houses(
    rated.filter(({ likeness }) => likeness >= Math.max(surely, best.likeness - margin)).map((one) => one.candidate),
  );
  const near = likely.filter(isInArea);
  if (near.length > 1) return ambiguous(near);
  return { is: 'found', position: (near[0] ?? likely[0]!).position };
}

function ambiguous(candidates: AddressCandidate[]): AddressMatch {
  if (candidates.length === 0) return { is: 'unknown' };
  return { is: 'ambiguous', candidates: houses(candidates).slice(0, candidatesShown) };
}

/** The first result for each house. */
function houses(candidates: AddressCandidate[]): AddressCandidate[] {
  return candidates.filter(
    ({ position }, index) =>
      !candidates.slice(0, index).some((other) => distanceMetres(position, other.position) < sameHouseMetres),
  );
}

/**
 * 0 to 1: what the geocoder says, or the share of the words asked for that the candidate bears. Without the house
 * number, or one having been asked for, it is no door, and half as likely.
 */
function likenessOf(asked: string, candidate: AddressCandidate): number {
  const number = /^\s*(\d+[a-z]?)\b/i.exec(asked)?.[1]?.toLowerCase();
  const words = wordsOf(asked).filter((word) => word !== number);
  const borne = new Set(wordsOf(candidate.label));
  const share = words.length === 0 ? 0 : words.filter((word) => borne.has(word)).length / words.length;
  const isDoor = candidate.number !== undefined && candidate.number.toLowerCase() === number;
  return (candidate.relevance ?? share) * (isDoor ? 1 : 0.5);
}

/** As American addresses are shortened, by the names of the Postal Service. */
const longForms: Record<string, string> = {
  ave: 'avenue',
  blvd: 'boulevard',
  cir: 'circle',
  ct: 'court',
  dr: 'drive',
  hwy: 'highway',
  ln: 'lane',
  pkwy: 'parkway',
  pl: 'place',
  rd: 'road',
  sq: 'square',
  st: 'street',
  ter: 'terrace',
  n: 'north',
  e: 'east',
  s: 'south',
  w: 'west',
};
/** A flat does not change where the house is, nor does the name of the country. */
const beside = /(?:\b(?:apt|apartment|unit|suite|ste|floor|fl)\b\.?\s*|#\s*)[\w-]+|\b(?:usa|united states)\b/gi;

function wordsOf(text: string): string[] {
  const words = text
    .replaceAll(beside, ' ')
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return [...new Set((words ?? []).map((word) => longForms[word] ?? word))];
}
