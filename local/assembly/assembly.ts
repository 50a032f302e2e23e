import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTemplate, type Template } from './template.ts';

export interface Stack {
  /** The stack's name in CloudFormation. */
  name: string;
  template: Template;
}

export interface Assembly {
  /** Those others depend on come first. */
  stacks: Stack[];
  /** Paths of file assets by their object key in the assets bucket. */
  assets: Map<string, string>;
}

interface Manifest {
  artifacts?: Record<
    string,
    {
      type: string;
      properties?: { templateFile?: string; stackName?: string; file?: string };
      dependencies?: string[];
    }
  >;
}

interface AssetManifest {
  files?: Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>;
  dockerImages?: Record<string, unknown>;
}

/** Artifacts without a part in what runs. */
const ignoredArtifacts = ['cdk:tree', 'cdk:feature-flag-report', 'cdk:validation-report'];

/** Reads what `cdk synth` wrote into `directory`. */
export function readAssembly(directory: string): Assembly {
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new Error(`${directory} holds no cloud assembly; run npm run synth first.`);
  }
  const { artifacts = {} } = readJson(manifestFile) as Manifest;
  const stacks = new Map<string, Stack>();
  const assets = new Map<string, string>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (!artifact || stacks.has(id)) return;
    const { type, properties = {}, dependencies = [] } = artifact;
    dependencies.forEach(visit);
    if (type === 'aws:cloudformation:stack') {
      const name = properties.stackName ?? id;
      const template = readJson(join(directory, properties.templateFile!)) as object;
      checkTemplate(name, template);
      stacks.set(id, { name, template });
    } else if (type === 'cdk:asset-manifest') {
      readAssets(directory, properties.file!, assets);
    } else if (!ignoredArtifacts.includes(type)) {
      throw new Error(`The artifact ${id} of the cloud assembly is a ${type}, which is not understood here.`);
    }
  };
  Object.keys(artifacts).forEach(visit);
  return { stacks: [...stacks.values()], assets };
}

function readAssets(directory: string, file: string, assets: Map<string, string>): void {
  const { files = {}, dockerImages = {} } = readJson(join(directory, file)) as AssetManifest;
  const [image] = Object.keys(dockerImages);
  if (image) throw new Error(`${file}: the asset ${image} is a container image, which is not run here.`);
  for (const { source, destinations } of Object.values(files)) {
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(directory, source.path));
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
