import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { vpdqDigest } from '../../perceptual/vpdq';
import { candidateFault, isRefusal, readLine } from './candidate';

const AT = new Date('2026-03-02T09:00:00.000Z');
const VALUE = 'ab'.repeat(32);

describe('a line of a batch', () => {
  it('is read or refused with its reason, whatever JSON it is', () => {
    const members = ['type', 'value', 'quality', 'labels', 'severity', 'incident', 'exhibitId', 'expiresAt', 'frames'];
    const line = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...members), fc.jsonValue()));
    fc.assert(
      fc.property(line, (given) => {
        const read = readLine(given, { labels: {} });
        const fault = isRefusal(read) ? read : candidateFault(read, AT);
        // Nothing that arbitrary JSON holds is a whole candidate.
        expect(fault?.code).toBe('request.invalid');
        expect(fault?.detail).not.toBe('');
      }),
    );
  });

  it('has the labels of its batch unless it says otherwise, facet by facet', () => {
    const defaults = { labels: { category: 'threat', ideology: 'unknown' }, severity: 'low' } as const;
    const read = readLine(
      { type: 'sha256', value: VALUE, labels: { ideology: 'jihadist' }, severity: 'high' },
      defaults,
    );
    expect(read).toEqual({
      type: 'sha256',
      value: VALUE,
      labels: { category: 'threat', ideology: 'jihadist' },
      severity: 'high',
    });
    expect(candidateFault(read as never, AT)).toBeNull();
  });

  it('names an instant with its offset or is refused', () => {
    const line = { type: 'sha256', value: VALUE };
    const read = readLine({ ...line, expiresAt: '2026-05-01T12:00:00+02:00' }, { labels: {} });
    expect(read).toMatchObject({ expiresAt: new Date('2026-05-01T10:00:00.000Z') });
    for (const expiresAt of ['2026-05-01', '2026-05-01T12:00:00', 1_777_000_000, null, true]) {
      expect(readLine({ ...line, expiresAt }, { labels: {} })).toMatchObject({ pointer: '/expiresAt' });
    }
  });
});

describe('a candidate', () => {
  const frames = [
    { hash: '0f'.repeat(32), quality: 90, atMs: 0 },
    { hash: VALUE, quality: 70 },
  ];
  const value = vpdqDigest(frames.map((frame, i) => ({ ...frame, frame: i, atMs: 0 }))) ?? '';
  const video = { type: 'vpdq', value, labels: {}, frames } as const;

  it('of a video has frames whose digest it is', () => {
    expect(candidateFault(video, AT)).toBeNull();
    expect(candidateFault({ ...video, frames: frames.toReversed() }, AT)).toBeNull();
    expect(candidateFault({ ...video, frames: frames.slice(1) }, AT)?.pointer).toBe('/value');
    expect(candidateFault({ ...video, frames: [{ hash: 'x', quality: 90 }] }, AT)?.pointer).toBe('/frames');
    expect(candidateFault({ ...video, type: 'sha256' }, AT)?.pointer).toBe('/frames');
  });

  it('ends in the future', () => {
    const candidate = { type: 'sha256', value: VALUE, labels: {} } as const;
    expect(candidateFault({ ...candidate, expiresAt: AT }, AT)?.pointer).toBe('/expiresAt');
    expect(candidateFault({ ...candidate, expiresAt: new Date(AT.getTime() + 1) }, AT)).toBeNull();
  });
});
