import { PEOPLE, type PersonKey } from './cast';
import { HashSharing } from './hash-sharing';
import type { Logins } from './logins';
import { recompressed, sceneJpeg } from './scenes';
import { playOrder } from './order';
import type { Stage, Voice } from './stage';
import { Workday } from './workday';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Before the end of the story. Everybody signs in once: a session lasts twelve hours. */
const SHIFT_BEGINS_MS = 10 * HOUR_MS;
/** How long ago the last case was opened when the start is done. It was received a minute and a half later: 42 minutes are left. */
const STILL_RUNNING_MS = 19.5 * MINUTE_MS;

const ON_SHIFT = [
  'vigieAnalyst',
  'vigieSupervisor',
  'lanternAnalyst',
  'lanternSupervisor',
  'harbourAdmin',
  'harbourModerator',
  'meadowModerator',
  'kilnFirst',
  'kilnSecond',
  'curator',
] as const satisfies readonly PersonKey[];
type Shift = Readonly<Record<(typeof ON_SHIFT)[number], Voice>>;

interface Pictures {
  readonly poster: Buffer;
  /** The poster on its way to another site: smaller file, other bytes. */
  readonly copy: Buffer;
  readonly banner: Buffer;
}

const paint = async (): Promise<Pictures> => {
  const [poster, banner] = await Promise.all([sceneJpeg(71), sceneJpeg(72)]);
  return { poster, banner, copy: await recompressed(poster, 35) };
};

export const beginningOfToday = (end: Date): Date => new Date(end.getTime() - SHIFT_BEGINS_MS);

/** Plays the last ten hours, ending at `end` with one clock running. */
export async function playToday(stage: Stage, logins: Logins, end: Date): Promise<void> {
  const pictures = await paint();
  await stage.goTo(beginningOfToday(end));
  const voices = await Promise.all(
    ON_SHIFT.map(async (key) => [key, await stage.signIn(PEOPLE[key], logins)] as const),
  );
  const shift = Object.fromEntries(voices) as Shift;
  const day = new Workday(stage, end);
  const sharing = await HashSharing.begin(day, shift);
  const today = new Today(day, shift, pictures);
  await sharing.listShared();
  await today.removedInTime();
  await today.targetMissed();
  await sharing.disputeUpheld();
  await today.toldLate();
  await today.declined();
  await sharing.uploadMatched();
  await today.broadAddressReleased();
  await sharing.confirmed(await today.reUploadCaught());
  await sharing.disputeOpen();
  await playOrder(day, shift);
  await today.stillRunning();
  await stage.goTo(end);
}

/** The scenes of the day, in their order. */
class Today {
  constructor(
    private readonly day: Workday,
    private readonly shift: Shift,
    private readonly pictures: Pictures,
  ) {}

  /** Acknowledged after four minutes, removed after nineteen; the preserved picture becomes a shared hash. */
  async removedInTime(): Promise<void> {
    const { vigieAnalyst, vigieSupervisor, harbourModerator, curator } = this.shift;
    await this.day.goTo(-9.5 * HOUR_MS);
    const { opened, noticeId, itemIds } = await this.day.refer({
      by: vigieAnalyst,
      title: 'Recruitment poster, first seen this morning',
      category: 'solicit_group',
      language: 'fr',
      grounds: 'Terms of service, section 4: recruitment for a violent group',
      items: [{ url: 'https://harbour.example/p/ash-poster-0417', uploadedAt: this.day.ago(11 * HOUR_MS) }],
      file: { bytes: this.pictures.poster, name: 'poster.jpg' },
    });
    const exhibit = opened.exhibits[0];
    await this.day.pass(4);
    await harbourModerator.post(`/v1/notices/${noticeId}/acknowledge`);
    await this.day.pass(17);
    const measureAt = this.day.ago(2 * MINUTE_MS);
    await this.day.answer(harbourModerator, noticeId, itemIds, {
      outcome: 'removed',
      measureAt,
      preservation: 'complete',
    });
    await this.day.pass(2);
    const labels = { category: 'solicit_group', ideology: 'unknown', behaviours: ['recruitment'] };
    const types = ['pdq', 'sha256'];
    await vigieAnalyst.post(`/v1/exhibits/${exhibit?.id}/signals`, { labels, types });
    await this.day.pass(8);
    const justification = 'Second assessment before the case is closed';
    await vigieSupervisor.look(`/v1/exhibits/${exhibit?.id}/view`, { justification });
    await vigieAnalyst.post(`/v1/notices/${noticeId}/close`);
    const note = 'From an archive of posters; no copy of it is kept here, so nobody of us has looked';
    const found = { type: 'md5', value: '7d'.repeat(16), labels: { ideology: 'unknown' }, reviewed: false, note };
    await curator.post('/v1/signals', found);
  }

  /** Nobody of the middling platform looks for an hour and a half: the clock writes its fact at the hour. */
  async targetMissed(): Promise<void> {
    const { lanternAnalyst, meadowModerator } = this.shift;
    await this.day.goTo(-8 * HOUR_MS);
    const { noticeId, itemIds } = await this.day.refer({
      by: lanternAnalyst,
      title: 'Livestream announcement',
      category: 'incitement',
      language: 'et',
      grounds: 'Community rules, rule 2: incitement to violence',
      items: [{ url: 'https://meadow.example/v/grey-harvest-2', uploadedAt: this.day.ago(10 * HOUR_MS) }],
      file: { bytes: this.pictures.banner, name: 'announcement.jpg' },
    });
    await this.day.pass(94);
    const measureAt = this.day.ago(3 * MINUTE_MS);
    const note = 'Our night shift ended before it arrived.';
    await this.day.answer(meadowModerator, noticeId, itemIds, { outcome: 'removed', measureAt, note });
  }

  /** Two volunteers remove it in time and say so late: the fact stands and is corrected. */
  async toldLate(): Promise<void> {
    const { vigieAnalyst, kilnFirst } = this.shift;
    await this.day.goTo(-6 * HOUR_MS);
    const { noticeId, itemIds } = await this.day.refer({
      by: vigieAnalyst,
      title: 'Manual posted in a small forum',
      category: 'instruction',
      language: 'en',
      grounds: 'House rules: no instructions for making weapons',
      items: [{ url: 'https://kiln.example/thread/8812#post-4', uploadedAt: this.day.ago(20 * HOUR_MS) }],
    });
    await this.day.pass(83);
    const measureAt = this.day.ago(45 * MINUTE_MS);
    const note = 'Removed from a telephone on the train; no signal to answer until now.';
    await this.day.answer(kilnFirst, noticeId, itemIds, {
      outcome: 'removed',
      measureAt,
      note,
      preservation: 'complete',
    });
  }

  /** A referral is for voluntary consideration: the platform looks and finds journalism. */
  async declined(): Promise<void> {
    const { lanternAnalyst, harbourModerator } = this.shift;
    await this.day.goTo(-4.25 * HOUR_MS);
    const { noticeId, itemIds } = await this.day.refer({
      by: lanternAnalyst,
      title: 'Footage in a news report',
      category: 'other',
      language: 'en',
      grounds: 'Terms of service, section 4: footage made by a violent group',
      items: [{ url: 'https://harbour.example/p/evening-bulletin-31', uploadedAt: this.day.ago(30 * HOUR_MS) }],
    });
    await this.day.pass(6);
    await harbourModerator.post(`/v1/notices/${noticeId}/acknowledge`);
    await this.day.pass(11);
    const note = 'A regional broadcaster’s report with commentary; the footage is blurred.';
    await this.day.answer(harbourModerator, noticeId, itemIds, { outcome: 'declined', reason: 'journalistic', note });
    await this.day.pass(20);
    await lanternAnalyst.post(`/v1/notices/${noticeId}/close`);
  }

  /** A whole collection is held until a second person of the unit has looked. */
  async broadAddressReleased(): Promise<void> {
    const { vigieAnalyst, vigieSupervisor, meadowModerator } = this.shift;
    await this.day.goTo(-3.25 * HOUR_MS);
    const opened = await this.day.open({
      by: vigieAnalyst,
      title: 'Tag used by one campaign alone',
      category: 'incitement',
      language: 'fr',
      items: [{ url: 'https://meadow.example/tags/grey-harvest' }],
    });
    const [item] = opened.items;
    const reason = 'Every one of the 31 posts under this tag belongs to the campaign; list in the case.';
    await vigieAnalyst.post(`/v1/items/${item?.id}/release`, { reason });
    await this.day.pass(7);
    const agreed = 'Looked through all 31: agreed.';
    await vigieSupervisor.post(`/v1/items/${item?.id}/release`, { reason: agreed });
    await this.day.pass(2);
    const grounds = 'Community rules, rule 2. The tag is used by this campaign alone.';
    const noticeId = await this.day.send(vigieAnalyst, opened, grounds);
    await this.day.pass(9);
    await meadowModerator.post(`/v1/notices/${noticeId}/acknowledge`);
    await this.day.pass(19);
    const measureAt = this.day.ago(MINUTE_MS);
    await this.day.answer(meadowModerator, noticeId, [item?.id ?? ''], { outcome: 'disabled', measureAt });
  }

  /** The other unit submits the poster of the morning, recompressed: the shared hash knows it. Gives the copy’s PDQ hash. */
  async reUploadCaught(): Promise<string | undefined> {
    const { lanternAnalyst, meadowModerator } = this.shift;
    await this.day.goTo(-2 * HOUR_MS);
    const { opened, noticeId, itemIds } = await this.day.refer({
      by: lanternAnalyst,
      title: 'Poster, seen again on another platform',
      category: 'solicit_group',
      language: 'et',
      grounds: 'Community rules, rule 3. A copy of a poster that another platform removed today.',
      items: [{ url: 'https://meadow.example/v/poster-again', uploadedAt: this.day.ago(2.5 * HOUR_MS) }],
      file: { bytes: this.pictures.copy, name: 'screenshot.jpg' },
    });
    await this.day.pass(3);
    await meadowModerator.post(`/v1/notices/${noticeId}/acknowledge`);
    await this.day.pass(8);
    const measureAt = this.day.ago(MINUTE_MS);
    await this.day.answer(meadowModerator, noticeId, itemIds, {
      outcome: 'removed',
      measureAt,
      preservation: 'complete',
    });
    return opened.exhibits[0]?.image?.pdq.hash;
  }

  /** The large platform has it in hand and has not answered. */
  async stillRunning(): Promise<void> {
    const { vigieAnalyst, harbourModerator } = this.shift;
    await this.day.goTo(-STILL_RUNNING_MS);
    const uploadedAt = this.day.ago(40 * MINUTE_MS);
    const { noticeId } = await this.day.refer({
      by: vigieAnalyst,
      title: 'Two accounts that post the same appeal',
      category: 'incitement',
      language: 'fr',
      grounds: 'Terms of service, section 4: incitement to violence',
      items: [
        { url: 'https://harbour.example/p/appeal-a-9041', uploadedAt },
        { url: 'https://harbour.example/p/appeal-b-9042', uploadedAt },
      ],
    });
    await this.day.pass(3);
    await harbourModerator.post(`/v1/notices/${noticeId}/acknowledge`);
  }
}
