/**
 * Which demuxer of ffmpeg reads a file whose type the first bytes told. Only these: each reads the one file that it is
 * given. Playlists, concatenation scripts and the like name other files and addresses, and no type leads to them.
 */
const DEMUXERS: Readonly<Record<string, string>> = {
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/webm': 'matroska',
  'video/x-matroska': 'matroska',
  'video/x-msvideo': 'avi',
  'video/mp2t': 'mpegts',
  'video/mpeg': 'mpeg',
  'video/x-flv': 'flv',
  'video/x-ms-asf': 'asf',
  'video/ogg': 'ogg',
};

export function demuxerOf(type: string): string | undefined {
  return DEMUXERS[type];
}

/**
 * The decoders that may run, of some five hundred that a distribution builds in: what phones, browsers, cameras and the
 * web's older files use. No sound is ever decoded. Names that an installation does not have do no harm.
 */
export const CODECS = [
  ['h264', 'hevc', 'vp8', 'libvpx', 'vp9', 'libvpx-vp9', 'av1', 'libdav1d', 'libaom-av1'],
  ['mpeg1video', 'mpeg2video', 'mpegvideo', 'mpeg4', 'h263', 'h263p', 'msmpeg4v1', 'msmpeg4v2', 'msmpeg4'],
  ['wmv1', 'wmv2', 'wmv3', 'vc1', 'flv', 'vp6', 'vp6f', 'vp6a', 'theora', 'mjpeg', 'prores', 'dvvideo', 'svq1', 'svq3'],
]
  .flat()
  .join(',');
