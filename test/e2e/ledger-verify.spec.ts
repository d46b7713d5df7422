import type { Client } from 'pg';
import { appendAll } from '../../src/ledger/append';
import { disclose, eraseBody } from '../../src/ledger/disclose';
import { verifyLedger } from '../../src/ledger/verify';
import { LedgerWorld, newEntry } from '../support/ledger-world';

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

/** The same value with one bit, digit or letter changed. */
function altered(value: string | null, type: string): string {
  if (value === null) return '0190aaaa-0000-7000-8000-00000000ffff';
  if (type === 'bigint' || type === 'smallint') return String(Number(value) + 1);
  if (type === 'timestamp with time zone') return new Date(Date.parse(value) + 1).toISOString();
  // The last but one character of an array of ids is the last digit of the last of them.
  const at = value.length - (type === 'ARRAY' ? 2 : 1);
  const hex = type === 'text' ? 'x' : (parseInt(value[at]!, 16) ^ 1).toString(16);
  return value.slice(0, at) + (hex === value[at] ? 'y' : hex) + value.slice(at + 1);
}

describe('verifying the whole ledger', () => {
  let world: LedgerWorld;
  const verify = () => verifyLedger(world.work, world.key.verifier);
  const sequence = async () => {
    const sequencer = world.sequencer();
    while ((await sequencer.sequence()) > 0);
  };

  beforeAll(async () => {
    world = await LedgerWorld.open();
    const [actor, party, later] = [world.actor(), world.actor(), world.actor()];
    const many = (count: number) =>
      world.work.run(actor, (tx) =>
        appendAll(
          tx,
          Array.from({ length: count }, () => newEntry(actor, { audience: [party.organisationId] })),
        ),
      );
    await sequence();
    const first = await many(40);
    await sequence();
    await world.work.run(actor, (tx) =>
      eraseBody(tx, { actor, at: new Date(), entryId: first[7]!.id, parts: ['shared'], reason: 'asked' }),
    );
    const entryIds = [first[3]!.id, first[5]!.id];
    await world.work.run(party, (tx) =>
      disclose(tx, { actor: party, at: new Date(), entryIds, to: [later.organisationId] }),
    );
    await world.work.asWorker((tx) => appendAll(tx, [newEntry(actor, { actor: 'service', kind: 'service.paused' })]));
    await many(500);
    await sequence();
    await world.work.run(later, (tx) =>
      disclose(tx, { actor: later, at: new Date(), entryIds, to: [world.actor().organisationId] }),
    );
    await sequence();
    await many(3);
    await world.as('superuser', async (client) => {
      const checks = await client.query<{ table: string; name: string }>(
        `select conrelid::regclass::text as table, conname as name from pg_constraint
         where contype = 'c' and conrelid::regclass::text like 'ledger_%'`,
      );
      for (const { table, name } of checks.rows) await client.query(`alter table ${table} drop constraint ${name}`);
    });
  });
  afterAll(() => world.close());

  const tampering = (work: (client: Client) => Promise<void>) =>
    world.as('superuser', async (client) => {
      await client.query('set session_replication_role = replica');
      await work(client);
    });

  it('passes a ledger with tiles, an erasure, disclosures, an entry for nobody and entries still pending', async () => {
    expect(await verify()).toMatchObject({ ok: true, faults: [], size: 544, pending: 3, tiles: 2, erasedBodies: 1 });
  });

  it('passes an empty ledger, with and without its first checkpoint', async () => {
    const empty = await LedgerWorld.open(4);
    try {
      expect(await verifyLedger(empty.work, empty.key.verifier)).toMatchObject({ ok: true, size: 0, checkpoints: 0 });
      await empty.sequencer().sequence();
      expect(await verifyLedger(empty.work, empty.key.verifier)).toMatchObject({ ok: true, size: 0, checkpoints: 1 });
    } finally {
      await empty.close();
    }
  });

  it('finds one changed value in any column of any of its tables, by a superuser with every trigger off', async () => {
    const columns = await world.as('superuser', async (client) => {
      const found = await client.query<Column>(
        `select table_name as table, column_name as name, data_type as type from information_schema.columns
         where table_schema = 'public' and table_name like 'ledger_%' order by 1, ordinal_position`,
      );
      return found.rows;
    });
    expect(new Set(columns.map(({ table }) => table)).size).toBe(7);
    await tampering(async (client) => {
      for (const { table, name, type } of columns) {
        const cast = type === 'ARRAY' ? 'uuid[]' : type;
        const order = type === 'bigint' || type === 'smallint' ? `${name} desc` : 'random()';
        const [row] = (
          await client.query<{ ctid: string; old: string | null }>(
            `select ctid, ${name}::text as old from ${table} order by ${order} limit 1`,
          )
        ).rows;
        const write = async (value: string | null, at: string) =>
          (
            await client.query<{ ctid: string }>(
              `update ${table} set ${name} = $1::${cast} where ctid = $2 returning ctid`,
              [value, at],
            )
          ).rows[0]!.ctid;
        const moved = await write(altered(row!.old, type), row!.ctid);
        expect({ table, name, ok: (await verify()).ok }).toEqual({ table, name, ok: false });
        await write(row!.old, moved);
      }
    });
    expect((await verify()).ok).toBe(true);
  });

  it('finds one changed byte anywhere in the bytes of an entry, and names that entry', async () => {
    await tampering(async (client) => {
      const { rows } = await client.query<{ seq: string; entry_id: string; length: number }>(
        `select l.seq, l.entry_id, length(e.bytes) from ledger_leaf l join ledger_entry e on e.id = l.entry_id
         order by random() limit 6`,
      );
      const flip = (id: string, at: number) =>
        client.query(`update ledger_entry set bytes = set_byte(bytes, $2, get_byte(bytes, $2) # 4) where id = $1`, [
          id,
          at,
        ]);
      for (const { seq, entry_id: entryId, length } of rows) {
        const at = Math.floor(Math.random() * length);
        await flip(entryId, at);
        expect((await verify()).faults[0]).toMatchObject({ seq: Number(seq), entryId });
        await flip(entryId, at);
      }
    });
  });

  it('names the first of several entries that do not fit', async () => {
    await tampering(async (client) => {
      const change = `update ledger_entry set person_id = $1 where id = any (select entry_id from ledger_leaf where seq = any ($2))`;
      const old = await client.query<{ person_id: string }>(
        `select person_id from ledger_entry e join ledger_leaf l on l.entry_id = e.id where l.seq = 100`,
      );
      await client.query(change, [null, [400, 100, 333]]);
      expect((await verify()).faults[0]).toMatchObject({
        seq: 100,
        what: 'the column person_id is not what its bytes say',
      });
      await client.query(change, [old.rows[0]!.person_id, [400, 100, 333]]);
    });
    expect((await verify()).ok).toBe(true);
  });

  it('misses every row that is taken away and every row that is added', async () => {
    const last = { ledger_checkpoint: 'size', ledger_leaf: 'seq' } as Record<string, string>;
    const tables = ['entry', 'body', 'pending', 'leaf', 'tile', 'audience', 'checkpoint'].map(
      (name) => `ledger_${name}`,
    );
    const added = {
      ledger_body: `(gen_random_uuid(), 'shared', 'x', '{}')`,
      ledger_pending: `(gen_random_uuid(), 'x', '{}')`,
      ledger_leaf: `(544, gen_random_uuid(), 'x')`,
      ledger_tile: `(1, 0, 'x', 'x')`,
      ledger_audience: `(gen_random_uuid(), 10, 10)`,
      ledger_checkpoint: `(777, 'x', 'x', now())`,
    };
    await tampering(async (client) => {
      for (const table of tables) {
        const order = last[table] ?? 'random()';
        await client.query(`create table kept as
          with gone as (delete from ${table} where ctid = (select ctid from ${table} order by ${order} desc limit 1) returning *)
          select * from gone`);
        expect({ table, ok: (await verify()).ok }).toEqual({ table, ok: false });
        await client.query(`insert into ${table} select * from kept; drop table kept`);
      }
      for (const [table, values] of Object.entries(added)) {
        const inserted = await client.query<{ ctid: string }>(`insert into ${table} values ${values} returning ctid`);
        expect({ table, ok: (await verify()).ok }).toEqual({ table, ok: false });
        await client.query(`delete from ${table} where ctid = $1`, [inserted.rows[0]!.ctid]);
      }
    });
    expect((await verify()).ok).toBe(true);
  });

  it('does not believe another key', async () => {
    const other = await LedgerWorld.open(4);
    expect((await verifyLedger(world.work, other.key.verifier)).faults[0]?.what).toContain('its signature is wrong');
    await other.close();
  });
});
