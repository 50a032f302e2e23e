import { createHash } from 'node:crypto';
import { z } from 'zod';
import { accountId, arn, partition } from './home.ts';

/** What a resource's names are made of. `properties` resolves on demand, as names of others may need them. */
export interface Identity {
  stack: string;
  logicalId: string;
  /** The physical name. */
  name: string;
  /** Where other parts answer: `services` for AWS APIs, `api` for the HTTP API, `pages` for the public port. */
  urls: Urls;
  properties(): Record<string, unknown>;
}

export interface Urls {
  services: string;
  api: string;
  pages: string;
}

/** How the embedded cloud treats one resource type. */
export interface ResourceType<Properties extends z.ZodType = z.ZodType> {
  /** Absent for a type that is emulated; for a type that may be there and does nothing, why. */
  noOp?: string;
  properties: Properties;
  /** The property that may hold the physical name. */
  nameProperty?: string;
  defaultName: (stack: string, logicalId: string) => string;
  ref: (identity: Identity) => string;
  attributes: Record<string, (identity: Identity) => string>;
}

/** A property that may be there and changes nothing on one machine, and why. */
export function noOp(reason: string) {
  return z.unknown().meta({ noOp: reason }).optional();
}

/** The name CloudFormation would make up, without its random end: same template, same names. */
export function generatedName(limit: number, lowerCase = false): ResourceType['defaultName'] {
  return (stack, logicalId) => {
    const full = `${stack}-${logicalId}`;
    const name = full.length <= limit ? full : `${full.slice(0, limit - 9)}-${digest(full, 8)}`;
    return lowerCase ? name.toLowerCase() : name;
  };
}

/** An identifier that AWS would draw at random. */
export function generatedId(length: number): ResourceType['defaultName'] {
  return (stack, logicalId) => digest(`${stack}/${logicalId}`, length);
}

/** In the form of a UUID. */
export function generatedUuid(stack: string, logicalId: string): string {
  return digest(`${stack}/${logicalId}`, 32).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

export const byName = ({ name }: Identity): string => name;

export const roleArn = ({ name }: Identity): string => `arn:${partition}:iam::${accountId}:role/${name}`;

export const arnOf =
  (service: string, prefix = '') =>
  ({ name }: Identity): string =>
    arn(service, prefix + name);
