// A platform's upload route that matches each file against a local copy of its lists before anything is stored: no file,
// hash or name leaves the machine. Under Express it is the same with multer's memory storage and `request.file.buffer`.
//   CLEPSYDRA_URL=https://clepsydra.example CLEPSYDRA_TOKEN=… node upload-hook.mjs
import multipart from '@fastify/multipart';
import fastify from 'fastify';
import { Clepsydra, OfflineMatcher, hashBytes } from '@clepsydra/sdk';

const { CLEPSYDRA_URL, CLEPSYDRA_TOKEN, LISTS = 'lists', PORT = '8080' } = process.env;
const clepsydra = new Clepsydra({ baseUrl: CLEPSYDRA_URL, token: CLEPSYDRA_TOKEN });
const matcher = OfflineMatcher.open({ folder: LISTS });
const sync = () => matcher.sync(clepsydra).catch((error) => console.error(`not synced: ${error.message}`));
await sync();
setInterval(() => void sync(), 60_000).unref();

const app = fastify();
await app.register(multipart, { limits: { files: 1, fileSize: 64 * 2 ** 20 } });
app.post('/uploads', async (request, reply) => {
  const file = await request.file();
  if (!file) return reply.code(400).send({ state: 'no file' });
  // Throws, so that nothing is published, as long as there has never been a whole copy of the lists.
  const hashes = await hashBytes(await file.toBuffer());
  const matches = matcher.match(hashes);
  const action = OfflineMatcher.actionOf(matches);
  if (action === 'block') return reply.code(403).send({ state: 'refused' });
  // What could not be compared by its look (a film, a PDF, an SVG, a damaged picture) waits for a person, or for the server.
  if (action === 'review' || hashes.notHashed || hashes.incomplete)
    return reply.code(202).send({ state: 'held', signals: matches.map((each) => each.signalId) });
  return reply.code(201).send({ state: 'published' });
});
console.log(await app.listen({ port: Number(PORT) }));
