import { createHash, createPublicKey, verify } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { parseVerifierKey, type VerifySignature } from '../../src/domain/checkpoint';
import { parseEntry } from '../../src/domain/ledger-entry';
import { verifyReceipt, type Receipt } from '../../src/domain/receipt';
import { VaultRecovery } from '../../src/evidence/recovery.service';
import { startWorld, type Answer, type Person, type World } from '../support/app';
import { eventually } from '../support/referral';
import { greyscaled, pngBomb, sceneJpeg, svgFile, truncatedJpeg } from '../support/images';

interface ExhibitView {
  readonly id: string;
  readonly itemId: string | null;
  readonly exhibitNo: string;
  readonly fileName: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly sha512: string;
  readonly md5: string;
  readonly image: { width: number; height: number; pdq: { hash: string; quality: number }; blockhash: string } | null;
  readonly notHashed: { code: string } | null;
  readonly matchable: string;
  readonly matches: readonly { signalId: string; type: string; distance: number }[];
}

interface Submitted {
  readonly id: string;
  readonly code?: string;
  readonly items: readonly { id: string; state: string }[];
  readonly exhibits: readonly ExhibitView[];
  readonly refused: readonly { index?: number; fileName?: string; code: string; title: string }[];
}

interface Custody {
  readonly entries: readonly {
    readonly seq: number;
    readonly kind: string;
    readonly bytes: string;
    readonly actorOrganisation: string;
    readonly internal: { body: { justification?: string; fileName?: string; actor: { name: string } }; salt: string };
    readonly receipt: Receipt;
  }[];
}

interface Sent {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type?: string;
  readonly field?: string;
}

/** A raw Ed25519 key as SubjectPublicKeyInfo (RFC 8410). */
const verifyEd25519: VerifySignature = ({ publicKey, message, signature }) => {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
  return verify(null, message, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
};

const digest = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');

describe('evidence', () => {
  let world: World;
  let cast: Awaited<ReturnType<World['cast']>>;
  beforeAll(async () => {
    world = await startWorld();
    cast = await world.cast();
  });
  afterAll(() => world.close());

  let count = 0;
  const form = (document: object, files: readonly Sent[]): FormData => {
    const data = new FormData();
    data.set('case', JSON.stringify({ category: 'incitement', ideology: 'unknown', ...document }));
    for (const { field = 'file', name, bytes, type = 'application/octet-stream' } of files) {
      data.append(field, new Blob([Uint8Array.from(bytes)], { type }), name);
    }
    return data;
  };
  const submit = (
    files: readonly Sent[],
    urls = 1,
    headers = {},
    by: Person = cast.analyst,
  ): Promise<Answer<Submitted>> => {
    const items = Array.from({ length: urls }, () => ({ url: `https://harbour.example/media/${++count}` }));
    return by.form<Submitted>('/v1/cases', form({ items }, files), headers);
  };
  const blobs = (): string[] =>
    ['objects', 'tmp', 'quarantine'].flatMap((part) =>
      readdirSync(join(world.config.dataDirectory, 'blobs', part), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
  const objects = async (): Promise<string[]> =>
    (await world.sql.query<{ state: string }>('select state from stored_object order by 1')).rows.map(
      ({ state }) => state,
    );
  const view = (id: string, by: Person = cast.analyst, justification = 'to assess it') =>
    world.app.inject({
      method: 'POST',
      url: `/v1/exhibits/${id}/view`,
      headers: { authorization: `Bearer ${by.token}` },
      payload: { justification },
    });

  it('keeps a good picture with all its digests and hashes, and gives back the same bytes', async () => {
    const picture = await sceneJpeg(1);
    const { status, body } = await submit([{ name: "é '1'.jpg", bytes: picture, type: 'image/jpeg' }]);
    expect([status, body.refused]).toEqual([201, []]);
    const exhibit = body.exhibits[0]!;
    expect(exhibit).toMatchObject({
      itemId: body.items[0]!.id,
      fileName: "é '1'.jpg",
      type: 'image/jpeg',
      size: picture.length,
      sha256: digest('sha256', picture),
      sha512: digest('sha512', picture),
      md5: digest('md5', picture),
      image: { width: 640, height: 427 },
      notHashed: null,
      matchable: 'perceptual',
    });
    expect(exhibit.image!.pdq.quality).toBeGreaterThan(49);
    const seen = await view(exhibit.id);
    expect(seen.rawPayload.equals(picture)).toBe(true);
    expect(seen.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(picture.length),
      'x-content-type-options': 'nosniff',
    });
    expect(seen.headers['content-security-policy']).toContain('sandbox');
    expect(seen.headers['content-disposition']).toContain('attachment; filename=');
    expect(seen.headers['content-disposition']).toContain("filename*=UTF-8''%C3%A9%20%271%27.jpg");
    expect(blobs().some((path) => readFileSync(path).includes(picture.subarray(0, 64)))).toBe(false);
  });

  it('refuses bombs, SVG, cut-off and mislabelled files by name and reason, and keeps the rest of the case', async () => {
    const before = { objects: (await objects()).length, blobs: blobs().length };
    const { status, body } = await submit([
      { name: 'bomb.png', bytes: await pngBomb(), type: 'image/png' },
      { name: 'drawing.svg', bytes: svgFile(), type: 'image/svg+xml' },
      { name: 'half.jpg', bytes: await truncatedJpeg(2), type: 'image/jpeg' },
      { name: 'picture.png', bytes: await sceneJpeg(3), type: 'image/png' },
      { name: 'nothing.bin', bytes: new Uint8Array() },
      { name: 'lost.bin', bytes: Buffer.from('for no line'), field: 'file[7]' },
      { name: 'good.jpg', bytes: await sceneJpeg(4), type: 'image/jpeg' },
      // Only the end mark is missing, and no pixel: every browser shows it whole.
      { name: 'unended.jpg', bytes: (await sceneJpeg(5)).subarray(0, -2), type: 'image/jpeg' },
    ]);
    expect(status).toBe(201);
    expect(body.exhibits.map(({ fileName, image }) => [fileName, image?.pdq.hash])).toEqual([
      ['good.jpg', expect.stringMatching(/^[0-9a-f]{64}$/)],
      ['unended.jpg', expect.stringMatching(/^[0-9a-f]{64}$/)],
    ]);
    expect(body.refused.map(({ fileName, code }) => [fileName, code])).toEqual([
      ['bomb.png', 'image.too-large'],
      ['drawing.svg', 'file.svg'],
      ['half.jpg', 'image.truncated'],
      ['picture.png', 'file.mislabelled'],
      ['nothing.bin', 'file.empty'],
      ['lost.bin', 'file.item-unknown'],
    ]);
    expect((await objects()).length).toBe(before.objects + 2);
    expect(blobs().length).toBe(before.blobs + 2);
    const rejected = await world.sql.query(`select 1 from ledger_entry where case_id = $1 and kind = 'exhibit.rejected'`, [body.id]); // prettier-ignore
    expect(rejected.rowCount).toBe(6);
  });

  it('keeps no case of which every file was refused', async () => {
    const before = { objects: (await objects()).length, blobs: blobs().length };
    const answer = await submit([{ name: 'drawing.svg', bytes: svgFile() }], 0);
    expect([answer.status, answer.body.code]).toEqual([400, 'case.empty']);
    expect(answer.body.refused).toMatchObject([{ fileName: 'drawing.svg', code: 'file.svg' }]);
    expect({ objects: (await objects()).length, blobs: blobs().length }).toEqual(before);
  });

  it('assigns files to the lines that they name, numbers them, and joins an open item with its file', async () => {
    const url = 'https://harbour.example/media/assigned';
    const files = [
      { field: 'file[1]', name: 'b', bytes: Buffer.from('second') },
      { field: 'file[0]', name: 'a', bytes: Buffer.from('first') },
      { name: 'c', bytes: Buffer.from('of the case') },
    ];
    const items = [{ url }, { url: `${url}-2` }];
    const { body } = await cast.analyst.form<Submitted>('/v1/cases', form({ items }, files));
    expect(body.exhibits.map(({ itemId }) => itemId)).toEqual([body.items[1]!.id, body.items[0]!.id, null]);
    expect(body.exhibits.map(({ exhibitNo }) => exhibitNo.split('/')[1])).toEqual(['E1', 'E2', 'E3']);
    const later = new FormData();
    later.set('case', new Blob([JSON.stringify({ items: [{ url }] })], { type: 'application/json' }));
    later.append('file', new Blob([Buffer.from('first')]), 'a');
    const added = await cast.analyst.form<Submitted>(`/v1/cases/${body.id}/items`, later);
    expect(added.body.exhibits).toMatchObject([{ itemId: body.items[0]!.id, sha256: body.exhibits[1]!.sha256 }]);
    expect(added.body.exhibits[0]!.exhibitNo).toMatch(/\/E4$/);
    expect(added.body.exhibits[0]!.id).not.toBe(body.exhibits[1]!.id);
  });

  it('wants the document before the files', async () => {
    const data = new FormData();
    data.append('file', new Blob([Buffer.from('x')]), 'x');
    data.set('case', '{}');
    const answer = await cast.analyst.form<Submitted>('/v1/cases', data);
    expect([answer.status, answer.body.code]).toEqual([400, 'case.document-first']);
    const malformed = new FormData();
    malformed.set('case', '{');
    expect((await cast.analyst.form<Submitted>('/v1/cases', malformed)).body.code).toBe('request.malformed-json');
    const invalid = new FormData();
    invalid.set('case', '{"category":"nonsense"}');
    expect((await cast.analyst.form<Submitted>('/v1/cases', invalid)).body.code).toBe('request.invalid');
  });

  it('says of a picture without structure that only its exact digests are compared', async () => {
    const { body } = await submit([
      { name: 'flat.png', bytes: await uniformPng(), type: 'image/png' },
      { name: 'text.txt', bytes: Buffer.from('words'), type: 'text/plain' },
    ]);
    expect(body.exhibits.map(({ matchable }) => matchable)).toEqual([
      'exact only: quality ≤ 49',
      'exact only: not an image',
    ]);
  });

  it('matches a picture that comes back changed with the signal it was contributed as', async () => {
    const original = await sceneJpeg(6);
    const first = await submit([{ name: 'original.jpg', bytes: original }]);
    expect(first.body.exhibits[0]!.matches).toEqual([]);
    const signal = await cast.analyst.post<{ id: string }>('/v1/signals', {
      type: 'pdq',
      value: first.body.exhibits[0]!.image!.pdq.hash,
      labels: {},
    });
    expect(signal.status).toBe(201);
    const again = await submit([{ name: 'again.jpg', bytes: await greyscaled(original) }]);
    const match = again.body.exhibits[0]!.matches.find(({ signalId }) => signalId === signal.body.id);
    expect(match).toMatchObject({ type: 'pdq' });
    expect(match!.distance).toBeLessThanOrEqual(31);
    const found = await world.sql.query(`select 1 from ledger_entry where kind = 'match.found' and exhibit_id = $1`, [again.body.exhibits[0]!.id]); // prettier-ignore
    expect(found.rowCount).toBeGreaterThan(0);
  });

  it('reads custody from the ledger: collected, hashed, sealed, viewed, each with a receipt that verifies', async () => {
    const bytes = Buffer.from('a document');
    const { body } = await submit([{ name: 'document.txt', bytes, type: 'text/plain' }]);
    const id = body.exhibits[0]!.id;
    expect((await cast.analyst.post(`/v1/exhibits/${id}/view`, {})).status).toBe(400);
    expect((await view(id, cast.analyst, 'compare with the post')).statusCode).toBe(200);
    const custody = await eventually(
      () => cast.analyst.get<Custody>(`/v1/exhibits/${id}/custody`),
      (read) => read.body.entries.every(({ seq }) => seq !== null),
    );
    const { entries } = custody.body;
    expect(entries.map(({ kind }) => kind)).toEqual([
      'exhibit.collected',
      'exhibit.hashed',
      'exhibit.sealed',
      'exhibit.viewed',
    ]);
    expect(entries[3]!.internal.body).toMatchObject({
      justification: 'compare with the post',
      actor: { name: 'A. Person' },
    });
    const sealed = parseEntry(Buffer.from(entries[2]!.bytes, 'base64'));
    expect(sealed.dims).toMatchObject({ sha256: digest('sha256', bytes), sha512: digest('sha512', bytes) });
    expect(sealed.subjects.exhibit).toBe(id);
    const key = await cast.analyst.get<{ key: string }>('/v1/ledger/key');
    for (const { receipt } of entries) {
      expect(verifyReceipt(receipt, parseVerifierKey(key.body.key), verifyEd25519)).toMatchObject({ ok: true });
    }
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq).sort((a, b) => a - b));
  });

  it('records every look, also a repeat with the same idempotency key', async () => {
    const { body } = await submit([{ name: 'x', bytes: Buffer.from('looked at twice') }]);
    const id = body.exhibits[0]!.id;
    const look = () =>
      cast.analyst.post(`/v1/exhibits/${id}/view`, { justification: 'again' }, { 'idempotency-key': 'look' });
    expect([(await look()).status, (await look()).status]).toEqual([200, 200]);
    const views = await world.sql.query(`select 1 from ledger_entry where kind = 'exhibit.viewed' and exhibit_id = $1`, [id]); // prettier-ignore
    expect(views.rowCount).toBe(2);
  });

  it('gives nothing to another organisation: no exhibit, no custody, no bytes', async () => {
    const { body } = await submit([{ name: 'x', bytes: Buffer.from('ours') }]);
    const id = body.exhibits[0]!.id;
    const other = await world.organisation('authority', 'unit-c', { competences: ['refer'] });
    const stranger = await world.person(other, ['analyst']);
    expect((await stranger.get(`/v1/exhibits/${id}`)).status).toBe(404);
    expect((await stranger.get(`/v1/exhibits/${id}/custody`)).status).toBe(404);
    expect((await view(id, stranger)).statusCode).toBe(404);
    expect((await view(id, cast.moderator)).statusCode).toBe(404);
  });

  it('gives no byte of an object that was changed, cut or taken away, and records that', async () => {
    const bytes = Buffer.alloc(200_000, 'evidence ');
    const { body } = await submit([{ name: 'x', bytes }]);
    const id = body.exhibits[0]!.id;
    const { rows } = await world.sql.query<{ object_id: string }>('select object_id from exhibit where id = $1', [id]);
    const path = blobs().find((each) => each.endsWith(rows[0]!.object_id))!;
    const whole = readFileSync(path);
    // In the middle: the first and the last chunk are whole.
    const changed = Buffer.from(whole);
    changed[100_000]! ^= 1;
    for (const damaged of [changed, whole.subarray(0, -1), whole.subarray(0, 0)]) {
      writeFileSync(path, damaged);
      const answer = await view(id);
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([500, 'storage.damaged']);
    }
    writeFileSync(path, whole);
    expect((await view(id)).rawPayload.equals(bytes)).toBe(true);
    const failed = await world.sql.query(`select 1 from ledger_entry where kind = 'exhibit.failed-verification'`);
    expect(failed.rowCount).toBe(3);
  });

  it('keeps no second copy when a submission is repeated with its key, and refuses the key for other files', async () => {
    const headers = { 'idempotency-key': 'files-once' };
    const items = [{ url: 'https://harbour.example/media/once' }];
    const send = (bytes: string) =>
      cast.analyst.form<Submitted>('/v1/cases', form({ items }, [{ name: 'x', bytes: Buffer.from(bytes) }]), headers);
    const first = await send('the file');
    const before = { objects: await objects(), blobs: blobs().length };
    const repeat = await send('the file');
    expect([repeat.status, repeat.body.id]).toEqual([201, first.body.id]);
    expect((await send('another')).body.code).toBe('idempotency.key-reused');
    expect({ objects: await objects(), blobs: blobs().length }).toEqual(before);
  });

  it('never leads a sealed object back to a state in which it could be removed', async () => {
    const { body } = await submit([{ name: 'x', bytes: Buffer.from('stays') }]);
    const object = `(select object_id from exhibit where id = '${body.exhibits[0]!.id}')`;
    await expect(world.sql.query(`update stored_object set state = 'discarded' where id = ${object}`)).rejects.toThrow(/stays sealed/); // prettier-ignore
  });

  it('clears uploads that fell silent, and puts aside an object that no row knows', async () => {
    const recovery = world.app.get(VaultRecovery, { strict: false });
    const operator = await world.organisation('operator', 'the-operator');
    const { body } = await submit([{ name: 'x', bytes: Buffer.from('acknowledged') }]);
    const id = body.exhibits[0]!.id;
    const { rows } = await world.sql.query<{ object_id: string }>('select object_id from exhibit where id = $1', [id]);
    const path = blobs().find((each) => each.endsWith(rows[0]!.object_id))!;
    const orphan = '019b0000-0000-7000-8000-0000000000aa';
    writeFileSync(join(path, '..', '..', 'aa', orphan), 'no row knows this');
    const silent = '019b0000-0000-7000-8000-0000000000bb';
    writeFileSync(join(path, '..', '..', 'bb', silent), 'half an upload');
    await world.sql.query(
      `insert into stored_object (id, organisation_id, case_id, touched_at) values ($1, $2, $1, now() - interval '1 hour')`,
      [silent, cast.unit.id],
    );
    expect(await recovery.recover()).toEqual({ discarded: 1, quarantined: 1 });
    expect(await recovery.recover()).toEqual({ discarded: 0, quarantined: 0 });
    expect(blobs().filter((each) => each.includes(orphan))).toEqual([expect.stringContaining('quarantine')]);
    expect(blobs().filter((each) => each.includes(silent))).toEqual([]);
    expect((await view(id)).body).toBe('acknowledged');
    const noted = await world.sql.query<{ audience: string[] }>(`select audience from ledger_entry where kind = 'vault.quarantined'`); // prettier-ignore
    expect(noted.rows).toEqual([{ audience: [operator.id] }]);
  });
});

/** One colour: nothing for a perceptual hash to hold on to. */
function uniformPng(): Promise<Buffer> {
  return sharp({ create: { width: 300, height: 200, channels: 3, background: '#336699' } })
    .png()
    .toBuffer();
}
