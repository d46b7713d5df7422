import type { FieldFault } from '../errors';
import type { AnnexI, AnnexII, Form, ReferralResponse } from './forms';

/** What no JSON Schema can say, because it compares two members. Pointers start at the form's content. */
export function contradictionsOf(form: Form): FieldFault[] {
  switch (form.form) {
    case 'annex-i':
      return ofOrder(form.content);
    case 'annex-ii':
      return ofFeedback(form.content);
    case 'referral-response':
      return ofResponse(form.content);
    default:
      return [];
  }
}

function ofOrder({ a, d, f }: AnnexI): FieldFault[] {
  const crosses = a.issuingMemberState !== a.homeMemberState;
  const faults: FieldFault[] = [];
  if (d.crossBorder !== crosses) {
    const detail = crosses
      ? 'must be true: the home Member State is not the issuing one'
      : 'must be false: the home Member State is the issuing one';
    faults.push({ pointer: '/d/crossBorder', detail });
  }
  // Article 4(1): the copy leaves with the order, so an order that crosses a border without one is none.
  if (crosses && !d.copySent) {
    faults.push({
      pointer: '/d/copySent',
      detail: 'must be true: a cross-border order is copied to the home authority',
    });
  }
  if (!crosses && d.copySent) {
    faults.push({ pointer: '/d/copySent', detail: 'must be false: there is no other home authority' });
  }
  if (crosses && f.home === undefined) {
    faults.push({ pointer: '/f/home', detail: 'needed: a cross-border order names the home competent authority' });
  }
  return faults;
}

const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other);

const ofFeedback = ({ receivedAt, measureAt }: AnnexII): FieldFault[] =>
  isBefore(measureAt, receivedAt) ? [{ pointer: '/measureAt', detail: 'lies before receipt of the order' }] : [];

const ofResponse = ({ ackAt, decidedAt }: ReferralResponse): FieldFault[] =>
  isBefore(decidedAt, ackAt) ? [{ pointer: '/decidedAt', detail: 'lies before the acknowledgement' }] : [];
