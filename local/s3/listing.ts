import type { ServiceResponse } from '../services.ts';
import type { ObjectRecord } from './object-store.ts';
import { escapeXml, S3Error } from './s3-error.ts';

const pageLimit = 1000;

/** ListObjectsV2: the objects (in key order), one page of them, rolled up at the delimiter. */
export function listObjects(bucket: string, objects: ObjectRecord[], query: URLSearchParams): ServiceResponse {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : decodeToken(token);
  const maxKeys = Number(query.get('max-keys') ?? pageLimit);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new S3Error(400, 'InvalidArgument', 'max-keys must be a number, 0 or more.');
  }
  const text = query.get('encoding-type') === 'url' ? encodeURIComponent : escapeXml;
  const contents: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let last = '';
  let isTruncated = false;
  for (const object of objects) {
    const { key } = object;
    if (!key.startsWith(prefix) || !isAfter(key, after)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const rolledUp = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    // A page that ended with a common prefix goes on behind all of its keys.
    if (rolledUp !== undefined && (rolledUp === prefixes.at(-1) || rolledUp === after)) continue;
    if (contents.length + prefixes.length >= Math.min(maxKeys, pageLimit)) {
      isTruncated = maxKeys > 0;
      break;
    }
    if (rolledUp === undefined) contents.push(object);
    else prefixes.push(rolledUp);
    last = rolledUp ?? key;
  }
  const elements = [
    `<Name>${text(bucket)}</Name>`,
    `<Prefix>${text(prefix)}</Prefix>`,
    delimiter && `<Delimiter>${text(delimiter)}</Delimiter>`,
    `<MaxKeys>${maxKeys}</MaxKeys>`,
    query.get('encoding-type') === 'url' && '<EncodingType>url</EncodingType>',
    `<KeyCount>${contents.length + prefixes.length}</KeyCount>`,
    `<IsTruncated>${isTruncated}</IsTruncated>`,
    token !== null && `<ContinuationToken>${escapeXml(token)}</ContinuationToken>`,
    isTruncated && `<NextContinuationToken>${Buffer.from(last).toString('base64url')}</NextContinuationToken>`,
    ...contents.map(
      ({ key, size, etag, lastModified }) =>
        `<Contents><Key>${text(key)}</Key><LastModified>${new Date(lastModified).toISOString()}</LastModified>` +
        `<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    ),
    ...prefixes.map((common) => `<CommonPrefixes><Prefix>${text(common)}</Prefix></CommonPrefixes>`),
  ];
  const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="${namespace}">${elements.filter(Boolean).join('')}</ListBucketResult>`,
  };
}

function isAfter(key: string, other: string): boolean {
  return other === '' || Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}

function decodeToken(token: string): string {
  return Buffer.from(token, 'base64url').toString('utf8');
}
