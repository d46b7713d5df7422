import { NOTICE_KINDS } from '../domain/vocabulary';
import { DELIVERED_EVENTS } from '../notices/delivery-job';
import { CONTACT_LANGUAGES } from './deliveries.entity';
import { mailText, pageText, type Gist } from './words';

const gist: Gist = {
  event: 'notice.sent',
  kind: 'removal_order',
  authority: 'Unit A',
  reference: 'UNIT-A-2026-000001',
  items: 3,
  site: 'https://clepsydra.example',
  reply: null,
  dueAt: null,
};

describe('a mail to a contact point', () => {
  it('says of an order who, which, how many and in how many minutes of receipt', () => {
    const { subject, text } = mailText(gist, 'en');
    expect(subject).toBe('Removal order UNIT-A-2026-000001');
    for (const said of ['Unit A', 'UNIT-A-2026-000001', 'Items: 3', '60 minutes of receipt'])
      expect(text).toContain(said);
  });

  it('says of an order that was received before, by another channel, until when its hour runs', () => {
    for (const language of CONTACT_LANGUAGES) {
      const { text } = mailText({ ...gist, dueAt: new Date('2026-03-04T09:55:00Z') }, language);
      expect(text).toContain('2026-03-04 09:55:00 UTC');
      expect(text).not.toMatch(/60 [Mm]inut/);
    }
  });

  it('shows no time and no article of the law for a referral, in any language and at any event', () => {
    for (const language of CONTACT_LANGUAGES) {
      for (const event of DELIVERED_EVENTS) {
        const { subject, text } = mailText({ ...gist, event, kind: 'referral' }, language);
        expect(subject + text).not.toMatch(/\d+ min|2021\/784|3\(3\)|paragraphe 3/);
      }
    }
  });

  it('carries the link and the code when there is one, and always where to check by hand', () => {
    const reply = { url: 'https://clepsydra.example/reply/abc', code: '12-34-56' };
    expect(mailText({ ...gist, reply }, 'fr').text).toMatch(/\/reply\/abc\nCode: 12-34-56/);
    expect(mailText(gist, 'fr').text).not.toContain('/reply/');
    expect(mailText({ ...gist, reply }, 'fr').text).toContain('https://clepsydra.example/verify');
  });

  it('puts no line break of a reference into its subject', () => {
    expect(mailText({ ...gist, reference: 'A\r\nBcc: x@unit-a.example' }, 'en').subject).not.toMatch(/[\r\n]/);
  });
});

describe('a page', () => {
  it('tells the minutes that an order has left, and that a referral asks for an answer', () => {
    expect(pageText(gist, 52, 'en')).toBe('order, 52 min left');
    expect(pageText(gist, 0, 'en')).toBe('order, time has passed');
    expect(pageText({ event: 'notice.sent', kind: 'referral' }, 52, 'en')).toBe('referral, answer asked');
  });

  it('fits into one text message, whatever it says', () => {
    for (const language of CONTACT_LANGUAGES)
      for (const event of DELIVERED_EVENTS)
        for (const kind of NOTICE_KINDS) expect(pageText({ event, kind }, 60, language).length).toBeLessThan(70);
  });
});
