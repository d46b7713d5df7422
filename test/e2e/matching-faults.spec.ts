import { startMatching, batch, formOf } from '../support/matching';
import { type Problem } from '../support/signals';
import type { Person, World } from '../support/app';
import * as images from '../support/images';
import { randomHash } from '../support/hashes';

describe('a question that is not as it has to be', () => {
  let world: World;
  let moderator: Person;

  beforeAll(async () => {
    ({ world, moderator } = await startMatching());
  });
  afterAll(() => world.close());

  it('says where a batch is wrong, the first hundred times, and asks nothing then', async () => {
    const good = randomHash();
    const faults = async (body: unknown): Promise<string[]> => {
      const answer = await batch<Problem>(moderator, body);
      expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
      return answer.body.errors!.map(({ pointer }) => pointer);
    };
    expect(await faults({ type: 'pdq', values: [] })).toEqual(['/values']);
    expect(await faults({ queries: [] })).toEqual(['/queries']);
    expect(await faults({})).toEqual(['/queries']);
    expect(await faults([])).toEqual(['']);
    expect(await faults({ type: 'pdq', values: Array.from({ length: 10_001 }, () => good) })).toEqual(['/values']);
    expect(await faults({ type: 'phash', values: [good] })).toEqual(['/type']);
    expect(await faults({ type: 'pdq', radius: 65, values: [good] })).toEqual(['/radius']);
    expect(await faults({ type: 'sha256', radius: 1, values: [good] })).toEqual(['/radius']);
    expect(await faults({ type: 'pdq', values: [good], more: 1 })).toEqual(['/more']);
    const bad = [
      good,
      good.slice(1),
      good.toUpperCase().replace(/\d/g, 'A'),
      `${good.slice(1)}g`,
      `${good.slice(2)}\u00e9\u00e9`,
      5,
      null,
    ];
    expect((await faults({ type: 'pdq', values: bad })).toSorted()).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `/values/${n}`),
    );
    expect(await faults({ queries: [{ type: 'md5', value: good }, 7, { type: 'pdq', value: good, radius: 'x' }, { value: good }, { type: 'pdq', value: good, 'a/b': 1 }] })).toEqual([
      '/queries/0/value', '/queries/1', '/queries/2/radius', '/queries/3/type', '/queries/4/a~1b',
    ]); // prettier-ignore
    expect(await faults({ type: 'sha256', values: Array.from({ length: 5000 }, () => 'no') })).toHaveLength(100);
  });

  it('refuses a body of millions of lines before it has read it', async () => {
    const line = Buffer.from(`"${randomHash()}",`);
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/signals/match/batch',
      headers: { authorization: `Bearer ${moderator.token}`, 'content-type': 'application/json' },
      payload: Buffer.concat([Buffer.from('{"type":"pdq","values":['), ...Array.from({ length: 150_000 }, () => line)]),
    });
    expect([answer.statusCode, answer.json<Problem>().code]).toEqual([413, 'request.too-large']);
  });

  it('is told of every fault at once, in words', async () => {
    const faults = async (query: string): Promise<unknown> => {
      const { status, body } = await moderator.get<Problem>(`/v1/signals/match?${query}`);
      expect([status, body.code]).toEqual([400, 'request.invalid']);
      return Object.fromEntries(body.errors!.map(({ pointer, detail }) => [pointer, detail]));
    };
    const value = randomHash();
    const digits = 'pdq is 64 lower-case hexadecimal digits';
    expect(await faults(`type=pdq&value=${value.slice(1)}&radius=65`)).toEqual({
      '/value': digits,
      '/radius': 'radius must not be greater than 64',
    });
    expect(await faults(`type=pdq&value=${value.slice(1)}G&radius=x`)).toEqual({
      '/value': digits,
      '/radius': 'radius must be an integer number',
    });
    expect(await faults(`type=md5&value=${value}&radius=1`)).toEqual({
      '/value': 'md5 is 32 lower-case hexadecimal digits',
      '/radius': 'md5 is equal or not: the radius is 0',
    });
    expect(await faults(`type=pdq&value=${value}&value=${value}`)).toEqual({ '/value': 'value must be a string' });
    expect(Object.keys((await faults(`type=phash&value=${value}&more=1`)) as object).toSorted()).toEqual([
      '/more',
      '/type',
    ]);
  });

  describe('by a file', () => {
    const picture = images.sceneJpeg(54);

    async function faults(form: FormData, query = ''): Promise<unknown> {
      const { status, body } = await moderator.form<Problem>(`/v1/signals/match${query}`, form);
      expect([status, body.code]).toEqual([400, 'request.invalid']);
      return body.errors!.map(({ pointer, detail }) => `${pointer} ${detail}`);
    }

    it('is refused with what it does not know, and not answered as if that had not been said', async () => {
      const form = formOf(await picture);
      const variants = '/variants must be of dihedral, letterbox, separated by commas';
      expect(await faults(form, '?variants=upside-down')).toEqual([variants]);
      expect(await faults(form, '?variants=dihedral,upside-down')).toEqual([variants]);
      expect(await faults(form, '?variants=dihedral,')).toEqual([variants]);
      expect(await faults(form, '?variants=dihedral&variants=letterbox')).toEqual([
        '/variants variants must be a string',
      ]);
      expect(await faults(form, '?radius=5')).toEqual(['/radius property radius should not exist']);
      expect(await faults(formOf(await picture, 'picture'))).toEqual(['/picture is not known here']);
      form.set('note', 'a word');
      expect(await faults(form)).toEqual(['/note is not known here']);
      const field = new FormData();
      field.set('file', 'a word');
      expect(await faults(field)).toEqual(['/file must be a file, with a file name']);
    });

    it('is refused with a second file however large, and the sender hears why', async () => {
      const form = formOf(await picture);
      form.append('file', new Blob([new Uint8Array(8 * 2 ** 20)]), 'second.bin');
      const address = await world.listen();
      const headers = { authorization: `Bearer ${moderator.token}` };
      const answer = await fetch(`${address}/v1/signals/match`, { method: 'POST', headers, body: form });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/file', detail: 'must be one file alone' }] });
    });
  });
});
