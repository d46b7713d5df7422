import type { SubmissionView } from '../../src/cases/cases.dto';
import type { ContributedView } from '../../src/cases/exhibit-signals.dto';
import { parseVerifierKey, type SignedBytes } from '../../src/domain/checkpoint';
import { summarise, type Summary } from '../../src/domain/metrics';
import { verifyReceipt, type Receipt } from '../../src/domain/receipt';
import { Work } from '../../src/infra/database/work';
import { LedgerKey } from '../../src/ledger/ledger-key';
import type { FeedEntryView, FeedPageView } from '../../src/ledger/ledger.dto';
import { verifyLedger, type LedgerAudit } from '../../src/ledger/verify';
import type { Person, World } from './app';
import { done, HOURS } from './redress';
import { eventually } from './referral';

const LABELS = { category: 'incitement', ideology: 'other' };

/** The signature check of the SDK, which knows nothing of the service. */
const { verifyEd25519 } = jest.requireActual<{ readonly verifyEd25519: (signed: SignedBytes) => boolean }>(
  '../../sdk/src/ed25519',
);

/** A case of one post with its picture, which is preserved before anything is asked of anybody. */
export async function submitPicture(analyst: Person, url: string, picture: Uint8Array): Promise<SubmissionView> {
  const form = new FormData();
  const items = [{ url, uploadedAt: '2026-03-01T08:00:00.000Z' }];
  form.append('case', JSON.stringify({ ...LABELS, items }));
  form.append('file', new Blob([Uint8Array.from(picture)], { type: 'image/jpeg' }), 'post.jpg');
  return done(analyst.form<SubmissionView>('/v1/cases', form), 201);
}

/** Gives the hash of the picture to the shared database because of the order; returns the signal. */
export async function contributeBecauseOf(analyst: Person, exhibitId: string, noticeId: string): Promise<string> {
  const body = { labels: LABELS, types: ['sha256'], noticeId };
  const { signals } = await done(analyst.post<ContributedView>(`/v1/exhibits/${exhibitId}/signals`, body));
  const signalId = signals[0]?.signalId;
  if (!signalId) throw new Error(`not contributed: ${JSON.stringify(signals)}`);
  return signalId;
}

export async function document(world: World, who: Person, path: string): Promise<Buffer> {
  const headers = { authorization: `Bearer ${who.token}` };
  const answer = await world.app.inject({ method: 'GET', url: path, headers });
  if (answer.statusCode !== 200) throw new Error(`no document: ${answer.body}`);
  return answer.rawPayload;
}

/** Pauses of the service, and whom a worker called meanwhile: they depend on when somebody looks, and are no part of a story. */
const BESIDE = /^(service|escalation)\./;

/** What an organisation may read of the ledger, in its order, once it is so. */
export function feedUntil(who: Person, isSo: (kinds: readonly string[]) => boolean): Promise<FeedEntryView[]> {
  return eventually(
    async () => {
      const entries: FeedEntryView[] = [];
      for (let after = -1; ;) {
        const page = await done(who.get<FeedPageView>(`/v1/feed?after=${after}&limit=500`));
        if (page.entries.length === 0) return entries.filter(({ kind }) => !BESIDE.test(kind));
        entries.push(...page.entries);
        after = page.through;
      }
    },
    (entries) => isSo(kindsOf(entries)),
  );
}

export const kindsOf = (entries: readonly FeedEntryView[]): string[] => entries.map(({ kind }) => kind);

/** The figures of orders as whoever reads this feed folds them. */
export function figuresOf(entries: readonly FeedEntryView[], now: Date): Summary {
  const period = { from: new Date(now.getTime() - 24 * HOURS), to: new Date(now.getTime() + 1) };
  return summarise(entries, { ...period, now, noticeKind: 'removal_order' });
}

/** What `clepsydra verify` derives and compares. */
export function verifyWhole({ app, config }: World): Promise<LedgerAudit> {
  const key = LedgerKey.open(config.secretsDirectory, config.ledgerOrigin);
  return verifyLedger(app.get(Work), key.verifier);
}

/** Asks for the receipt of each entry and verifies it by the published key alone; returns what does not hold. */
export async function unproven(world: World, who: Person, entries: readonly FeedEntryView[]): Promise<string[]> {
  const { key } = (await world.anonymous<{ key: string }>('/v1/ledger/key')).body;
  const published = parseVerifierKey(key);
  const faults: string[] = [];
  for (const { id, kind, digest } of entries) {
    const receipt = await done(who.get<Receipt>(`/v1/ledger/entries/${id}/receipt`));
    const verdict = verifyReceipt(receipt, published, verifyEd25519);
    if (!verdict.ok || receipt.entry.digest !== digest)
      faults.push(`${kind}: ${verdict.ok ? 'digest' : verdict.fault}`);
  }
  return faults;
}
