import { describe, expect, it } from '@jest/globals';
import type { Line } from '../core/lines.query';
import { NEUTRAL_SOURCE, readFeedback, readSubmitted, toHashRecord } from './stopncii-records';

const HASH = 'f8'.repeat(32);

const line = (more: Partial<Line> = {}): Line => ({
  seq: 7,
  micros: 1_795_399_466_500_000,
  id: 'signal-1',
  type: 'pdq',
  value: HASH,
  state: 'active',
  createdAt: new Date(0),
  quality: null,
  tlp: null,
  standing: [
    {
      organisationId: 'a',
      organisationName: 'Unit A',
      listId: 'l',
      contributedAt: 0,
      reviewed: true,
      labels: { category: 'incitement' },
      severity: null,
      incident: null,
    },
  ],
  lists: ['l'],
  restsOn: ['l'],
  reviewed: true,
  behind: 1,
  confirmers: [],
  opinions: [],
  disputes: [],
  confirms: 0,
  confirmedMatches: 0,
  labels: { category: 'incitement', behaviours: ['glorification'] },
  severity: 'high',
  incident: null,
  ...more,
});

describe('a StopNCII record', () => {
  it('is what the deployed client parses', () => {
    expect(toHashRecord(line())).toEqual({
      lastModtimestamp: 1_795_399_466,
      signalType: 'ImagePDQ',
      hashValue: HASH,
      hashStatus: 'Active',
      caseNumbers: { 'signal-1': 'Active' },
      CSPFeedbacks: [{ source: 'Unit A', feedbackValue: 'Blocked', tags: ['incitement', 'glorification', 'high'] }],
    });
  });

  it('says NotBlocked beside Withdrawn and Deleted, because the client looks at opinions alone', () => {
    for (const [state, hashStatus] of [
      ['withdrawn', 'Withdrawn'],
      ['erased', 'Deleted'],
    ] as const) {
      const record = toHashRecord(line({ state, standing: [] }));
      expect(record).toMatchObject({
        hashStatus,
        CSPFeedbacks: [{ source: NEUTRAL_SOURCE, feedbackValue: 'NotBlocked', tags: ['withdrawn'] }],
      });
    }
  });

  it('lets the disputing organisation say NotBlocked, and the service where it disputes', () => {
    const record = toHashRecord(
      line({
        state: 'disputed',
        opinions: [{ organisationId: 'b', organisationName: 'Harbour', opinion: 'dispute', reason: 'journalistic' }],
        disputes: [
          { organisationId: 'b', organisationName: 'Harbour', reason: 'journalistic' },
          { organisationId: null, organisationName: null, reason: 'order_annulled' },
        ],
      }),
    );
    expect(record?.CSPFeedbacks.map(({ source, feedbackValue }) => [source, feedbackValue])).toEqual([
      ['Unit A', 'Blocked'],
      ['Harbour', 'NotBlocked'],
      [NEUTRAL_SOURCE, 'NotBlocked'],
    ]);
  });

  it('lets who confirms it say Blocked for the lists that it rests on alone', () => {
    const confirms = (organisationId: string, organisationName: string) =>
      ({ organisationId, organisationName, opinion: 'confirm', reason: null }) as const;
    const opinions = [confirms('b', 'Harbour'), confirms('c', 'Lantern')];
    const record = toHashRecord(line({ lists: ['k', 'l'], opinions, confirmers: ['c'], confirms: 2, behind: 2 }));
    expect(record?.CSPFeedbacks.map(({ source, feedbackValue }) => [source, feedbackValue])).toEqual([
      ['Unit A', 'Blocked'],
      ['Lantern', 'Blocked'],
    ]);
  });

  it('leaves out what it has no type for, and what has no value any more', () => {
    for (const type of ['sha256', 'sha512', 'blockhash', 'vpdq', 'text_sha256'] as const)
      expect(toHashRecord(line({ type }))).toBeUndefined();
    expect(toHashRecord(line({ value: null, state: 'erased' }))).toBeUndefined();
    expect(toHashRecord(line({ type: 'md5', value: 'ab'.repeat(16) }))?.signalType).toBe('VideoMD5');
  });

  it('reads both spellings of an enumeration, and hashes in either case', () => {
    const expected = { type: 'pdq', value: HASH, verdict: 'blocked', tags: ['t'] };
    for (const [signalType, feedbackValue] of [
      ['ImagePDQ', 'Blocked'],
      ['StopNCIISignalType.ImagePDQ', 'StopNCIICSPFeedbackValue.Blocked'],
    ]) {
      const record = { signalType, hashValue: HASH.toUpperCase(), CSPFeedbacks: [{ tags: ['t'], feedbackValue }] };
      expect(readSubmitted(record)).toEqual(expected);
    }
    expect(readFeedback({ tags: ['x'], feedbackValue: 'NotBlocked', hashValue: HASH })).toEqual({
      value: HASH,
      verdict: 'not_blocked',
      tags: ['x'],
    });
  });

  it.each([
    null,
    7,
    [],
    {},
    { signalType: 'ImagePDQ' },
    { signalType: 'constructor', hashValue: HASH },
    { signalType: 'URL', hashValue: 'x' },
    { signalType: 'ImagePDQ', hashValue: 'F8' },
    { signalType: 'ImagePDQ', hashValue: HASH, CSPFeedbacks: [{ tags: ['t', '\ud800'] }] },
    { signalType: 'ImagePDQ', hashValue: HASH, CSPFeedbacks: [{ tags: ['\0'] }] },
  ])('says what is wrong with %j', (record) => expect(readSubmitted(record)).toHaveProperty('fault'));
});
