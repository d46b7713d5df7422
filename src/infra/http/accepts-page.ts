/** A media range with its weight (RFC 9110, 12.5.1); `*` stands for anything. */
function weightOf(accept: string, type: string): number {
  const [group = ''] = type.split('/');
  const ranges = accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.toLowerCase().split(';');
    const q = parameters.map((one) => /^\s*q\s*=\s*([\d.]+)\s*$/.exec(one)?.[1]).find((found) => found !== undefined);
    return { name: name.trim(), weight: q === undefined ? 1 : Number(q) || 0 };
  });
  const found = [type, `${group}/*`, '*/*'].map((name) => ranges.find((range) => range.name === name));
  return found.find((range) => range !== undefined)?.weight ?? 0;
}

/** Whether a page is wanted rather than JSON, as a browser's address line wants it. What takes either gets JSON. */
export const acceptsPage = (accept: string | undefined): boolean =>
  accept !== undefined && weightOf(accept, 'text/html') > weightOf(accept, 'application/json');
