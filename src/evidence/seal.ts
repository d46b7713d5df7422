import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import type { Actor } from '../infra/database/actor';
import type { Tx } from '../infra/database/work';
import type { NewEntry } from '../ledger/append';
import type { ReceivedFile, RefusedFile } from './consignment';
import { Exhibit } from './evidence.entity';

export interface Sealing {
  readonly actor: Actor;
  readonly at: Date;
  readonly caseId: string;
  /** Exhibits are numbered `<reference>/E<n>`. */
  readonly reference: string;
  /** Of the first of these files. */
  readonly firstNumber: number;
  /** How it was collected; an upload unless told. */
  readonly method?: string;
}

export interface Collected {
  readonly file: ReceivedFile;
  readonly itemId: string | null;
}

export interface Sealed {
  readonly exhibits: readonly Exhibit[];
  /** Custody so far: collected, hashed, sealed. */
  readonly entries: readonly NewEntry[];
}

const SEAL = `
  update stored_object o set state = 'sealed', sealed_at = $2, wrapped_key = decode(r.key, 'base64'), size = r.size, encrypted_size = r.encrypted
  from json_to_recordset($1::json) as r (id uuid, key text, size bigint, encrypted bigint)
  where o.id = r.id and o.state = 'pending' returning o.id`;

/**
 * Makes received files exhibits: in the transaction that acknowledges them, after their bytes are on stable storage. The
 * same content sent twice is two exhibits: each was collected by somebody, at some time, for some reason.
 */
export async function sealFiles(tx: Tx, sealing: Sealing, files: readonly Collected[]): Promise<Sealed> {
  if (files.length === 0) return { exhibits: [], entries: [] };
  const objects = files.map(({ file: { objectId, stored } }) => ({
    id: objectId,
    key: stored.wrappedKey.toString('base64'),
    size: stored.size,
    encrypted: stored.encryptedSize,
  }));
  const [sealed] = await tx.query<[unknown[], number]>(SEAL, [JSON.stringify(objects), sealing.at]);
  // Recovery took the upload for dead and has discarded it: the sender starts again.
  if (sealed.length !== files.length) throw new DomainError('file.interrupted');
  const exhibits = files.map((collected, i) => toExhibit(sealing, collected, sealing.firstNumber + i));
  await tx.insert(Exhibit, exhibits);
  return { exhibits, entries: exhibits.flatMap((exhibit) => custodyEntries(sealing, exhibit)) };
}

function toExhibit({ actor, at, caseId, reference }: Sealing, { file, itemId }: Collected, number: number): Exhibit {
  const { stored, hashes } = file;
  return {
    id: uuidv7(),
    organisationId: actor.organisationId,
    caseId,
    itemId,
    objectId: file.objectId,
    number,
    exhibitNo: `${reference}/E${number}`,
    fileName: file.fileName,
    type: file.type,
    size: stored.size,
    sha256: stored.sha256,
    sha512: stored.sha512,
    md5: stored.md5,
    imageWidth: hashes?.width ?? null,
    imageHeight: hashes?.height ?? null,
    pdq: hashes?.pdq.hash ?? null,
    pdqQuality: hashes?.pdq.quality ?? null,
    blockhash: hashes?.blockhash ?? null,
    notHashed: file.notHashed,
    collectedAt: at,
    collectedBy: actor.personId,
  };
}

/** The digests stand in the bytes that the tree holds: an erased text leaves them, and an export binds each file to its entry. */
function custodyEntries({ actor, at, method = 'upload by the collector' }: Sealing, exhibit: Exhibit): NewEntry[] {
  const subjects = {
    case: exhibit.caseId,
    exhibit: exhibit.id,
    ...(exhibit.itemId ? { item: exhibit.itemId } : {}),
  };
  const common = { actor, at, subjects, audience: [actor.organisationId] };
  const { sha256, sha512, md5, size, type } = exhibit;
  const perceptual = exhibit.pdq
    ? { pdq: exhibit.pdq, pdqQuality: exhibit.pdqQuality, blockhash: exhibit.blockhash }
    : {};
  return [
    {
      ...common,
      kind: 'exhibit.collected',
      dims: { size, type, exhibitNo: exhibit.exhibitNo },
      internal: { fileName: exhibit.fileName, method },
    },
    { ...common, kind: 'exhibit.hashed', dims: { sha256, sha512, md5, notHashed: exhibit.notHashed, ...perceptual } },
    { ...common, kind: 'exhibit.sealed', dims: { sha256, sha512, size, encryption: 'Cobblestone-256' } },
  ];
}

/** The record of a file that was not taken. */
export function rejectionEntry(actor: Actor, at: Date, caseId: string, refused: RefusedFile): NewEntry {
  return {
    kind: 'exhibit.rejected',
    actor,
    at,
    subjects: { case: caseId },
    dims: { reason: refused.error.code, sha256: refused.sha256 },
    internal: { fileName: refused.fileName },
    audience: [actor.organisationId],
  };
}
