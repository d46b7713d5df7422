/** What is no RFC 3339 instant with its offset, though `new Date` takes most of it. */
export const NO_INSTANTS: readonly unknown[] = [
  true,
  0,
  1_772_000_000_000,
  '1',
  '',
  [],
  {},
  '2026-03-01',
  '2026-02-31T00:00:00Z',
  '2026-03-01T08:00:00',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
];
