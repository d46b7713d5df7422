import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { built, pg } from './dist.mjs';

const { createApp } = built('src/app');
const { dataSourceOptions } = built('src/data-source');
const { signScope } = built('src/infra/database/scope');

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256'));
const leafOf = (content) => sha256(Buffer.from([0]), content).digest();
const hexOf = (...parts) => sha256(...parts).digest('hex');

export const freshToken = () => randomBytes(12).toString('hex');

/** What the bench submits: one address on a known platform. */
export const caseWith = (host, token) => ({
  category: 'incitement',
  ideology: 'unknown',
  language: 'fr',
  reasons: 'Calls for attacks on a place of worship, with a date.',
  items: [{ url: `https://${host}/posts/${token}` }],
});

/** Everything that one warm request of this application sends to PostgreSQL as the app role, in order. */
export async function record({ config, database, cast }) {
  const app = await createApp({
    config,
    connections: {
      app: dataSourceOptions(database.appUrl, 4),
      worker: dataSourceOptions(database.workerUrl, 2),
      scopeKey: database.scopeKey,
    },
  });
  const { query } = pg.Client.prototype;
  const statements = [];
  const submit = async (token, key) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/cases',
      headers: { authorization: `Bearer ${cast.key}`, 'idempotency-key': key },
      payload: caseWith(cast.host, token),
    });
    if (answer.statusCode !== 201) throw new Error(`POST /v1/cases answered ${answer.statusCode}: ${answer.body}`);
    return answer.json();
  };
  try {
    await submit(freshToken(), uuidv7());
    pg.Client.prototype.query = function recorded(...args) {
      if (this.user === 'clepsydra_app' && args[0]) {
        const [first, values] = args;
        statements.push(typeof first === 'string' ? { text: first, values } : first);
      }
      return Reflect.apply(query, this, args);
    };
    const token = freshToken();
    const answer = await submit(token, uuidv7());
    return {
      statements: statements.map(({ text, values }) => ({ text, values: Array.isArray(values) ? values : [] })),
      token,
      reference: answer.reference,
      identity: answer.items[0].identity,
    };
  } finally {
    pg.Client.prototype.query = query;
    await app.close();
  }
}

const leaves = (value) => (Array.isArray(value) ? value.flatMap(leaves) : [value]);
const mapped = (value, change) => (Array.isArray(value) ? value.map((each) => mapped(each, change)) : change(value));

/**
 * Makes the recorded statements again with ids, address and digests of their own: entries that verify, so that the replay
 * writes what a request would have written.
 */
export class Replays {
  constructor(recording, { cast, database }) {
    this.recording = recording;
    this.cast = cast;
    this.scopeKey = database.scopeKey;
    const values = recording.statements.flatMap(({ values }) => leaves(values));
    const buffers = values.filter((value) => value instanceof Uint8Array).map((value) => Buffer.from(value));
    this.contents = buffers.filter((buffer) => buffer[0] === 0x7b).map((buffer) => buffer.toString('utf8'));
    const salts = buffers.filter((buffer) => buffer.length === 16);
    const texts = values.filter((value) => typeof value === 'string' && value.startsWith('{"'));
    // Which text was digested with which salt is found by trying: the recording does not depend on the order of parameters.
    this.bodies = salts.flatMap((salt) =>
      texts.flatMap((text) => {
        const digest = hexOf(salt, text);
        return this.contents.some((content) => content.includes(digest)) ? [{ salt, text, digest }] : [];
      }),
    );
    const known = new Set([cast.unit, cast.platform, cast.officer.id]);
    const found =
      JSON.stringify([values.filter((value) => typeof value === 'string'), this.contents]).match(UUID) ?? [];
    this.ids = [...new Set(found)].filter((id) => !known.has(id));
    if (this.contents.length === 0 || this.bodies.length === 0) throw new Error('the recording holds no ledger entry');
  }

  /** The statements of one request that never was. */
  make() {
    const { token, reference, identity, statements } = this.recording;
    const fresh = new Map(this.ids.map((id) => [id, uuidv7()]));
    const own = freshToken();
    const ownReference = `${reference.slice(0, 5)}${freshToken().slice(0, 8).toUpperCase()}`;
    const digest = hexOf(`url\n${identity}`);
    const ownDigest = hexOf(`url\n${identity.replaceAll(token, own)}`);
    const rewrite = (text) =>
      text
        .replaceAll(UUID, (id) => fresh.get(id) ?? id)
        .replaceAll(token, own)
        .replaceAll(reference, ownReference)
        .replaceAll(digest, ownDigest);
    const digests = this.bodies.map(({ salt, text, digest: old }) => [old, hexOf(salt, rewrite(text))]);
    const leafChanges = new Map();
    const contentChanges = new Map();
    for (const content of this.contents) {
      const rewritten = Buffer.from(digests.reduce((text, [old, now]) => text.replaceAll(old, now), rewrite(content)));
      contentChanges.set(content, rewritten);
      leafChanges.set(leafOf(content).toString('hex'), leafOf(rewritten));
    }
    const change = (value) => {
      if (typeof value === 'string') return rewrite(value);
      if (!(value instanceof Uint8Array)) return value;
      if (value[0] === 0x7b) return contentChanges.get(Buffer.from(value).toString('utf8')) ?? value;
      return (value.length === 32 && leafChanges.get(Buffer.from(value).toString('hex'))) || value;
    };
    return statements.map(({ text, values }) => ({ text, values: mapped(values, change) }));
  }

  /** Runs a request's statements on a client of the app role, one after another as the service does. */
  async run(client, statements) {
    const scope = signScope(this.scopeKey, this.cast.unit, null, client.processID);
    for (const { text, values } of statements) {
      await client.query(text, text.includes(`set_config('app.scope'`) ? [scope] : values);
    }
  }
}
