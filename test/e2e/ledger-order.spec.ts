import { setTimeout as sleep } from 'node:timers/promises';
import { openCheckpoint } from '../../src/domain/checkpoint';
import { consistencyPath } from '../../src/domain/merkle';
import { checkConsistency, verifyReceipt } from '../../src/domain/receipt';
import type { Actor } from '../../src/infra/database/actor';
import { append } from '../../src/ledger/append';
import { disclose } from '../../src/ledger/disclose';
import { feedPage } from '../../src/ledger/feed.query';
import { verifySignature } from '../../src/ledger/ledger-key';
import { Receipts } from '../../src/ledger/receipts';
import { Tree } from '../../src/ledger/tree';
import { verifyLedger } from '../../src/ledger/verify';
import { LedgerWorld, newEntry } from '../support/ledger-world';

const PER_WRITER = 60;

describe('the order of the ledger under load', () => {
  let world: LedgerWorld;
  beforeEach(async () => {
    world = await LedgerWorld.open(24);
  });
  afterEach(() => world.close());

  /** Commits in another order than it appends: each transaction stays open for a while of its own. */
  async function writeSlowly(actor: Actor, party: Actor, count: number): Promise<string[]> {
    const written: string[] = [];
    for (let i = 0; i < count; i++) {
      const audience = Math.random() < 0.5 ? [party.organisationId] : [];
      const { id } = await world.work.run(actor, async (tx) => {
        const appended = await append(tx, newEntry(actor, { audience }));
        await tx.query('select pg_sleep($1)', [Math.random() < 0.2 ? Math.random() * 0.06 : 0]);
        return appended;
      });
      if (audience.length > 0) written.push(id);
    }
    return written;
  }

  /** Follows the feed like a node does, in pages of odd sizes, until it has been told to end and has read to the end. */
  async function follow(actor: Actor, done: () => boolean): Promise<{ seq: number; id: string }[]> {
    const heard: { seq: number; id: string }[] = [];
    for (let after = -1; ;) {
      const last = done();
      const limit = 1 + Math.floor(Math.random() * 9);
      const page = await world.work.read(actor, (tx) => feedPage(tx, actor.organisationId, after, limit));
      heard.push(...page.entries.map(({ seq, id }) => ({ seq, id })));
      if (page.through === after) {
        if (last) return heard;
        await sleep(3);
      }
      after = page.through;
    }
  }

  it('lets no reader of the feed miss an entry, whatever the order of commits, with two sequencers at work', async () => {
    const party = world.actor();
    const writers = Array.from({ length: 8 }, () => world.actor());
    const sequencers = [world.sequencer(), world.sequencer()];
    await Promise.all(sequencers.map((sequencer) => sequencer.start()));
    let written = false;
    const readers = [1, 2, 3].map(() => follow(party, () => written));
    const expected = (await Promise.all(writers.map((writer) => writeSlowly(writer, party, PER_WRITER)))).flat();
    await Promise.all(sequencers.map((sequencer) => sequencer.stop()));
    written = true;
    for (const heard of await Promise.all(readers)) {
      expect(heard.map(({ id }) => id).sort()).toEqual(expected.toSorted());
      expect(heard.map(({ seq }) => seq)).toEqual(heard.map(({ seq }) => seq).toSorted((a, b) => a - b));
    }
    const audit = await verifyLedger(world.work, world.key.verifier);
    expect(audit).toMatchObject({ ok: true, size: 8 * PER_WRITER, pending: 0 });
    await provesEveryCheckpoint(audit.size);
  });

  /** Whoever kept any checkpoint along the way can be shown that today's tree begins with it. */
  async function provesEveryCheckpoint(size: number): Promise<void> {
    const notes = await world.work.asWorker((tx) =>
      tx.query<{ note: string }[]>('select note from ledger_checkpoint order by size'),
    );
    const kept = notes.map(({ note }) => openCheckpoint(note, world.key.verifier, verifySignature));
    const newest = kept.at(-1)!;
    expect(newest.size).toBe(size);
    const tree = new Tree();
    for (const older of kept) {
      const [proof] = await world.work.asWorker((tx) => tree.prove(tx, size, [consistencyPath(older.size, size)]));
      const hex = proof!.map((hash) => Buffer.from(hash).toString('hex'));
      expect(checkConsistency(older, newest, hex)).toBe(true);
    }
  }

  it('loses nothing when the sequencers’ connections are killed again and again', async () => {
    const party = world.actor();
    const writers = Array.from({ length: 4 }, () => world.actor());
    const sequencers = [world.sequencer(), world.sequencer()];
    await Promise.all(sequencers.map((sequencer) => sequencer.start()));
    const written = new AbortController();
    const killing = world.as('superuser', async (client) => {
      while (!written.signal.aborted) {
        await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'clepsydra_worker' and datname = $1`,
          [world.database.name],
        );
        await sleep(20);
      }
    });
    await Promise.all(writers.map((writer) => writeSlowly(writer, party, PER_WRITER)));
    written.abort();
    await killing;
    await Promise.all(sequencers.map((sequencer) => sequencer.stop()));
    const last = world.sequencer();
    while ((await last.sequence()) > 0);
    expect(await verifyLedger(world.work, world.key.verifier)).toMatchObject({
      ok: true,
      size: 4 * PER_WRITER,
      pending: 0,
    });
  });

  it('goes on from the tree that another node left, across the edge of a tile', async () => {
    const actor = world.actor();
    const [one, two] = [world.sequencer(), world.sequencer()];
    for (const [count, node] of [
      [200, one],
      [100, two],
      [700, one],
      [1, two],
      [30, one],
    ] as const) {
      await Promise.all(Array.from({ length: count }, () => world.append(actor)));
      await node.sequence();
    }
    expect(await verifyLedger(world.work, world.key.verifier)).toMatchObject({ ok: true, size: 1031, tiles: 4 });
    const receipts = new Receipts(world.work);
    for (const { id } of await world.read<{ id: string }>(
      actor,
      'select id from ledger_entry order by random() limit 40',
    )) {
      const receipt = await receipts.of(actor, id);
      expect(verifyReceipt(receipt!, world.key.verifier, verifySignature)).toMatchObject({ ok: true });
    }
  });

  it('is settled only when what another node is putting into the tree is there', async () => {
    await world.append(world.actor());
    let settled = false;
    await world.as('worker', async (client) => {
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(4127032)');
      expect(await world.sequencer().sequence()).toBe(0);
      const settling = world.sequencer().settle();
      void settling.then(() => (settled = true));
      await sleep(100);
      expect(settled).toBe(false);
      await client.query('rollback');
      await settling;
    });
    expect(await verifyLedger(world.work, world.key.verifier)).toMatchObject({ ok: true, size: 1, pending: 0 });
  });

  it('refuses to build on leaves that are not those it signed', async () => {
    const actor = world.actor();
    await world.append(actor);
    await world.sequencer().sequence();
    await world.as('superuser', (client) =>
      client.query(`set session_replication_role = replica; update ledger_leaf set leaf_hash = sha256('other')`),
    );
    await world.append(actor);
    await expect(world.sequencer().sequence()).rejects.toThrow('has not the root that was signed');
    await world.as('superuser', async (client) => {
      const counts = await client.query(
        'select (select count(*)::int from ledger_leaf) leaves, (select count(*)::int from ledger_pending) pending',
      );
      expect(counts.rows).toEqual([{ leaves: 1, pending: 1 }]);
    });
  });

  it('does not start on a ledger that another key has signed', async () => {
    await world.sequencer().sequence();
    const stranger = await LedgerWorld.open(4);
    const { key } = stranger;
    await stranger.close();
    Object.assign(world, { key });
    await expect(world.sequencer().start()).rejects.toThrow('not signed by this key');
  });

  it('puts a disclosure after what it discloses, when both are made in one transaction', async () => {
    const [actor, later] = [world.actor(), world.actor()];
    const { id } = await world.work.run(actor, async (tx) => {
      const appended = await append(tx, newEntry(actor));
      await disclose(tx, { actor, at: new Date(), entryIds: [appended.id], to: [later.organisationId] });
      return appended;
    });
    await world.sequencer().sequence();
    const page = await world.work.read(later, (tx) => feedPage(tx, later.organisationId, -1, 10));
    expect(page.entries.map((entry) => [entry.seq, entry.leaf])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(page.entries[0]!.id).toBe(id);
    expect(await verifyLedger(world.work, world.key.verifier)).toMatchObject({ ok: true });
  });
});
