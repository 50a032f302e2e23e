import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import type { SecretBox } from '../application/ports.ts';

/** Signing secrets under the deployment's KMS key; the id of the API key is bound in as encryption context. */
export class KmsSecrets implements SecretBox {
  readonly #client: KMSClient;
  readonly #kmsKeyId: string;

  constructor(kmsKeyId: string, client = new KMSClient({ maxAttempts: 3 })) {
    this.#kmsKeyId = kmsKeyId;
    this.#client = client;
  }

  async seal(secret: Uint8Array, keyId: string): Promise<string> {
    const { CiphertextBlob } = await this.#client.send(
      new EncryptCommand({ KeyId: this.#kmsKeyId, Plaintext: secret, EncryptionContext: { apiKey: keyId } }),
    );
    return Buffer.from(CiphertextBlob!).toString('base64');
  }

  async open(sealed: string, keyId: string): Promise<Uint8Array> {
    const { Plaintext } = await this.#client.send(
      new DecryptCommand({
        KeyId: this.#kmsKeyId,
        CiphertextBlob: Buffer.from(sealed, 'base64'),
        EncryptionContext: { apiKey: keyId },
      }),
    );
    return Plaintext!;
  }
}
