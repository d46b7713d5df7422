import { readProxy, type Proxy } from './proxy';

/** A place from which an address is looked at, by the name that the record gives it. */
export interface Vantage {
  readonly name: string;
  /** Null: from this machine. */
  readonly proxy: Proxy | null;
}

const NAME = /^[a-z][a-z0-9-]{0,30}$/;

/** `here,fr=http://user:password@proxy.example:3128`, or `off`; or what is wrong with it. The values are not repeated: they hold passwords. */
export function readVantages(text: string): readonly Vantage[] | string {
  if (text === 'off') return [];
  const vantages: Vantage[] = [];
  for (const [i, part] of text.split(',').entries()) {
    const [name = '', ...rest] = part.trim().split('=');
    if (!NAME.test(name)) return `entry ${i + 1} has no name of small letters, digits and hyphens`;
    if (vantages.some((other) => other.name === name)) return `the name ${name} is there twice`;
    const proxy = rest.length > 0 ? readProxy(rest.join('=')) : null;
    if (rest.length > 0 && !proxy) return `the proxy of ${name} is not an address that starts with http:// or https://`;
    vantages.push({ name, proxy });
  }
  return vantages;
}
