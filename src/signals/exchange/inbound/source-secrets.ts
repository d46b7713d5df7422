import { Injectable } from '@nestjs/common';
import { KeyProvider, type WrappedByMaster } from '../../../infra/crypto/key-provider';
import type { SourceCredential } from './source';
import type { SourceRow } from './source-row';

/** Bound to the wrapping: a sealed credential that was copied to another source, and so to another address, does not open. */
const contextOf = (sourceId: string): Buffer => Buffer.from(`clepsydra exchange source ${sourceId}`);

/** Credentials for sources. They lie in the database sealed under the master key, which the database never has. */
@Injectable()
export class SourceSecrets {
  constructor(private readonly keys: KeyProvider) {}

  seal(sourceId: string, credential: SourceCredential): Promise<WrappedByMaster> {
    return this.keys.wrap(Buffer.from(JSON.stringify(credential)), contextOf(sourceId));
  }

  async open({ id, credential_key_id, credential_wrapped }: SourceRow): Promise<SourceCredential> {
    if (!credential_key_id || !credential_wrapped) return {};
    const sealed = { keyId: credential_key_id, wrapped: credential_wrapped };
    const opened: SourceCredential = JSON.parse((await this.keys.unwrap(sealed, contextOf(id))).toString());
    return opened;
  }
}
