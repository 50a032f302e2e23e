import type { Position } from '../shared/contract/common.ts';

/** The way to a place, in whatever the phone opens maps with. */
export function placeHref([lon, lat]: Position): string {
  return `https://www.google.com/maps/dir/?api=1&destination=${encodeURIComponent(`${lat},${lon}`)}`;
}
