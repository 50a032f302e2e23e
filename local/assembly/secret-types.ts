import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { arn } from './home.ts';
import { generatedId, generatedName, type Identity } from './resource-type.ts';
import { encryption, tags, text, whole } from './shapes.ts';

/* Secrets that CloudFormation draws, and references to them in other properties. */

/** Of letters and digits, whole, and drawn once: what else Secrets Manager can do is refused by name. */
export const secret = {
  properties: z.strictObject({
    Name: text.optional(),
    Description: text.optional(),
    GenerateSecretString: z.strictObject({
      ExcludePunctuation: z.literal(true),
      PasswordLength: whole.min(1).max(4_096).optional(),
    }),
    KmsKeyId: encryption,
    Tags: tags,
  }),
  nameProperty: 'Name',
  defaultName: generatedName(512),
  ref: secretArn,
  attributes: { Id: secretArn },
};

/** Secrets Manager ends the ARN with six characters of its own. */
function secretArn({ stack, logicalId, name }: Identity): string {
  return arn('secretsmanager', `secret:${name}-${generatedId(6)(stack, logicalId)}`);
}

const defaultLength = 32;
const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function drawSecret({ PasswordLength = defaultLength }: { PasswordLength?: number | undefined }): string {
  return Array.from({ length: PasswordLength }, () => characters[randomInt(characters.length)]).join('');
}

const reference = /\{\{resolve:([a-z-]+):([^{}]+)\}\}/g;

/**
 * Puts the values of secrets where `value` refers to them, as `{{resolve:secretsmanager:<id>:SecretString}}` with
 * nothing but colons behind it. Any other dynamic reference stops the reading.
 */
export function resolveSecrets(value: unknown, secretOf: (id: string) => string, where: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(reference, (whole, service: string, rest: string) => {
      const id = /^(.+):SecretString:{0,3}$/.exec(rest)?.[1];
      if (service === 'secretsmanager' && id !== undefined) return secretOf(id);
      throw new Error(
        `${where}: the dynamic reference ${whole} is not emulated; local/assembly/secret-types.ts has those that are.`,
      );
    });
  }
  if (Array.isArray(value)) return value.map((part) => resolveSecrets(part, secretOf, where));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, resolveSecrets(part, secretOf, where)]));
}
