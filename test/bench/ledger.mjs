import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { built } from './dist.mjs';
import { perSecond, spread } from './figures.mjs';
import { calm, settled } from './world.mjs';

const { append } = built('src/ledger/append');
const { verifyLedger } = built('src/ledger/verify');
const { LedgerKey } = built('src/ledger/ledger-key');

const WRITERS = 8;
const STEADY_RATE = 500;

const actorOf = ({ cast }) => ({
  organisationId: cast.unit,
  organisationKind: 'authority',
  personId: cast.officer.id,
  via: 'session',
  name: 'A. Person',
  office: 'Duty desk',
  permissions: new Set(),
});

const entryOf = (actor) => ({
  kind: 'item.added',
  actor,
  at: new Date(),
  subjects: { case: uuidv7(), item: uuidv7() },
  dims: { itemKind: 'url', platformSize: 'large', platformStatus: 'active', category: 'incitement', language: 'fr' },
  internal: { address: `https://bench-platform.example/posts/${uuidv7()}` },
  audience: [],
});

/** Writers, each one transaction after another, until the time is up. How many there were. */
async function flatOut(once, durationMs) {
  const until = performance.now() + durationMs;
  let count = 0;
  const writer = async () => {
    while (performance.now() < until) {
      await once();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return count;
}

/** So many transactions a second whether the ones before have ended or not: a slow moment is not hidden by waiting for it. */
async function steadily(once, rate, durationMs) {
  const startedAt = performance.now();
  const under = new Set();
  for (let sent = 0; ;) {
    const elapsed = performance.now() - startedAt;
    if (elapsed >= durationMs) break;
    for (; sent < (elapsed * rate) / 1000; sent += 1) {
      const one = once().finally(() => under.delete(one));
      under.add(one);
    }
    await sleep(2);
  }
  await Promise.all(under);
}

const sizeOf = async (sql) => Number((await sql.query('select count(*) as n from ledger_leaf')).rows[0].n);

/** By PostgreSQL's own commit timestamps, so that nobody's polling is measured along. Milliseconds. */
async function sequencedSince({ sql }, first) {
  await settled(sql);
  const { rows } = await sql.query(
    `select extract(epoch from pg_xact_commit_timestamp(e.xmin)) * 1000 as appended,
       extract(epoch from pg_xact_commit_timestamp(l.xmin)) * 1000 as sequenced
     from ledger_leaf l join ledger_entry e on e.id = l.entry_id where l.seq >= $1`,
    [first],
  );
  const [from, to] = [Math.min(...rows.map(appended)), Math.max(...rows.map(sequenced))];
  const waits = rows.map((row) => sequenced(row) - appended(row));
  return { entries: rows.length, rate: rows.length / ((to - from) / 1000), waits: spread(waits) };
}
const appended = (row) => Number(row.appended);
const sequenced = (row) => Number(row.sequenced);

/** The same columns and values, one row a transaction, in a table with a primary key and nothing else. */
async function plainTable({ sql, work }, actor) {
  await sql.query(`
    create table bench_plain as
      select e.*, b.salt, b.body from ledger_entry e join ledger_body b on b.entry_id = e.id and b.part = 'internal' limit 0;
    alter table bench_plain add primary key (id);
    grant insert on bench_plain to clepsydra_app`);
  const { rows } = await sql.query(
    `select e.*, b.salt, b.body from ledger_entry e join ledger_leaf l on l.entry_id = e.id
     join ledger_body b on b.entry_id = e.id and b.part = 'internal' where e.kind = 'item.added' order by l.seq desc limit 1`,
  );
  const names = Object.keys(rows[0]);
  const values = Object.values(rows[0]);
  const insert = `insert into bench_plain (${names.join()}) values (${names.map((_, i) => `$${i + 1}`).join()})`;
  const id = names.indexOf('id');
  return () => work.run(actor, (tx) => tx.query(insert, values.with(id, uuidv7())));
}

async function measureWriting(world, { flatMs, steadyMs, say }) {
  const { sql, work } = world;
  const actor = actorOf(world);
  const once = () => work.run(actor, (tx) => append(tx, entryOf(actor)));
  await settled(sql);
  await flatOut(once, 500);
  await settled(sql);
  await calm(sql);
  const first = await sizeOf(sql);
  await flatOut(once, flatMs);
  const flat = await sequencedSince(world, first);
  say(`ledger, flat out: ${perSecond(flat.rate)}, sequenced after ${flat.waits.text}`);
  await calm(sql);
  const second = await sizeOf(sql);
  await steadily(once, STEADY_RATE, steadyMs);
  const steady = await sequencedSince(world, second);
  say(`ledger, ${STEADY_RATE}/s: sequenced after ${steady.waits.text}`);
  const plain = await plainTable(world, actor);
  await flatOut(plain, 300);
  await calm(sql);
  const startedAt = performance.now();
  const plainRate = (await flatOut(plain, flatMs / 2)) / ((performance.now() - startedAt) / 1000);
  const commits = [];
  for (let i = 0; i < 200; i += 1) {
    const from = performance.now();
    await plain();
    commits.push(performance.now() - from);
  }
  return { flat, steady, plainRate, commit: spread(commits) };
}

/** What reading the entries in their order and hashing their bytes costs, and no more. */
async function readAndHash({ sql }) {
  const startedAt = performance.now();
  let count = 0;
  await sql.query('begin');
  await sql.query(`declare bench_reader no scroll cursor for
    select e.bytes from ledger_leaf l join ledger_entry e on e.id = l.entry_id order by l.seq`);
  for (;;) {
    const { rows } = await sql.query('fetch 2048 from bench_reader');
    if (rows.length === 0) break;
    for (const { bytes } of rows) createHash('sha256').update('\0').update(bytes).digest();
    count += rows.length;
  }
  await sql.query('commit');
  return count / ((performance.now() - startedAt) / 1000);
}

async function measureVerifying(world) {
  const { sql, work, config } = world;
  await settled(sql);
  await sql.query('vacuum analyze ledger_entry, ledger_body, ledger_leaf, ledger_audience, ledger_checkpoint');
  await calm(sql);
  const key = LedgerKey.open(config.secretsDirectory, config.ledgerOrigin).verifier;
  const startedAt = performance.now();
  const audit = await verifyLedger(work, key);
  const rate = audit.size / ((performance.now() - startedAt) / 1000);
  if (!audit.ok) throw new Error(`the ledger does not verify: ${JSON.stringify(audit.faults[0])}`);
  return { rate, size: audit.size, checkpoints: audit.checkpoints, plainRate: await readAndHash(world) };
}

/** Appending with one entry a transaction while the service's sequencer runs, and deriving the whole ledger again. */
export async function benchLedger(world, options) {
  const { flat, steady, plainRate, commit } = await measureWriting(world, options);
  const verified = await measureVerifying(world);
  options.say(`ledger: ${verified.size} entries verified at ${perSecond(verified.rate)}`);
  return [
    {
      what: `ledger: ${WRITERS} writers flat out, one entry a transaction`,
      figure: `${perSecond(flat.rate)} appended and sequenced`,
      baseline: `${perSecond(plainRate)} into a plain table`,
      ratio: flat.rate / plainRate,
      target: '≥ 2,000/s',
      met: flat.rate >= 2000,
      values: { rate: flat.rate, entries: flat.entries, plainRate },
    },
    {
      what: 'ledger: committed → sequenced, flat out',
      figure: flat.waits.text,
      baseline: `one plain commit, alone: ${commit.text}`,
      target: 'p99 < 50 ms',
      met: flat.waits.p99 < 50,
      values: { sequenced: flat.waits, commit },
    },
    {
      what: `ledger: committed → sequenced, steady ${STEADY_RATE}/s`,
      figure: steady.waits.text,
      baseline: '(as above)',
      target: 'p99 < 50 ms',
      met: steady.waits.p99 < 50,
      values: { sequenced: steady.waits },
    },
    {
      what: `ledger: ${verified.size.toLocaleString('en')} entries derived again`,
      figure: perSecond(verified.rate),
      baseline: `${perSecond(verified.plainRate)} read and hashed`,
      ratio: verified.rate / verified.plainRate,
      target: '≥ 50,000/s',
      met: verified.rate >= 50_000,
      values: verified,
    },
  ];
}
