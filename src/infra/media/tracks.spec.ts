import { shownTrack, tracksOf } from './tracks';

const LISTING = [
  '#extradata 0:       46, 0x2c390d77',
  '#software: Lavf59.27.100',
  '#tb 0: 1/12800',
  '#media_type 0: video',
  '#codec_id 0: mpeg4',
  '#dimensions 0: 320x240',
  '#sar 0: 1/1',
  '#tb 1: 1/12800',
  '#media_type 1: video',
  '#codec_id 1: h264',
  '',
].join('\n');

const line = (n: number, codec: string, more = ''): string =>
  `  Stream #0:${n}[0x${n}](und): Video: ${codec} (High), 320x240, 25 fps, 12800 tbn${more}\n`;
const h264 = { codec: 'h264' };

describe('the tracks of a film', () => {
  it('are read from their listing', () => {
    expect(tracksOf(LISTING)).toEqual([{ codec: 'mpeg4' }, h264]);
    expect(tracksOf('')).toEqual([]);
  });

  it.each([
    ['the first', [h264, h264], line(0, 'h264', ' (default)') + line(1, 'h264', ' (default)'), 0],
    ['the first that is enabled', [h264, h264], line(0, 'h264') + line(1, 'h264', ' (default) (forced)'), 1],
    ['the first of a codec that browsers have', [{ codec: 'mpeg4' }, h264], line(0, 'mpeg4', ' (default)'), 1],
    ['the first when none is enabled', [h264, h264], line(0, 'h264') + line(1, 'h264'), 0],
    ['the first when browsers have none of them', [{ codec: 'mpeg4' }, { codec: 'wmv2' }], '', 0],
    [
      'the one enabled behind a cover',
      [h264, h264],
      line(0, 'mjpeg', ' (attached pic)') + line(1, 'h264') + line(2, 'h264', ' (default)'),
      1,
    ],
    [
      'the enabled one of the file, not of what is made of it',
      [h264, h264],
      `${line(0, 'h264') + line(1, 'h264', ' (default)')}Output #0, image2pipe\n${line(0, 'ppm')}`,
      1,
    ],
    [
      'the first when the words say of other tracks than there are',
      [h264, h264],
      line(0, 'h264') + line(1, 'h264', ' (default)') + line(2, 'h264'),
      0,
    ],
  ])('are shown as players do: %s', (_, tracks, words, shown) => {
    expect(shownTrack(tracks, words)).toBe(shown);
  });
});
