import type { NoticeView } from '../../src/notices/notice.view';
import { Sequencer } from '../../src/ledger/sequencer';
import { startWorld, type Person, type World } from './app';

interface OpenedCase {
  readonly id: string;
  readonly items: readonly { readonly id: string; readonly address: string; readonly state: string }[];
}

let serial = 0;

/** An address that no other test has used, on the usual cast's platform. */
export const freshUrl = (host = 'harbour.example'): string => `https://${host}/posts/${++serial}`;

export async function openCase(analyst: Person, urls: readonly string[], more: object = {}): Promise<OpenedCase> {
  const items = urls.map((url) => ({ url, uploadedAt: '2026-03-01T08:00:00.000Z', ...more }));
  const answer = await analyst.post<OpenedCase>('/v1/cases', { category: 'incitement', ideology: 'other', items });
  if (answer.status !== 201) throw new Error(`the case was not opened: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A case with these addresses and a draft about all of them. */
export async function draft(analyst: Person, urls: readonly string[] = [freshUrl()]): Promise<NoticeView> {
  const { id: caseId } = await openCase(analyst, urls);
  const answer = await analyst.post<NoticeView>('/v1/notices', {
    caseId,
    kind: 'referral',
    grounds: 'Terms, section 4',
  });
  if (answer.status !== 201) throw new Error(`no draft: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A referral that has been sent. */
export async function refer(analyst: Person, urls?: readonly string[]): Promise<NoticeView> {
  const { id } = await draft(analyst, urls);
  const answer = await analyst.post<NoticeView>(`/v1/notices/${id}/send`);
  if (answer.status !== 200) throw new Error(`not sent: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function notice(person: Person, id: string): Promise<NoticeView> {
  return (await person.get<NoticeView>(`/v1/notices/${id}`)).body;
}

/** Reads again until it is so; the test's own timeout is the limit. */
export async function eventually<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A referral that its platform has received. */
export async function received(analyst: Person, urls?: readonly string[]): Promise<NoticeView> {
  const { id } = await refer(analyst, urls);
  return eventually(
    () => notice(analyst, id),
    ({ state }) => state !== 'sent',
  );
}

export const removed = (itemId: string, measureAt: Date): object => ({
  itemId,
  outcome: 'removed',
  measureAt: measureAt.toISOString(),
});

/** A world in which nothing is delivered and no clock ticks unless the test says so. The ledger is sequenced as ever. */
export async function startQuietWorld(): Promise<World> {
  const world = await startWorld({ config: { worker: false } });
  await world.app.get(Sequencer).start();
  return world;
}

/** Lets every job that waits for a retry begin now. */
export const hurry = ({ sql }: World): Promise<unknown> =>
  sql.query(`update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null`);
