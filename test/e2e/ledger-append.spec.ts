import { verifyReceipt } from '../../src/domain/receipt';
import { parseEntry } from '../../src/domain/ledger-entry';
import { Receipts } from '../../src/ledger/receipts';
import { appendAll } from '../../src/ledger/append';
import { disclose, eraseBody } from '../../src/ledger/disclose';
import { feedPage } from '../../src/ledger/feed.query';
import { verifySignature } from '../../src/ledger/ledger-key';
import type { Actor } from '../../src/infra/database/actor';
import { LedgerWorld, newEntry } from '../support/ledger-world';

const TABLES = ['entry', 'body', 'pending', 'leaf', 'tile', 'audience', 'checkpoint'].map((name) => `ledger_${name}`);

describe('appending to the ledger', () => {
  let world: LedgerWorld;
  beforeAll(async () => {
    world = await LedgerWorld.open();
  });
  afterAll(() => world.close());

  const feed = (actor: Actor) => world.work.read(actor, (tx) => feedPage(tx, actor.organisationId, -1, 100));
  const sequenceAll = async () => {
    const sequencer = world.sequencer();
    while ((await sequencer.sequence()) > 0);
  };

  it('puts bytes, columns, bodies and the pending row in one transaction, or none of them', async () => {
    const actor = world.actor();
    const { id, digest } = await world.append(actor);
    await expect(
      world.work.run(actor, async (tx) => {
        await appendAll(tx, [newEntry(actor), newEntry(actor)]);
        throw new Error('the work failed');
      }),
    ).rejects.toThrow('the work failed');
    const rows = await world.read<{ id: string; bytes: Buffer; notice_id: string; case_id: string }>(
      actor,
      'select * from ledger_entry',
    );
    expect(rows.map((row) => row.id)).toEqual([id]);
    const entry = parseEntry(rows[0]!.bytes);
    expect(entry).toMatchObject({ id, kind: 'notice.sent', org: actor.organisationId });
    // Other parties read these bytes: whose act it was stands in them as a salted digest only.
    expect(entry.person).toMatch(/^[0-9a-f]{64}$/);
    expect(rows[0]!.bytes.toString('utf8')).not.toContain(actor.personId);
    expect(entry.subjects).toEqual({ notice: rows[0]!.notice_id, case: rows[0]!.case_id });
    const pending = await world.as('worker', (client) => client.query('select leaf_hash from ledger_pending'));
    expect(pending.rows.map((row: { leaf_hash: Buffer }) => row.leaf_hash.toString('hex'))).toEqual([digest]);
    const bodies = await world.read<{ part: string; body: string }>(
      actor,
      'select part, body from ledger_body order by part desc',
    );
    expect(bodies).toEqual([
      { part: 'shared', body: '{"reason":"because"}' },
      {
        part: 'internal',
        body: `{"actor":{"name":"A. Person","office":"Duty desk","person":"${actor.personId}"},"note":"for us alone"}`,
      },
    ]);
  });

  it('gives a receipt that verifies with the key alone', async () => {
    const actor = world.actor();
    const waiting = new Receipts(world.work).wait((await world.append(actor)).id);
    await sequenceAll();
    const receipt = await waiting;
    expect(verifyReceipt(receipt!, world.key.verifier, verifySignature)).toMatchObject({ ok: true });
  });

  it('says that a receipt is not there yet when nothing sequences', async () => {
    const { id } = await world.append(world.actor());
    expect(await new Receipts(world.work).wait(id, 30)).toBeNull();
  });

  it('shows the audience the entry and the shared body, the actor the internal one too, and others nothing', async () => {
    const [actor, party, stranger] = [world.actor(), world.actor(), world.actor()];
    const { id } = await world.append(actor, { audience: [party.organisationId] });
    await sequenceAll();
    expect((await feed(actor)).entries).toMatchObject([{ id, shared: {}, internal: {} }]);
    const [seen] = (await feed(party)).entries;
    expect(seen).toMatchObject({ id, shared: { body: { reason: 'because' } } });
    expect(seen).not.toHaveProperty('internal');
    expect((await feed(stranger)).entries).toEqual([]);
    for (const table of ['entry', 'body', 'audience'].map((name) => `ledger_${name}`)) {
      expect(await world.read(stranger, `select * from ${table}`)).toEqual([]);
    }
    expect(await world.read(party, `select * from ledger_body where part = 'internal'`)).toEqual([]);
  });

  it('shows nothing and takes nothing without a scope, in the name of another, or with columns that lie', async () => {
    const [actor, other] = [world.actor(), world.actor()];
    await world.append(actor);
    for (const table of TABLES.filter((name) => name !== 'ledger_pending')) {
      expect(await world.as('app', async (client) => (await client.query(`select * from ${table}`)).rows)).toEqual([]);
    }
    await expect(world.read(actor, 'select * from ledger_pending')).rejects.toThrow('permission denied');
    const refusal = 'not of the organisation of this transaction';
    await expect(world.work.run(actor, (tx) => appendAll(tx, [newEntry(other)]))).rejects.toThrow(refusal);
    const service = newEntry(actor, { actor: 'service' });
    await expect(world.work.run(actor, (tx) => appendAll(tx, [service]))).rejects.toThrow(refusal);
    await expect(world.work.unscoped((tx) => appendAll(tx, [newEntry(actor)]))).rejects.toThrow(refusal);
    await expect(world.work.asWorker((tx) => appendAll(tx, [service]))).resolves.toHaveLength(1);
    const copy = (id: string, leaf: string) => `insert into ledger_entry
      select ${id}, kind, at, organisation_id, person_id, case_id, item_id, notice_id, exhibit_id, signal_id,
        audience, audience_salt, bytes, ${leaf} from ledger_entry`;
    await expect(world.read(actor, copy('id', 'leaf_hash'))).rejects.toThrow('permission denied');
    await world.as('owner', async (client) => {
      await expect(client.query(copy('gen_random_uuid()', 'leaf_hash'))).rejects.toThrow('ledger_entry_columns_fit');
      await expect(client.query(copy('id', `sha256('x')`))).rejects.toThrow('ledger_entry_leaf_fits');
    });
  });

  it.each(['owner', 'superuser', 'worker', 'app'] as const)('refuses %s every change and removal', async (role) => {
    const actor = world.actor();
    await world.append(actor);
    await sequenceAll();
    await world.append(actor);
    const refusal = role === 'owner' || role === 'superuser' ? 'append-only' : /append-only|permission denied/;
    await world.as(role, async (client) => {
      for (const table of TABLES) {
        const column =
          { ledger_tile: 'index', ledger_audience: 'seq', ledger_checkpoint: 'size' }[table] ?? 'leaf_hash';
        const set = table === 'ledger_body' ? `body = ''` : `${column} = ${column}`;
        await expect(client.query(`update ${table} set ${set}`)).rejects.toThrow(refusal);
        await expect(client.query(`truncate ${table}`)).rejects.toThrow(refusal);
        // A delete that meets no row would pass a row trigger: there is none here but in the tiles.
        await expect(client.query(`delete from ${table}`)).rejects.toThrow(refusal);
      }
    });
  });

  it('delivers disclosed entries at the place of the disclosure, and lets them be read from then on', async () => {
    const [actor, later] = [world.actor(), world.actor()];
    const old = await world.work.run(actor, (tx) => appendAll(tx, [newEntry(actor), newEntry(actor)]));
    await sequenceAll();
    const cursor = (await feed(later)).through;
    await expect(
      world.work.run(later, (tx) =>
        disclose(tx, { actor: later, at: new Date(), entryIds: [old[0]!.id], to: [later.organisationId] }),
      ),
    ).rejects.toMatchObject({ code: 'request.not-found' });
    const entryIds = old.map(({ id }) => id);
    const disclosure = await world.work.run(actor, (tx) =>
      disclose(tx, { actor, at: new Date(), entryIds, to: [later.organisationId] }),
    );
    await sequenceAll();
    const page = await world.work.read(later, (tx) => feedPage(tx, later.organisationId, cursor, 1));
    expect(page.entries.map(({ id }) => id)).toEqual([...entryIds, disclosure.id]);
    expect(new Set(page.entries.map(({ seq }) => seq))).toEqual(new Set([page.through]));
    expect(page.entries[0]).toMatchObject({ shared: { body: { reason: 'because' } } });
    expect(page.entries[0]).not.toHaveProperty('internal');
    expect((await world.read(later, 'select id from ledger_entry')).length).toBe(3);
  });

  it('discloses nothing that the discloser could not read, whatever the entry says', async () => {
    const [owner, thief] = [world.actor(), world.actor()];
    const { id } = await world.append(owner);
    await sequenceAll();
    await world.append(thief, { kind: 'ledger.disclosed', dims: { entries: [id] } });
    await sequenceAll();
    expect((await feed(thief)).entries.map(({ kind }) => kind)).toEqual(['ledger.disclosed']);
    expect(await world.read(thief, 'select id from ledger_entry where id = $1', [id])).toEqual([]);
  });

  it('erases a body only together with the entry that says so', async () => {
    const [actor, party] = [world.actor(), world.actor()];
    const { id } = await world.append(actor, { audience: [party.organisationId] });
    await expect(world.read(actor, `select erase_ledger_body('${id}', 'shared')`)).rejects.toThrow('append-only');
    await expect(
      world.as('owner', (client) => client.query('delete from ledger_body where entry_id = $1', [id])),
    ).rejects.toThrow('append-only');
    await expect(
      world.work.run(party, (tx) =>
        eraseBody(tx, { actor: party, at: new Date(), entryId: id, parts: ['shared'], reason: 'not ours' }),
      ),
    ).rejects.toMatchObject({ code: 'request.not-found' });
    await world.work.run(actor, (tx) =>
      eraseBody(tx, { actor, at: new Date(), entryId: id, parts: ['shared', 'internal'], reason: 'a request' }),
    );
    await expect(world.read(actor, `select erase_ledger_body('${id}', 'shared')`)).resolves.toBeDefined();
    await sequenceAll();
    const { entries } = await feed(party);
    expect(entries.map(({ kind }) => kind)).toEqual(['notice.sent', 'ledger.body-erased']);
    expect(entries[0]).not.toHaveProperty('shared');
    expect(entries[1]).toMatchObject({ subjects: { entry: id }, dims: { parts: ['internal', 'shared'] } });
  });
});
