/** What the one signature of a PDF covers, and the CMS itself, as the PDF's own byte range says. */
export function signatureParts(pdf: Uint8Array): { readonly covered: Buffer; readonly cms: Buffer } {
  const file = Buffer.from(pdf);
  const [, a, b, c, d] = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/.exec(file.toString('latin1')) ?? [];
  const [from, length, next, rest] = [a, b, c, d].map(Number) as [number, number, number, number];
  expect(next + rest).toBe(file.length);
  const padded = Buffer.from(file.subarray(from + length + 1, next - 1).toString('latin1'), 'hex');
  // DER says how long it is; the placeholder is padded with zeroes.
  const size = 4 + padded.readUInt16BE(2);
  return {
    covered: Buffer.concat([file.subarray(from, from + length), file.subarray(next, next + rest)]),
    cms: padded.subarray(0, size),
  };
}
