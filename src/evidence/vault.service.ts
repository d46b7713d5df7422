import { Inject, Injectable } from '@nestjs/common';
import { SealedStore } from '../infra/blobs/sealed-store';
import { CONFIG, type Config } from '../infra/config';
import type { Actor } from '../infra/database/actor';
import { Work } from '../infra/database/work';
import { ImagePool } from '../infra/imaging/image-pool';
import { Consignment } from './consignment';

/** Where files of a case go in. */
@Injectable()
export class Vault {
  constructor(
    private readonly work: Work,
    private readonly store: SealedStore,
    private readonly images: ImagePool,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Begins to receive files for a case, which need not have its row yet. Whoever begins, ends it: `finally { await consignment.end() }`. */
  receiveFor(actor: Actor, caseId: string): Consignment {
    const { work, store: vault, images, config } = this;
    return new Consignment({ work, vault, images, maxFileBytes: config.maxFileBytes }, actor, caseId);
  }
}
