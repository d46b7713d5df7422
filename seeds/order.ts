import { EXCLUSION_GROUNDS } from '../src/domain/assessment';
import type { NoticeView } from '../src/notices/notice.view';
import type { Voice } from './stage';
import { MINUTE_MS, type Workday } from './workday';

interface People {
  readonly vigieAnalyst: Voice;
  readonly vigieSupervisor: Voice;
  readonly harbourModerator: Voice;
}

const HOUR_MS = 60 * MINUTE_MS;

/** Sent by every authority that orders, long before its first order (TCO Art. 3(2)). */
export const ADVANCE_INFORMATION =
  'Removal orders of Vigie reach your contact point over this service. An order is carried out within one hour of its receipt; ' +
  'you answer with Annex II, or with Annex III where you cannot, and may challenge an order before our courts.';

const ASSESSMENT = {
  categories: ['incitement'],
  offences: ['a', 'j'],
  reasons:
    'The post names a market square and an hour, calls on its readers to attack whoever is there, and was posted again twice.',
  factors: {
    wording: 'An imperative, repeated, with a place and a time',
    context: 'The third post of one account on one evening, below a picture of an earlier attack',
    harmPotential: 'Seen by some four thousand people within an hour',
  },
  exclusions: EXCLUSION_GROUNDS.map((ground) => ({
    ground,
    finding: 'does_not_apply',
    reasons: 'Looked for in the post, its thread and the account; nothing of the kind',
  })),
  editorialResponsibility: false,
  dissemination: 'open',
  disseminationEvidence: 'Read without an account',
};

const STATED = {
  language: 'en',
  legalBasis: 'Regulation (EU) 2021/784, Art. 3(1)',
  issuer: {
    type: 'LAW_ENFORCEMENT',
    representative: 'Duty officer',
    post: 'Head of unit',
    fileNo: 'V-2207',
    address: '7 Quai des Horloges, Exempleville',
    tel: '+33 1 00 00 00 17',
    email: 'orders@vigie.example',
  },
  redress: {
    body: 'Administrative court of Exempleville',
    deadline: { n: 2, unit: 'months', from: 'receipt of the order' },
    lawUrl: 'https://law.example/redress',
  },
};

/** An order over a border: assessed, signed by a second person, carried out within the hour, its copy with the home authority. */
export async function playOrder(day: Workday, people: People): Promise<void> {
  const { vigieAnalyst, vigieSupervisor, harbourModerator } = people;
  await day.goTo(-1.4 * HOUR_MS);
  const { id: caseId } = await day.open({
    by: vigieAnalyst,
    title: 'Call to an attack at a named place',
    category: 'incitement',
    language: 'fr',
    items: [{ url: 'https://harbour.example/p/call-7710', uploadedAt: day.ago(HOUR_MS) }],
  });
  const { id: assessmentId } = await vigieAnalyst.post<{ id: string }>(`/v1/cases/${caseId}/assessments`, ASSESSMENT);
  await day.pass(4);
  const order = { caseId, assessmentId, ...STATED };
  const { id, items } = await vigieAnalyst.post<NoticeView>('/v1/orders', order);
  await vigieAnalyst.post(`/v1/notices/${id}/sign`, { reason: 'Read it twice; ready for the second signature' });
  await day.pass(3);
  await vigieSupervisor.post(`/v1/notices/${id}/sign`);
  await vigieAnalyst.post(`/v1/notices/${id}/send`, { undoSeconds: 0 });
  await day.deliver();
  await day.pass(2);
  await harbourModerator.post(`/v1/notices/${id}/acknowledge`);
  await day.pass(16);
  const itemIds = items.map(({ itemId }) => itemId);
  const measureAt = day.ago(MINUTE_MS);
  await day.answer(harbourModerator, id, itemIds, { outcome: 'removed', measureAt, preservation: 'outstanding' });
  await day.pass(5);
  for (const itemId of itemIds)
    await harbourModerator.post(`/v1/notices/${id}/items/${itemId}/preservation`, { state: 'complete' });
}
