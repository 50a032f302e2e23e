/** The `$context` variables of one request that an access log may name. */
export type AccessLogContext = Record<string, string | number | undefined>;

/** Fills a stage's access log format; a variable without a value reads `-`, as in API Gateway. */
export function accessLogLine(format: string, context: AccessLogContext): string {
  return format.replaceAll(/\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g, (_, name: string) => {
    const value = context[name];
    return value === undefined || value === '' ? '-' : String(value).replaceAll('"', '\\"');
  });
}
