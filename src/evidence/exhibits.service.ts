import { Injectable, StreamableFile } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DomainError } from '../domain/errors';
import { SealedStore } from '../infra/blobs/sealed-store';
import { ClockSource } from '../infra/clock-source';
import { requestContext } from '../infra/context';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { Receipts } from '../ledger/receipts';
import { custodyOf } from './custody.query';
import { Exhibit, StoredObject } from './evidence.entity';
import { mediaOf } from './media';
import { toView, type CustodyView, type ExhibitView } from './exhibit.dto';

@Injectable()
export class Exhibits {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly vault: SealedStore,
    private readonly receipts: Receipts,
  ) {}

  get(actor: Actor, id: string): Promise<ExhibitView> {
    return this.work.read(actor, (tx) => viewOf(tx, id));
  }

  custody(actor: Actor, id: string): Promise<CustodyView> {
    return this.work.read(actor, async (tx) => ({
      exhibit: await viewOf(tx, id),
      entries: await custodyOf(tx, this.receipts, id),
    }));
  }

  /**
   * The bytes. That this person looks, and why, is committed before one of them leaves; and none leaves unless the whole
   * object still has the digest that was sealed, which costs a second pass (about a second for a gigabyte).
   */
  async view(actor: Actor, id: string, justification: string): Promise<StreamableFile> {
    await this.work.run(actor, (tx) => this.recordView(tx, actor, id, justification));
    // A repeat of the request shows the content once more: that is another look.
    if (requestContext()?.idempotency?.replayed) {
      await this.work.aside(actor, (tx) => this.recordView(tx, actor, id, justification));
    }
    const exhibit = await this.work.read(actor, (tx) => find(tx, id));
    await this.verify(actor, exhibit);
    return new StreamableFile(await this.plaintextOf(actor, exhibit), {
      type: 'application/octet-stream',
      disposition: attachment(exhibit),
      length: exhibit.size,
    });
  }

  /**
   * The bytes for a machine of ours that hashes them: nobody looks, so nothing is recorded of a look.
   * @throws DomainError `request.not-found`, `storage.*`
   */
  async open(actor: Actor, id: string): Promise<{ exhibit: Exhibit; content: Readable }> {
    const exhibit = await this.work.read(actor, (tx) => find(tx, id));
    return { exhibit, content: await this.plaintextOf(actor, exhibit) };
  }

  private async recordView(tx: Tx, actor: Actor, id: string, justification: string): Promise<{ exhibitId: string }> {
    const exhibit = await find(tx, id);
    await append(tx, {
      kind: 'exhibit.viewed',
      actor,
      at: this.clock.now(),
      subjects: subjectsOf(exhibit),
      dims: { sha256: exhibit.sha256 },
      internal: { justification },
      audience: [actor.organisationId],
    });
    return { exhibitId: id };
  }

  private async verify(actor: Actor, exhibit: Exhibit): Promise<void> {
    try {
      const hash = createHash('sha256');
      const plain: AsyncIterable<Buffer> = await this.plaintextOf(actor, exhibit);
      for await (const piece of plain) hash.update(piece);
      if (hash.digest('hex') !== exhibit.sha256) throw new DomainError('storage.damaged', { reason: 'digest' });
    } catch (error) {
      if (!(error instanceof DomainError) || !['storage.damaged', 'storage.missing'].includes(error.code)) throw error;
      await this.work.aside(actor, (tx) =>
        append(tx, {
          kind: 'exhibit.failed-verification',
          actor,
          at: this.clock.now(),
          subjects: subjectsOf(exhibit),
          dims: { reason: error.code },
          audience: [actor.organisationId],
        }),
      );
      throw new DomainError(error.code, { exhibitId: exhibit.id });
    }
  }

  private async plaintextOf(actor: Actor, exhibit: Exhibit): Promise<Readable> {
    const object = await this.work.read(actor, (tx) => tx.findOneBy(StoredObject, { id: exhibit.objectId }));
    if (!object?.wrappedKey) throw new DomainError('storage.missing');
    return this.vault.open(object.id, object.caseId, object.wrappedKey);
  }
}

async function viewOf(tx: Tx, id: string): Promise<ExhibitView> {
  const exhibit = await find(tx, id);
  return toView(exhibit, (await mediaOf(tx, [id])).get(id) ?? null);
}

async function find(tx: Tx, id: string): Promise<Exhibit> {
  const exhibit = await tx.findOneBy(Exhibit, { id });
  if (!exhibit) throw new DomainError('request.not-found');
  return exhibit;
}

const subjectsOf = ({ id, caseId, itemId }: Exhibit): { case: string; exhibit: string; item?: string } => ({
  case: caseId,
  exhibit: id,
  ...(itemId ? { item: itemId } : {}),
});

/** RFC 6266 with both forms of the name: a plain one of ours, and the sender's own in UTF-8 (RFC 8187). */
function attachment({ exhibitNo, fileName }: Exhibit): string {
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${exhibitNo.replace('/', '_')}.bin"; filename*=UTF-8''${encoded}`;
}
