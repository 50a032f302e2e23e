import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { readAssembly } from '../assembly/assembly.ts';
import { type References, resolve } from '../assembly/intrinsics.ts';
import type { Template } from '../assembly/template.ts';

export interface Bundle {
  unzippedBytes: number;
  zippedBytes: number;
}

/** A resource with its intrinsic functions replaced by texts as long as what AWS puts in. */
export interface ResourceUnderCheck<Properties = Record<string, unknown>> {
  stack: string;
  logicalId: string;
  /** `stack/LogicalId`. */
  where: string;
  type: string;
  /** What `Ref` gives, or the end of it. */
  name: string;
  properties: Properties;
}

export interface StackUnderCheck {
  name: string;
  template: Template;
  resources: ResourceUnderCheck[];
}

/** A cloud assembly as the limits look at it. */
export interface AssemblyUnderCheck {
  stacks: StackUnderCheck[];
  /** Sizes of file assets by object key. */
  bundles: Map<string, Bundle>;
}

/** Reads what `cdk synth` wrote into `directory`. Throws when there is nothing, or when it refers to what is not there. */
export function readUnderCheck(directory: string): AssemblyUnderCheck {
  const { stacks, assets } = readAssembly(directory);
  const folders = [...assets].filter(([, path]) => statSync(path).isDirectory());
  return underCheck(stacks, new Map(folders.map(([key, path]) => [key, sizesOf(path)])));
}

export function underCheck(
  stacks: { name: string; template: Template }[],
  bundles: Map<string, Bundle> = new Map(),
): AssemblyUnderCheck {
  return {
    stacks: stacks.map(({ name, template }) => {
      const references = referencesOf(name, template, (parameter) => keptIn(stacks, parameter));
      const resources = Object.entries(template.Resources).map(([logicalId, { Type, Properties = {} }]) => {
        const where = `${name}/${logicalId}`;
        const properties = resolve(Properties, references, where) as Record<string, unknown>;
        return { stack: name, logicalId, where, type: Type, name: String(references.ref(logicalId)), properties };
      });
      return { name, template, resources };
    }),
    bundles,
  };
}

export function ofType<Properties>(
  { stacks }: AssemblyUnderCheck,
  type: string,
): ResourceUnderCheck<Partial<Properties>>[] {
  return stacks.flatMap(({ resources }) => resources.filter((resource) => resource.type === type)) as never;
}

/** One of the longest names among the regions, so that what fits there fits anywhere. */
const region = 'ap-southeast-1';
const account = '123456789012';
/** CloudFormation ends the names it makes with random characters, and cuts what comes before to the limit of the type. */
const randomCharacters = 12;
const longestMadeName = 64;

/** The value of an SSM parameter of this name, where one of the stacks makes it. */
function keptIn(stacks: { name: string; template: Template }[], parameter: string): unknown {
  for (const { name, template } of stacks) {
    const kept = Object.values(template.Resources).find(
      ({ Type, Properties }) => Type === 'AWS::SSM::Parameter' && Properties?.Name === parameter,
    );
    if (kept) return resolve(kept.Properties!.Value, referencesOf(name, template), `${name}/${parameter}`);
  }
  return undefined;
}

function referencesOf(
  stack: string,
  { Resources, Parameters = {}, Mappings = {}, Conditions = {} }: Template,
  kept: (parameter: string) => unknown = () => undefined,
): References {
  const pseudo: Record<string, string> = {
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stack}/12345678-1234-1234-1234-123456789012`,
  };
  const nameOf = (logicalId: string): string => {
    const resource = Resources[logicalId];
    if (!resource) throw new Error(`Stack ${stack} refers to ${logicalId}, which it does not have.`);
    const given = Object.entries(resource.Properties ?? {}).find(([property]) => /^[A-Z][a-zA-Z]*Name$/.test(property));
    if (typeof given?.[1] === 'string' && given[0].startsWith(kindOf(logicalId))) return given[1];
    const end = createHash('sha256').update(logicalId).digest('hex').slice(0, randomCharacters).toUpperCase();
    return `${`${stack}-${logicalId}`.slice(0, longestMadeName - end.length - 1)}-${end}`;
  };
  const kindOf = (logicalId: string): string => Resources[logicalId]?.Type.split('::').at(-1) ?? '';
  const arnOf = (logicalId: string): string => {
    const service = Resources[logicalId]?.Type.split('::')[1] ?? '';
    const name = nameOf(logicalId);
    return `arn:aws:${service.toLowerCase()}:${region}:${account}:${kindOf(logicalId).toLowerCase()}/${name}`;
  };
  const references: References = {
    ref: (name) => {
      const parameter = Parameters[name];
      if (!parameter) return pseudo[name] ?? nameOf(name);
      const { Type, Default = name } = parameter;
      return (Type.startsWith('AWS::SSM') ? kept(Default) : undefined) ?? Default;
    },
    attribute: (logicalId, attribute) => {
      if (!attribute.endsWith('Arn')) return nameOf(logicalId);
      return attribute === 'StreamArn' ? `${arnOf(logicalId)}/stream/2026-11-22T00:00:00.000` : arnOf(logicalId);
    },
    // As long as an ARN, told apart from other imports by its own name.
    importValue: (name) => `arn:aws:import:${region}:${account}:${name}`,
    mapping: (map, first, second) => Mappings[map]?.[first]?.[second],
    condition: (name) => resolve(Conditions[name], references, `${stack}/${name}`) === true,
  };
  return references;
}

/** As the asset is zipped for Lambda: every file deflated, with its entry in the archive. */
function sizesOf(folder: string): Bundle {
  const entryBytes = 150;
  const sizes = { unzippedBytes: 0, zippedBytes: 0 };
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const content = readFileSync(path);
    sizes.unzippedBytes += content.length;
    sizes.zippedBytes += deflateRawSync(content).length + entryBytes;
  }
  return sizes;
}
