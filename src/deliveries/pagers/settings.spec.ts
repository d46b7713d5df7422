import * as fc from 'fast-check';
import { callOf, settingsOf } from './settings';

const words = { id: '0190-page', text: 'order, 52 min left', priority: 'urgent' } as const;
const sms = {
  url: 'https://sms.example/send',
  headers: { 'Content-Type': 'application/json', Authorization: 'Key {secret}' },
  body: '{"to":"{to}","text":"{text}"}',
  to: '+33100000000',
  secret: 'k-1',
};

describe('a call to a provider of text messages', () => {
  it('fills number, text and secret into the template', () => {
    expect(callOf(settingsOf('sms', sms), words)).toEqual({
      url: sms.url,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Key k-1' },
      body: '{"to":"+33100000000","text":"order, 52 min left"}',
    });
  });

  it('keeps every value where it stands, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (to, text) => {
        const json = callOf(settingsOf('sms', { ...sms, to }), { ...words, text });
        expect(JSON.parse(json.body ?? '')).toEqual({ to, text });
        const form = callOf(settingsOf('sms', { url: sms.url, body: 'to={to}&text={text}', to }), { ...words, text });
        const fields = new URLSearchParams(form.body);
        expect([fields.get('to'), fields.get('text'), [...fields].length]).toEqual([to, text, 2]);
      }),
    );
  });

  it('is refused without the text, with another host for every number, and with headers that are ours to set', () => {
    const refused = (given: object): unknown => {
      try {
        return settingsOf('sms', { ...sms, ...given });
      } catch (error) {
        return (error as { details: { reason: string } }).details.reason;
      }
    };
    expect(refused({ body: '{"to":"{to}"}' })).toBe('text-missing');
    expect(refused({ url: 'https://{to}.sms.example/' })).toBe('url');
    expect(refused({ url: 'file:///etc/hostname' })).toBe('url');
    expect(refused({ headers: { Host: 'other.example' } })).toBe('headers');
    expect(refused({ headers: { 'X-A': 'a\r\nX-B: b' } })).toBe('headers');
    expect(refused({ secret: 'a\nb' })).toBe('secret');
  });
});

describe('a call over ntfy or Matrix', () => {
  it('carries the token and the priority to a topic', () => {
    expect(callOf(settingsOf('ntfy', { url: 'https://ntfy.example/topic', token: 't' }), words)).toEqual({
      url: 'https://ntfy.example/topic',
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8', priority: '5', authorization: 'Bearer t' },
      body: words.text,
    });
  });

  it('is the same message to a room however often it is repeated', () => {
    const settings = settingsOf('matrix', { homeserver: 'https://m.example/', room: '!duty:m.example', token: 't' });
    expect(callOf(settings, words)).toMatchObject({
      url: 'https://m.example/_matrix/client/v3/rooms/!duty%3Am.example/send/m.room.message/0190-page',
      method: 'PUT',
      body: '{"msgtype":"m.text","body":"order, 52 min left"}',
    });
  });
});
