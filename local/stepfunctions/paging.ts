import { ApiError } from './errors.ts';

export interface PageRequest {
  /** 0 or absent means the default. */
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

export interface Page<Item> {
  items: Item[];
  /** Ready to be spread into an answer: empty on the last page. */
  nextToken: { nextToken?: string };
}

const DEFAULT_RESULTS = 100;
const MAX_RESULTS = 1000;

export function pageSize({ maxResults = 0 }: PageRequest): number {
  if (!Number.isInteger(maxResults) || maxResults < 0 || maxResults > MAX_RESULTS) {
    throw new ApiError('ValidationException', `maxResults must be 0 to ${MAX_RESULTS}, not ${maxResults}`);
  }
  return maxResults === 0 ? DEFAULT_RESULTS : maxResults;
}

/** A token says where the next page begins and which listing it belongs to. */
export function writeToken(listing: string, position: number): string {
  return Buffer.from(JSON.stringify([listing, position])).toString('base64url');
}

/** The position in a token; throws `InvalidToken` for one that is not of this listing. */
export function readToken(listing: string, token: string | undefined): number | undefined {
  if (token === undefined) return undefined;
  try {
    const [of, position] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [string, number];
    if (of === listing && Number.isInteger(position)) return position;
  } catch {
    // Falls through to the refusal: what cannot be read was not written here.
  }
  throw new ApiError('InvalidToken', `Invalid Token: 'nextToken is not of this listing'`);
}

/** One page of a list that is at hand. */
export function page<Item>(all: Item[], request: PageRequest, listing: string): Page<Item> {
  const size = pageSize(request);
  const start = readToken(listing, request.nextToken) ?? 0;
  const more = start + size < all.length;
  return {
    items: all.slice(start, start + size),
    nextToken: more ? { nextToken: writeToken(listing, start + size) } : {},
  };
}
