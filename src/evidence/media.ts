import { addJob, slotOf } from '../infra/jobs/jobs';
import type { Actor } from '../infra/database/actor';
import type { Tx } from '../infra/database/work';
import type { MediaHashes } from '../infra/media/media-hashing';
import type { Exhibit } from './evidence.entity';
import type { MediaKind, MediaView } from './exhibit.dto';

/** The task that hashes a video or a document after it was sealed; `cases` does it, because it also asks what it matches. */
export const HASH_MEDIA = 'exhibit.hash-media';

/** By magic bytes; an unknown kind is hashed as bytes alone. */
function kindOf(type: string): MediaKind | null {
  if (type.startsWith('video/')) return 'video';
  return type === 'application/pdf' ? 'pdf' : null;
}

/** Frames of a video take about a second a minute of film: no answer to a submission waits for them. */
export async function expectMedia(tx: Tx, actor: Actor, exhibits: readonly Exhibit[]): Promise<void> {
  const media = exhibits.flatMap(({ id, type }) => {
    const kind = kindOf(type);
    return kind ? [{ id, kind }] : [];
  });
  if (media.length === 0) return;
  await tx.query(
    `insert into exhibit_media (exhibit_id, organisation_id, kind) select id, $1, kind from unnest($2::uuid[], $3::text[]) as m (id, kind)`,
    [actor.organisationId, media.map(({ id }) => id), media.map(({ kind }) => kind)],
  );
  const { organisationId, organisationKind } = actor;
  for (const { id } of media) {
    const options = { key: `${HASH_MEDIA}:${id}`, queue: slotOf(HASH_MEDIA, organisationId, id) };
    await addJob(tx, HASH_MEDIA, { exhibitId: id, organisationId, organisationKind }, options);
  }
}

/** What hashing has found so far, of those exhibits that are videos or documents. */
export async function mediaOf(tx: Tx, exhibitIds: readonly string[]): Promise<Map<string, MediaView>> {
  const rows = await tx.query<(MediaView & { exhibitId: string })[]>(
    `select m.exhibit_id as "exhibitId", m.kind, m.state, m.vpdq, m.text_sha256 as "textSha256", m.duration_ms as "durationMs",
       m.page_count as "pageCount", m.fault, coalesce((
         select jsonb_agg(jsonb_build_object('hash', h.hash, 'quality', h.quality, 'atMs', h.at_ms) order by h.ordinal)
         from exhibit_media_hash h where h.exhibit_id = m.exhibit_id), '[]') as hashes
     from exhibit_media m where m.exhibit_id = any($1)`,
    [exhibitIds],
  );
  return new Map(rows.map(({ exhibitId, ...view }) => [exhibitId, view]));
}

/** Whether this exhibit still waits to be hashed. Locks it, so that a second run of the job finds it done. */
export async function isAwaited(tx: Tx, exhibitId: string): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `select 1 from exhibit_media where exhibit_id = $1 and state = 'pending' for update`,
    [exhibitId],
  );
  return rows.length > 0;
}

export async function recordMedia(
  tx: Tx,
  actor: Actor,
  exhibitId: string,
  { video, pdf, fault }: MediaHashes,
  at: Date,
): Promise<void> {
  const frames = video?.frames.map(({ hash, quality, atMs }) => ({ hash, quality, atMs: Math.round(atMs) })) ?? [];
  const pages = pdf?.pages.map(({ hash, quality }) => ({ hash, quality, atMs: null })) ?? [];
  const hashes = [...frames, ...pages];
  await tx.query(
    `update exhibit_media set state = $2, vpdq = $3, text_sha256 = $4, duration_ms = $5, page_count = $6, fault = $7, hashed_at = $8
     where exhibit_id = $1`,
    [
      exhibitId,
      video || pdf ? 'hashed' : 'not_hashed',
      video?.digest ?? null,
      pdf?.textSha256 ?? null,
      video ? Math.round(video.durationMs) : null,
      pdf?.pageCount ?? null,
      video?.incomplete ?? pdf?.incomplete ?? fault?.code ?? null,
      at,
    ],
  );
  await tx.query(
    `insert into exhibit_media_hash (exhibit_id, organisation_id, ordinal, hash, quality, at_ms)
     select $1, $2, (row_number() over ())::int - 1, h.hash, h.quality, h.at_ms
     from unnest($3::text[], $4::smallint[], $5::int[]) as h (hash, quality, at_ms)`,
    [
      exhibitId,
      actor.organisationId,
      hashes.map(({ hash }) => hash),
      hashes.map(({ quality }) => quality),
      hashes.map(({ atMs }) => atMs),
    ],
  );
}
