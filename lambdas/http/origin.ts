import { createHash, timingSafeEqual } from 'node:crypto';
import { originKeyHeader } from './routes.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Tells what came through the distribution, where a web ACL may stand, from what was sent to the API's own host. Two
 * keys are accepted while one takes the place of the other.
 *
 * @param keys separated by commas
 */
export function originGuard(keys: string): (headers: Headers | undefined) => boolean {
  const accepted = keys.split(',').map(digest);
  return (headers) => {
    const given = digest(headers?.[originKeyHeader] ?? '');
    // Each is looked at, and digests are of one length: how long it takes tells nothing.
    return accepted.filter((key) => timingSafeEqual(key, given)).length > 0;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
