import { HASH_MEDIA } from '../../src/evidence/media';
import { JobRunner } from '../../src/infra/jobs/job-runner';
import { JobRegistry, type JobHandler, type Pace } from '../../src/infra/jobs/jobs';
import type { Person, World } from '../support/app';
import { startWorld } from '../support/app';
import { OtherSide, readSince, sendFeed, subscribe } from '../support/exchange-inbound';
import { eventually, notice, received, refer, startQuietWorld } from '../support/referral';
import { pdfFile, SHAPES } from '../support/pdfs';

const ANALYST = ['admin', 'analyst', 'curator'] as const;

/** What must leave the house within the hour, or tells somebody that it has. */
const URGENT: readonly string[] = [
  'deliver',
  'page',
  'tell',
  'life-threat',
  'contact-ping',
  'next-channel',
  'advance-mail',
];
const HEAVY: readonly string[] = [HASH_MEDIA];

function paceOf(task: string): Pace {
  if (URGENT.includes(task)) return 'urgent';
  return HEAVY.includes(task) ? 'heavy' : 'patient';
}

describe('sources that answer slowly', () => {
  let world: World;
  let slow: OtherSide;
  let prompt: OtherSide;

  beforeAll(async () => {
    world = await startWorld();
    [slow, prompt] = await Promise.all([new OtherSide().listen(), new OtherSide().listen()]);
    // A header, and then nothing for as long as one waits.
    slow.reply = (_, response) => void response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write(' ');
    prompt.reply = (_, response) => sendFeed(response, [], 'end');
  });
  afterAll(async () => {
    await Promise.all([slow.close(), prompt.close()]);
    await world.close();
  });

  it('have two workers of a node however many one organisation follows: notices and the sources of others go on', async () => {
    const { analyst, unit } = await world.cast();
    const admin = await world.person(unit, ANALYST);
    for (let n = 0; n < 24; n++) {
      await subscribe(admin, {
        protocol: 'clepsydra',
        address: slow.url(`/${n}`),
        credential: { token: 'clx_secret' },
      });
    }
    await eventually(
      async () => slow.asked.length,
      (asked) => asked >= 2,
    );
    const sent = await received(analyst);
    expect(sent.state).toBe('received');
    const other = await world.person(await world.organisation('civil_society', 'watchers'), ANALYST);
    const at = world.clock.now();
    const source = await subscribe(other, {
      protocol: 'clepsydra',
      address: prompt.url(),
      credential: { token: 'clx_secret' },
    });
    expect(await readSince(other, source.id, at)).toMatchObject({ state: 'active', lastError: null });
    expect(slow.asked).toHaveLength(2);
  });
});

describe('films and documents that are taken apart', () => {
  let world: World;
  let analyst: Person;
  let end: () => void;
  /** Exhibits of each organisation that are being hashed. */
  const underWay = new Map<string, number>();

  beforeAll(async () => {
    world = await startQuietWorld();
    ({ analyst } = await world.cast());
    const ended = new Promise<void>((resolve) => (end = resolve));
    const handlers: Map<string, JobHandler> = Reflect.get(world.app.get(JobRegistry), 'handlers');
    handlers.set(HASH_MEDIA, async ({ organisationId = '' }) => {
      underWay.set(organisationId, (underWay.get(organisationId) ?? 0) + 1);
      await ended;
    });
  });
  afterAll(async () => {
    end();
    await world.app.get(JobRunner).stop();
    await world.close();
  });

  async function submit(person: Person, name: string): Promise<void> {
    const form = new FormData();
    const items = [{ url: `https://harbour.example/${name}` }];
    form.set('case', JSON.stringify({ category: 'incitement', ideology: 'other', items }));
    form.set('file', new Blob([new Uint8Array(pdfFile({ text: name, drawing: SHAPES }))]), `${name}.pdf`);
    const answer = await person.form('/v1/cases', form);
    expect(answer.status).toBe(201);
  }

  it('have workers of their own, of which one organisation has two: a notice is delivered while they wait', async () => {
    const other = await world.person(await world.organisation('authority', 'unit-b', { competences: ['refer'] }), [
      'analyst',
    ]);
    for (let n = 0; n < 20; n++) await submit(analyst, `film-${n}`);
    for (let n = 0; n < 4; n++) await submit(other, `other-${n}`);
    const { id } = await refer(analyst);
    await world.app.get(JobRunner).start();
    const { state } = await eventually(
      () => notice(analyst, id),
      (found) => found.state !== 'sent',
    );
    expect(state).toBe('received');
    await eventually(
      async () => underWay.get(other.organisation.id),
      (count) => count !== undefined,
    );
    expect(underWay.get(analyst.organisation.id)).toBe(2);
  });

  it('are the only heavy task, and what leaves the house is urgent: everything else is patient', () => {
    const paces = [...world.app.get(JobRegistry).pacesOf()];
    expect(paces.length).toBeGreaterThanOrEqual(5);
    expect(paces).toEqual(paces.map(([task]) => [task, paceOf(task)]));
  });

  it('are locked under names of which the heartbeat keeps each', async () => {
    const names = world.app.get(JobRunner).poolId?.split(',') ?? [];
    expect(new Set(names).size).toBe(3);
    const { rows } = await world.sql.query<{ locked_by: string }>(
      'select distinct locked_by from graphile_worker._private_jobs where locked_by is not null',
    );
    expect(names).toEqual(expect.arrayContaining(rows.map(({ locked_by }) => locked_by)));
    expect(rows).not.toEqual([]);
  });
});
