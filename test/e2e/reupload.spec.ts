import type { SubmissionView, CaseView } from '../../src/cases/cases.dto';
import type { ContributedView } from '../../src/cases/exhibit-signals.dto';
import type { ExhibitView } from '../../src/evidence/exhibit.dto';
import type { FileMatchAnswer } from '../../src/signals/matching/match.dto';
import { startWorld, type Person, type World } from '../support/app';
import * as images from '../support/images';
import { pdfFile, SHAPES } from '../support/pdfs';
import { eventually, freshUrl, notice, removed } from '../support/referral';
import { hasFfmpeg, VideoStudio } from '../support/videos';

const LABELS = { category: 'incitement', ideology: 'other' };

function caseForm(url: string, file: Uint8Array, name: string, type: string): FormData {
  const form = new FormData();
  form.append('case', JSON.stringify({ category: 'incitement', ideology: 'other', items: [{ url }] }));
  form.append('file', new Blob([file as Uint8Array<ArrayBuffer>], { type }), name);
  return form;
}

function fileForm(file: Uint8Array, name: string): FormData {
  const form = new FormData();
  form.append('file', new Blob([file as Uint8Array<ArrayBuffer>]), name);
  return form;
}

describe('content that comes back', () => {
  let world: World;
  let analyst: Person;
  let moderator: Person;
  let other: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, moderator } = await world.cast());
    other = await world.person(await world.organisation('authority', 'unit-b', { competences: ['refer'] }), [
      'analyst',
    ]);
  });
  afterAll(() => world.close());

  const submit = async (person: Person, file: Uint8Array, name: string, type: string): Promise<SubmissionView> => {
    const answer = await person.form<SubmissionView>('/v1/cases', caseForm(freshUrl(), file, name, type));
    expect(answer.status).toBe(201);
    return answer.body;
  };
  const hashed = (person: Person, exhibitId: string): Promise<ExhibitView> =>
    eventually(
      async () => (await person.get<ExhibitView>(`/v1/exhibits/${exhibitId}`)).body,
      ({ media }) => media?.state !== 'pending',
    );

  it('is caught wherever it is uploaded next: removed, preserved, contributed, matched, linked', async () => {
    const photo = await images.sceneJpeg(71);
    const first = await submit(analyst, photo, 'photo.jpg', 'image/jpeg');
    const draft = await analyst.post<{ id: string }>('/v1/notices', { caseId: first.id, kind: 'referral' });
    await analyst.post(`/v1/notices/${draft.body.id}/send`);
    await eventually(
      () => notice(analyst, draft.body.id),
      ({ state }) => state !== 'sent',
    );
    const item = first.items[0]!;
    const answer = await moderator.post(`/v1/notices/${draft.body.id}/answer`, {
      answers: [removed(item.id, world.clock.now())],
    });
    expect(answer.status).toBe(200);

    const none = { labels: LABELS, types: ['vpdq'] };
    expect(
      (await analyst.post<ContributedView>(`/v1/exhibits/${first.exhibits[0]!.id}/signals`, none)).body,
    ).toMatchObject({
      signals: [],
      missing: [{ type: 'vpdq', reason: 'it is no video but image/jpeg' }],
    });
    const given = await analyst.post<ContributedView>(`/v1/exhibits/${first.exhibits[0]!.id}/signals`, {
      labels: LABELS,
    });
    expect(given.status).toBe(200);
    expect(given.body.signals.map(({ type, outcome }) => [type, outcome])).toEqual([
      ['sha256', 'contributed'],
      ['sha512', 'contributed'],
      ['md5', 'contributed'],
      ['pdq', 'contributed'],
      ['blockhash', 'contributed'],
    ]);

    // A platform asks about an upload: the very same bytes it may block, a smaller copy waits for a person.
    const same = await moderator.form<FileMatchAnswer>('/v1/signals/match', fileForm(photo, 'up.jpg'));
    expect(same.body.matches.find(({ type }) => type === 'sha256')).toMatchObject({ action: 'block', reviewed: true });
    const copy = await images.resized(photo, 0.6);
    const near = await moderator.form<FileMatchAnswer>('/v1/signals/match', fileForm(copy, 'copy.jpg'));
    expect(near.body.matches.find(({ type }) => type === 'pdq')).toMatchObject({ action: 'review' });

    // The unit meets it again elsewhere: a new item, linked to the one it had removed.
    const again = await submit(analyst, copy, 'copy.jpg', 'image/jpeg');
    const view = (await analyst.get<CaseView>(`/v1/cases/${again.id}`)).body;
    expect(view.items[0]!.id).not.toBe(item.id);
    expect(view.items[0]!.reuploadOf[0]).toMatchObject({ earlierItemId: item.id });
    // Another unit learns that it is known, and not from which of their items.
    const elsewhere = await submit(other, copy, 'copy.jpg', 'image/jpeg');
    const theirs = (await other.get<CaseView>(`/v1/cases/${elsewhere.id}`)).body;
    expect(theirs.items[0]!.reuploadOf[0]).toMatchObject({ earlierItemId: null });
    expect(theirs.items[0]!.reuploadOf[0]!.signalId).toBe(view.items[0]!.reuploadOf[0]!.signalId);
  });

  it('ends what was contributed on the basis of a notice when that notice falls, and nothing else', async () => {
    const first = await submit(analyst, await images.sceneJpeg(73), 'a.jpg', 'image/jpeg');
    const draft = await analyst.post<{ id: string }>('/v1/notices', { caseId: first.id, kind: 'referral' });
    const exhibitId = first.exhibits[0]!.id;
    const contribute = (noticeId: string): ReturnType<Person['post']> =>
      analyst.post(`/v1/exhibits/${exhibitId}/signals`, { labels: LABELS, types: ['sha256'], noticeId });
    const strange = await contribute(exhibitId);
    expect(strange).toMatchObject({ status: 400, body: { errors: [{ pointer: '/noticeId' }] } });
    const given = (await contribute(draft.body.id)) as unknown as { body: ContributedView };
    const { signalId } = given.body.signals[0]!;
    const supervisor = await world.person(analyst.organisation, ['supervisor']);
    const ended = await supervisor.post(`/v1/signals/retract`, {
      noticeId: draft.body.id,
      ground: 'order_annulled',
      note: 'The notice was quashed',
    });
    expect(ended).toMatchObject({ status: 200, body: { contributions: 1, tombstones: [signalId] } });
    expect((await analyst.get(`/v1/signals/${signalId}`)).body).toMatchObject({ state: 'withdrawn' });
  });

  it('answers 404 to whoever would contribute from an exhibit of others', async () => {
    const { exhibits } = await submit(analyst, await images.sceneJpeg(72), 'a.jpg', 'image/jpeg');
    const answer = await other.post(`/v1/exhibits/${exhibits[0]!.id}/signals`, { labels: LABELS });
    expect(answer.status).toBe(404);
  });

  it('knows a document by its text, saved again with another look', async () => {
    const text =
      'An abstract text about tides, sluices and the keeping of time by water.\nIt is long enough to be known.';
    const { exhibits } = await submit(analyst, pdfFile({ text }), 'text.pdf', 'application/pdf');
    expect(exhibits[0]).toMatchObject({
      matchable: 'exact only: being hashed',
      media: { kind: 'pdf', state: 'pending' },
    });
    const exhibit = await hashed(analyst, exhibits[0]!.id);
    expect(exhibit.media).toMatchObject({ state: 'hashed', fault: null, pageCount: 1 });
    const given = await analyst.post<ContributedView>(`/v1/exhibits/${exhibit.id}/signals`, {
      labels: LABELS,
      types: ['text_sha256'],
    });
    expect(given.body.signals).toMatchObject([{ type: 'text_sha256', outcome: 'contributed' }]);
    const found = await moderator.form<FileMatchAnswer>(
      '/v1/signals/match',
      fileForm(pdfFile({ text, padding: 3, drawing: SHAPES }), 'again.pdf'),
    );
    expect(found.body.matches).toMatchObject([{ type: 'text_sha256', distance: 0 }]);
  });

  (hasFfmpeg ? it : it.skip)(
    'catches a video that was cut, scaled and encoded again',
    async () => {
      const studio = new VideoStudio();
      try {
        await studio.slides('film.mp4', 500, 5);
        const original = await studio.read('film.mp4');
        const { exhibits } = await submit(analyst, original, 'film.mp4', 'video/mp4');
        const exhibit = await hashed(analyst, exhibits[0]!.id);
        expect(exhibit).toMatchObject({ matchable: 'perceptual', media: { state: 'hashed', fault: null } });
        const given = await analyst.post<ContributedView>(`/v1/exhibits/${exhibit.id}/signals`, {
          labels: LABELS,
          types: ['vpdq'],
        });
        expect(given.body.signals).toMatchObject([{ type: 'vpdq', outcome: 'contributed' }]);
        await studio.make('clip.webm', [
          '-ss',
          '3',
          '-i',
          studio.path('film.mp4'),
          '-vf',
          'scale=320:-2',
          '-b:v',
          '400k',
        ]);
        const clip = await studio.read('clip.webm');
        const found = await moderator.form<FileMatchAnswer>('/v1/signals/match', fileForm(clip, 'clip.webm'));
        const match = found.body.matches.find(({ type }) => type === 'vpdq');
        expect(match).toMatchObject({ signalId: given.body.signals[0]!.signalId, action: 'review' });
        expect(match!.vpdq!.queryPercent).toBeGreaterThanOrEqual(80);
        const again = await submit(analyst, clip, 'clip.webm', 'video/webm');
        await hashed(analyst, again.exhibits[0]!.id);
        const view = (await analyst.get<CaseView>(`/v1/cases/${again.id}`)).body;
        expect(view.items[0]!.reuploadOf).toMatchObject([{ signalId: match!.signalId }]);
      } finally {
        await studio.close();
      }
    },
    120_000,
  );
});
