/** A picture track of a film, by its place among them; cover pictures are none. */
export interface Track {
  /** As ffmpeg names it. */
  readonly codec: string;
}

/** Of each picture track one line, in figures and names of ffmpeg's own: nothing that the file says in words is in it. */
export const LIST_TRACKS = ['-map', '0:V', '-c', 'copy', '-frames:v', '0', '-flush_packets', '1', '-f', 'framecrc'];

/** What {@link LIST_TRACKS} wrote. */
export function tracksOf(listing: string): Track[] {
  return Array.from(listing.matchAll(/^#codec_id \d{1,4}: (\S{1,40})$/gm), ([, codec]) => ({ codec: codec ?? '' }));
}

/** The listing of at least one track is here; it is written at once. */
export const isListed = (listing: string): boolean => /^#codec_id \d{1,4}: \S{1,40}$/m.test(listing);

/** What browsers play; the rest of `CODECS` is for other players. */
const PLAYED = ['h264', 'hevc', 'vp8', 'vp9', 'av1'];

/**
 * Which track browsers show: the first of a codec that they have and that is enabled (ISO/IEC 14496-12, 8.3.2) or a default
 * (Matroska's FlagDefault), failing that the first of such a codec, failing that the first. Measured with Chromium 153.
 * `words`: ffmpeg's of the file, in which alone it tells the flag; a file can garble them, and then they count for nothing.
 */
export function shownTrack(tracks: readonly Track[], words: string): number {
  const lines = words
    .split(/^Output #/m, 1)
    .flatMap((text) => text.match(/^ {2}Stream #0:\d+.*: Video: .*$/gm) ?? [])
    .filter((line) => !/ \(attached pic\)(?: \([a-z ]+\))*\s*$/.test(line));
  const isDefault = lines.map((line) => / \(default\)(?: \([a-z ]+\))*\s*$/.test(line));
  const flags = lines.length === tracks.length ? isDefault : [];
  const played = tracks.flatMap(({ codec }, at) => (PLAYED.includes(codec) ? [at] : []));
  return played.find((at) => flags[at]) ?? played[0] ?? 0;
}
