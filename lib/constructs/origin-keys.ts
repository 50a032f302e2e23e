import { RemovalPolicy, SecretValue, type Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { Settings } from '../settings.ts';
import { acknowledge } from './acknowledge.ts';
import { HandedOn } from './handed-on.ts';

/** Letters and digits: 285 bits. */
const keyLength = 48;

/**
 * What the distribution says with each request to the API, so that the API knows it from one that came by another way.
 * CloudFormation draws the keys and resolves a reference to one only where the reference itself changes; so a key never
 * changes, and another one takes its place: docs/rotation.md.
 */
export class OriginKeys {
  readonly #arns: Map<number, HandedOn>;
  readonly #settings: Settings;

  constructor(owner: Stack, settings: Settings) {
    this.#settings = settings;
    this.#arns = new Map(
      keptKeys(settings.originKeys).map((number) => {
        const id = `OriginKey${number}`;
        const secret = new Secret(owner, id, {
          description: `What the distribution of mallway-${settings.stage} tells its API, number ${number}`,
          generateSecretString: { excludePunctuation: true, passwordLength: keyLength },
          // Whatever the stage: without the distribution it opens nothing.
          removalPolicy: RemovalPolicy.DESTROY,
        });
        acknowledge(secret, {
          'AwsSolutions-SMG4':
            'A function that rotates it would have to redeploy distribution and functions; two deployments do, as docs/rotation.md says.',
        });
        return [number, new HandedOn(owner, id, { settings, value: secret.secretArn })];
      }),
    );
  }

  /** The one that the distribution sends, in the stack of `reader`. */
  sentIn(reader: IConstruct): string {
    return this.#valueIn(reader, this.#settings.originKeys[0]);
  }

  /** All that are accepted, separated by commas. */
  acceptedIn(reader: IConstruct): string {
    return this.#settings.originKeys.map((number) => this.#valueIn(reader, number)).join(',');
  }

  #valueIn(reader: IConstruct, number: number): string {
    const arn = this.#arns.get(number)!.in(reader);
    return SecretValue.secretsManager(arn).unsafeUnwrap();
  }
}

/**
 * The keys in use, and the one before the one that is sent: functions whose deployment fails go back to a
 * configuration that names it, and CloudFormation then reads it again.
 */
function keptKeys(inUse: Settings['originKeys']): number[] {
  const before = inUse[0] - 1;
  return before > 0 && !inUse.includes(before) ? [before, ...inUse] : [...inUse];
}
