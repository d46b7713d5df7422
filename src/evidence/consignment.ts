import type { Readable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import type { SealedObject, SealedStore } from '../infra/blobs/sealed-store';
import type { Actor } from '../infra/database/actor';
import type { Work } from '../infra/database/work';
import type { ImagePool } from '../infra/imaging/image-pool';
import { log } from '../infra/log';
import { examine, type Examined } from './examine';
import { StoredObject } from './evidence.entity';

/** A file that a sender is sending. */
export interface IncomingFile {
  readonly stream: Readable;
  readonly fileName: string;
  readonly declaredType?: string;
}

/** A file that lies in the vault, whole and examined, and that nobody has been told of yet. */
export interface ReceivedFile extends Examined {
  readonly objectId: string;
  readonly fileName: string;
  readonly stored: SealedObject;
}

/** A file that was not taken. What had been stored of it is gone. */
export interface RefusedFile {
  readonly fileName: string;
  readonly error: DomainError;
  readonly sha256: string | null;
}

export interface Means {
  readonly work: Work;
  readonly vault: SealedStore;
  readonly images: ImagePool;
  readonly maxFileBytes: number;
}

/** An upload shows life this often; recovery takes one for dead after many times as long. */
const TOUCH_MS = 30_000;

/** What makes a single file unfit, as against what makes the whole request fail. */
const REFUSES_ONE_FILE = /^(file\.(empty|svg|mislabelled|too-large)|image\.(truncated|too-large))$/;

/**
 * The files of one request on their way into the vault. Each has its row before its bytes (`pending`); `seal` makes them
 * exhibits in the request's own transaction; `end` takes away whatever was not sealed, whatever happened.
 */
export class Consignment {
  private readonly objectIds: string[] = [];
  private readonly touching: NodeJS.Timeout;

  constructor(
    private readonly means: Means,
    private readonly actor: Actor,
    readonly caseId: string,
  ) {
    this.touching = setInterval(() => void this.touch(), TOUCH_MS).unref();
  }

  /** Streams one file into the vault. Throws when the sender breaks off or there is no room: then the request has failed. */
  async receive({ stream, fileName, declaredType }: IncomingFile): Promise<ReceivedFile | RefusedFile> {
    // Before the first wait: a sender who breaks off meanwhile must not end the process.
    stream.on('error', () => undefined);
    const objectId = uuidv7();
    await this.expect(objectId);
    let stored: SealedObject | undefined;
    try {
      stored = await this.means.vault.store(objectId, this.caseId, stream, { maxBytes: this.means.maxFileBytes });
      const examined = await examine(stored, declaredType, this.hashing(objectId, stored));
      return { ...examined, objectId, fileName, stored };
    } catch (error) {
      if (!(error instanceof DomainError) || !REFUSES_ONE_FILE.test(error.code)) throw error;
      await this.discard([objectId]);
      return { fileName, error, sha256: stored?.sha256 ?? null };
    }
  }

  /** Takes away what was received and not sealed. Never throws: what it cannot clear, recovery will. */
  async end(): Promise<void> {
    clearInterval(this.touching);
    try {
      await this.discard(this.objectIds);
    } catch (error) {
      log.warn({ event: 'vault.left-for-recovery', objects: this.objectIds.length, err: error });
    }
  }

  private async expect(objectId: string): Promise<void> {
    const { organisationId } = this.actor;
    const row = { id: objectId, organisationId, caseId: this.caseId };
    await this.means.work.aside(this.actor, (tx) => tx.insert(StoredObject, row));
    this.objectIds.push(objectId);
  }

  /** From the vault's plaintext, so that a picture never lies open on a disk. */
  private hashing(objectId: string, { wrappedKey, size }: SealedObject) {
    const open = () => this.means.vault.open(objectId, this.caseId, wrappedKey);
    return () => this.means.images.hashImage(open, size, { owner: this.actor.organisationId });
  }

  /**
   * Row, blob, row: 'discarded' is committed first, so that an answer whose commit was lost on the way to us keeps its
   * object (it is sealed, and nothing is discarded), and one that comes too late cannot be sealed any more.
   */
  private async discard(objectIds: readonly string[]): Promise<void> {
    if (objectIds.length === 0) return;
    const { work, vault } = this.means;
    const sealed = await work.aside(this.actor, async (tx) => {
      await tx.query(`update stored_object set state = 'discarded' where id = any ($1) and state = 'pending'`, [
        objectIds,
      ]);
      return tx.query<{ id: string }[]>(`select id from stored_object where id = any ($1) and state = 'sealed'`, [
        objectIds,
      ]);
    });
    const ids = objectIds.filter((id) => !sealed.some((kept) => kept.id === id));
    if (ids.length === 0) return;
    for (const id of ids) await vault.remove(id);
    await work.aside(this.actor, (tx) => tx.delete(StoredObject, ids));
  }

  private async touch(): Promise<void> {
    if (this.objectIds.length === 0) return;
    try {
      await this.means.work.aside(this.actor, (tx) =>
        tx.query(`update stored_object set touched_at = now() where id = any ($1) and state = 'pending'`, [
          this.objectIds,
        ]),
      );
    } catch (error) {
      log.warn({ event: 'vault.touch-failed', err: error });
    }
  }
}
