import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { UnverifiedRequest } from './presigned-url.ts';
import { notImplemented, S3Error } from './s3-error.ts';

const algorithms: Record<string, (bytes: Buffer) => Buffer> = {
  crc32: (bytes) => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(bytes));
    return checksum;
  },
  sha1: (bytes) => createHash('sha1').update(bytes).digest(),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
};

/**
 * Compares every checksum that came with the request, as header or (presigned) as parameter, with the body. A URL
 * presigned by a client that computes checksums carries the one of an empty body; sign with
 * `requestChecksumCalculation: 'WHEN_REQUIRED'`.
 */
export function verifyChecksums(request: UnverifiedRequest): void {
  const given = [...Object.entries(request.headers), ...request.query].map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  for (const [name = '', value] of given) {
    const algorithm = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/.exec(name)?.[1];
    if (name === 'content-md5') {
      const expected = createHash('md5').update(request.body).digest('base64');
      if (value !== expected) throw new S3Error(400, 'BadDigest', 'The Content-MD5 did not match the body.');
    }
    if (algorithm === undefined) continue;
    const compute = algorithms[algorithm];
    if (!compute) throw notImplemented(`The checksum algorithm ${algorithm}`);
    if (value !== compute(request.body).toString('base64')) {
      throw new S3Error(400, 'BadDigest', `The ${algorithm} checksum did not match the calculated one.`);
    }
  }
}
