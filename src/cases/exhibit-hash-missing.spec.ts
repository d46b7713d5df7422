import type { MediaView } from '../evidence/exhibit.dto';
import { whyMissing } from './exhibit-hash-missing';

const picture = { type: 'image/jpeg', pdq: 'a'.repeat(64), pdqQuality: 90, notHashed: null };
const film = { type: 'video/mp4', pdq: null, pdqQuality: null, notHashed: null };
const media = (more: Partial<MediaView>): MediaView => ({
  kind: 'video',
  state: 'hashed',
  vpdq: null,
  textSha256: null,
  durationMs: null,
  pageCount: null,
  fault: null,
  hashes: [],
  ...more,
});

describe('why an exhibit has no hash of a type', () => {
  it.each([
    ['vpdq', picture, null, 'it is no video but image/jpeg'],
    ['text_sha256', film, media({}), 'it is no PDF but video/mp4'],
    ['pdq', film, media({}), 'it is no picture but video/mp4'],
    ['pdq', { ...picture, pdqQuality: 12 }, null, 'too little to see: quality 12 of 100'],
    ['blockhash', { ...picture, pdq: null, notHashed: 'image.undecodable' }, null, expect.stringContaining('image')],
    ['vpdq', film, media({ state: 'pending' }), 'it is being hashed'],
    ['vpdq', film, media({ fault: 'video.timeout' }), expect.stringContaining('longer than is allowed')],
    ['vpdq', film, media({}), 'no frame of it is usable'],
    ['vpdq', film, media({ state: 'not_hashed' }), expect.stringContaining('ffmpeg')],
  ] as const)('%s of %j with %j: it says %j', (type, exhibit, found, reason) => {
    expect(whyMissing(type, exhibit, found)).toEqual(reason);
  });
});
