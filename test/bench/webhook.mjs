import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { spread } from './figures.mjs';
import { freshToken } from './replay.mjs';
import { call, settled } from './world.mjs';

const SENDS_A_SECOND = 20;
const PATIENCE_MS = 30_000;

/** A platform's own system: believes nothing without a good signature, and notes when each notice was there. */
class Receiver {
  arrivals = new Map();
  repeats = 0;
  forged = 0;

  async open() {
    this.server = createServer((request, response) => void this.receive(request, response));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}/notices`;
    return this;
  }

  async receive(request, response) {
    const at = performance.now();
    const body = await text(request);
    try {
      const { data } = this.webhook.verify(body, request.headers);
      if (this.arrivals.has(data.noticeId)) this.repeats += 1;
      else this.arrivals.set(data.noticeId, at);
      this.lastBody = body;
      response.writeHead(204).end();
    } catch {
      this.forged += 1;
      response.writeHead(401).end();
    }
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Addresses that one request takes at most. */
const A_CASE = 500;
/** As many requests of the unit at once: each draft takes the next of its authority's gapless numbers. */
const DRAFTERS = 8;

/** Cases with many addresses, and a draft for each of them, all of one authority. */
async function prepare(world, count) {
  const { cast } = world;
  const waiting = [];
  for (let left = count; left > 0; left -= A_CASE) {
    const items = Array.from({ length: Math.min(left, A_CASE) }, () => ({
      url: `https://${cast.host}/posts/${freshToken()}`,
    }));
    const about = { category: 'incitement', ideology: 'unknown', language: 'fr' };
    const file = await call(world, cast.key, 'POST', '/v1/cases', { ...about, items });
    waiting.push(...file.items.map(({ id }) => ({ caseId: file.id, itemIds: [id] })));
  }
  const drafts = [];
  const startedAt = performance.now();
  const draft = async () => {
    for (let about = waiting.pop(); about; about = waiting.pop()) {
      const body = { ...about, kind: 'referral', grounds: 'Article 3 of your terms.' };
      drafts.push((await call(world, cast.key, 'POST', '/v1/notices', body)).id);
    }
  };
  await Promise.all(Array.from({ length: DRAFTERS }, draft));
  return { drafts, draftsPerMinute: (60_000 * count) / (performance.now() - startedAt) };
}

/** The same body with the same headers to the same receiver, without a service between. Milliseconds there and back. */
async function bare(receiver) {
  const body = receiver.lastBody;
  const id = freshToken();
  const at = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': receiver.webhook.sign(id, at, body),
  };
  const startedAt = performance.now();
  const answer = await fetch(receiver.url, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  if (answer.status !== 204) throw new Error(`the receiver refused a bare message with ${answer.status}`);
  return performance.now() - startedAt;
}

/** Sends at a steady rate, and between two sends one bare message. */
async function sendSteadily(world, receiver, drafts) {
  const sent = new Map();
  const answers = [];
  const bares = [];
  const sends = [];
  const startedAt = performance.now();
  for (const [i, id] of drafts.entries()) {
    await sleep(Math.max(0, startedAt + (i * 1000) / SENDS_A_SECOND - performance.now()));
    const from = performance.now();
    sent.set(id, from);
    const send = call(world, world.cast.key, 'POST', `/v1/notices/${id}/send`, { undoSeconds: 0 });
    sends.push(send.then(() => answers.push(performance.now() - from)));
    if (!receiver.lastBody) continue;
    await sleep(500 / SENDS_A_SECOND);
    bares.push(await bare(receiver));
  }
  await Promise.all(sends);
  return { sent, answers, bares };
}

async function allArrived(receiver, ids) {
  const until = performance.now() + PATIENCE_MS;
  while (!ids.every((id) => receiver.arrivals.has(id))) {
    if (performance.now() > until) {
      const missing = ids.filter((id) => !receiver.arrivals.has(id)).length;
      throw new Error(`${missing} of ${ids.length} notices did not reach the webhook`);
    }
    await sleep(20);
  }
}

/** From the moment in which a unit's system begins to send a notice to the moment in which the platform's system has it. */
export async function benchWebhook(world, { notices, say }) {
  const { cast, sql } = world;
  const receiver = await new Receiver().open();
  try {
    const { id, secret } = await call(world, cast.moderator.token, 'POST', '/v1/webhooks', { url: receiver.url });
    receiver.webhook = new Webhook(secret);
    const { drafts, draftsPerMinute } = await prepare(world, notices);
    say(`webhook: one authority drafted ${Math.round(draftsPerMinute)} notices a minute`);
    await settled(sql);
    const { sent, answers, bares } = await sendSteadily(world, receiver, drafts);
    await allArrived(receiver, drafts);
    if (receiver.forged > 0) throw new Error(`${receiver.forged} messages had no good signature`);
    const delays = spread(drafts.map((draft) => receiver.arrivals.get(draft) - sent.get(draft)));
    const [answered, direct] = [spread(answers), spread(bares)];
    say(`webhook: received after ${delays.text}; send answered after ${answered.text}`);
    await call(world, cast.moderator.token, 'POST', `/v1/webhooks/${id}/disable`);
    return [
      {
        what: `send → webhook received, ${SENDS_A_SECOND * 60} a minute of one authority for ${Math.round(notices / SENDS_A_SECOND)} s`,
        figure: delays.text,
        baseline: `bare POST and answer: ${direct.text}`,
        ratio: delays.p50 / direct.p50,
        target: 'p99 < 1 s',
        met: delays.p99 < 1000,
        values: { delays, answered, bare: direct, repeats: receiver.repeats, draftsPerMinute },
      },
    ];
  } finally {
    await receiver.close();
  }
}
