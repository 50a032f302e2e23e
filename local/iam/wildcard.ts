const compiled = new Map<string, RegExp>();

/** Whether `*` (any text) and `?` (one character) of an IAM pattern make it `text`. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, 's');
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

/** Actions are not case-sensitive. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
}

/** An ARN is compared part by part, so a wildcard does not reach over a colon before the resource. */
export function matchesArn(pattern: string, text: string): boolean {
  const [patterns, parts] = [arnParts(pattern), arnParts(text)];
  return patterns.length === parts.length && patterns.every((one, index) => matchesWildcard(one, parts[index]!));
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
