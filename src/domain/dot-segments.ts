const SEPARATOR = /(?=[/\\])/;
const DOT = /^(\.|%2e)$/i;
const DOTS = /^(\.|%2e){2}$/i;

/**
 * A path as a browser asks for it: `.` and `..` resolved, also where a dot is written `%2e` (WHATWG URL, path state).
 * A backslash ends a segment, as it does there, and is kept as it was written; so is everything else.
 * @param path beginning with `/`, without query and fragment
 */
export function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  const parts = path.split(SEPARATOR);
  for (const [i, part] of parts.entries()) {
    const segment = part.slice(1);
    const isUp = DOTS.test(segment);
    if (!isUp && !DOT.test(segment)) {
      kept.push(part);
      continue;
    }
    if (isUp) kept.pop();
    if (i === parts.length - 1) kept.push('/');
  }
  return `/${kept.join('').slice(1)}`;
}
