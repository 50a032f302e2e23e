/* A CloudFront Function (JavaScript runtime 2.0): turns the address of a page into the file that serves it. That runtime
 * knows const, arrows and template strings, and neither destructuring nor spread. */

/** Which page serves an address: the first whose pattern matches. */
const pages = [
  [/^\/$/, 'front'],
  [/^\/t\/[^/]+\/?$/, 'tracking'],
  [/^\/store(\/[^.]*)?$/, 'store'],
  [/^\/drive(\/[^.]*)?$/, 'drive'],
  [/^\/ops(\/[^.]*)?$/, 'ops'],
  [/^\/join(\/[^/.]*)?$/, 'join'],
];

/** What pages are made of. */
const files = /^\/(config\.json|(front|tracking|store|drive|ops|join)\/[\w-]+\.(js|css))$/;

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  if (files.test(request.uri)) return request;
  const page = pages.find((candidate) => candidate[0].test(request.uri));
  if (page) {
    request.uri = `/${page[1]}/index.html`;
    return request;
  }
  return {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: { 'content-type': { value: 'text/plain; charset=utf-8' } },
    body: 'There is no such page.\n',
  };
}
