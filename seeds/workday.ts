import type { SubmissionView } from '../src/cases/cases.dto';
import type { NoticeView } from '../src/notices/notice.view';
import type { Stage, Voice } from './stage';

export const MINUTE_MS = 60_000;

export interface Referral {
  readonly by: Voice;
  readonly title: string;
  readonly category: string;
  readonly language: string;
  readonly grounds: string;
  readonly items: readonly { readonly url: string; readonly uploadedAt?: string }[];
  readonly file?: { readonly bytes: Buffer; readonly name: string };
}

export interface Referred {
  readonly opened: SubmissionView;
  readonly noticeId: string;
  readonly itemIds: readonly string[];
}

/** What people do again and again on a day that ends at `end`. */
export class Workday {
  constructor(
    private readonly stage: Stage,
    private readonly end: Date,
  ) {}

  goTo(beforeEndMs: number): Promise<void> {
    return this.stage.goTo(new Date(this.end.getTime() + beforeEndMs));
  }

  pass(minutes: number): Promise<void> {
    return this.stage.goTo(new Date(this.stage.clock.now().getTime() + minutes * MINUTE_MS));
  }

  /** What was sent reaches whom it was sent to. */
  deliver(): Promise<void> {
    return this.stage.deliver(400);
  }

  /** The instant so long before the present one. */
  ago(ms: number): string {
    return new Date(this.stage.clock.now().getTime() - ms).toISOString();
  }

  async open(referral: Omit<Referral, 'grounds'>): Promise<SubmissionView> {
    const { by, title, category, language, items, file } = referral;
    const document = { title, category, language, ideology: 'unknown', items };
    if (!file) return by.post('/v1/cases', document);
    const form = new FormData();
    form.set('case', JSON.stringify(document));
    form.set('file[0]', new Blob([new Uint8Array(file.bytes)], { type: 'image/jpeg' }), file.name);
    return by.form('/v1/cases', form);
  }

  async send(by: Voice, { id: caseId }: SubmissionView, grounds: string): Promise<string> {
    const requestedAction = 'review_and_preserve';
    const { id } = await by.post<NoticeView>('/v1/notices', { caseId, kind: 'referral', grounds, requestedAction });
    await by.post(`/v1/notices/${id}/send`, { undoSeconds: 0 });
    await this.stage.deliver(400);
    return id;
  }

  async refer(referral: Referral): Promise<Referred> {
    const opened = await this.open(referral);
    await this.pass(1.5);
    const noticeId = await this.send(referral.by, opened, referral.grounds);
    return { opened, noticeId, itemIds: opened.items.map(({ id }) => id) };
  }

  answer(by: Voice, noticeId: string, itemIds: readonly string[], answer: object): Promise<unknown> {
    return by.post(`/v1/notices/${noticeId}/answer`, { answers: itemIds.map((itemId) => ({ itemId, ...answer })) });
  }
}
