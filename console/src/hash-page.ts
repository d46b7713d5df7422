import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { blockhash } from '../../src/perceptual/blockhash';
import { PDQ_MIN_QUALITY, pdqHash, type PdqHash } from '../../src/perceptual/pdq';
import { Refused, matchByHash, session, type HashMatch, type Session } from './api';
import { UndecodableError, pixelsOf } from './picture-pixels';
import { lang, texts } from './texts/hash-page';

/** What was computed here. Nothing but these words ever leaves the page. */
interface Hashes {
  readonly sha256: string;
  readonly picture: { readonly pdq: PdqHash; readonly blockhash: string; readonly exact: boolean } | null;
}

type Child = Node | string;

function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

async function hashesOf(file: Blob): Promise<Hashes> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const digest = bytesToHex(sha256(bytes));
  try {
    const { pixels, exact } = await pixelsOf(bytes);
    return { sha256: digest, picture: { pdq: pdqHash(pixels), blockhash: blockhash(pixels), exact } };
  } catch (error) {
    if (error instanceof UndecodableError) return { sha256: digest, picture: null };
    throw error;
  }
}

const fact = (name: string, value: string, id: string): Child[] => [
  element('dt', {}, name),
  element('dd', { id }, value),
];

function hashesShown({ sha256: digest, picture }: Hashes): Child[] {
  const rows = picture
    ? [
        ...fact('PDQ', picture.pdq.hash, 'pdq'),
        ...fact(texts.quality, String(picture.pdq.quality), 'quality'),
        ...fact('blockhash', picture.blockhash, 'blockhash'),
      ]
    : [];
  const remarks = [
    ...(picture ? [] : [texts.noPicture]),
    ...(picture && picture.pdq.quality < PDQ_MIN_QUALITY ? [texts.lowQuality] : []),
    ...(picture && !picture.exact ? [texts.roughAlpha] : []),
  ];
  return [
    element('h2', {}, texts.hashes),
    element('dl', {}, ...rows, ...fact('SHA-256', digest, 'sha256')),
    ...remarks.map((remark) => element('p', { class: 'quiet' }, remark)),
  ];
}

/** By hash alone: exact, and perceptual where the picture says enough. */
async function ask({ sha256: digest, picture }: Hashes): Promise<readonly HashMatch[]> {
  const found = await matchByHash('sha256', digest);
  if (!picture || picture.pdq.quality < PDQ_MIN_QUALITY) return found;
  return [
    ...found,
    ...(await matchByHash('pdq', picture.pdq.hash)),
    ...(await matchByHash('blockhash', picture.blockhash)),
  ];
}

function matchesShown(matches: readonly HashMatch[]): Child[] {
  if (matches.length === 0) return [element('p', { id: 'answer' }, texts.unknown)];
  const cells = (name: string, values: readonly string[]): HTMLElement =>
    element('tr', {}, ...values.map((value) => element(name, name === 'th' ? { scope: 'col' } : {}, value)));
  const rows = matches.map(({ type, distance, state, labels, action }) =>
    cells('td', [
      type,
      String(distance),
      texts.states[state] ?? state,
      labels?.category ?? '–',
      texts.actions[action ?? ''] ?? '–',
    ]),
  );
  return [
    element('p', { id: 'answer', class: 'alarm' }, texts.known),
    element('table', {}, cells('th', [texts.type, texts.distance, texts.state, texts.category, texts.action]), ...rows),
  ];
}

function refusalShown(error: unknown): Child {
  const spent = error instanceof Refused && error.status === 429;
  const words = spent ? texts.budgetSpent : error instanceof Refused ? error.message : texts.unreachable;
  return element('p', { id: 'answer', class: 'alarm', role: 'alert' }, words);
}

async function answerShown(hashes: Hashes, current: Session | null): Promise<Child[]> {
  if (!current)
    return [
      element('p', { id: 'answer', class: 'quiet' }, texts.signInFirst, ' ', element('a', { href: '/' }, texts.signIn)),
    ];
  try {
    return matchesShown(await ask(hashes));
  } catch (error) {
    return [refusalShown(error)];
  }
}

/** Null also where there is no server: the page may have been saved and opened from a disk. */
const signedIn = (): Promise<Session | null> => session().catch(() => null);

function start(page: HTMLElement): void {
  const input = element('input', { type: 'file', accept: 'image/*', id: 'file' }) as HTMLInputElement;
  const drop = element('label', { class: 'drop', for: 'file' }, texts.choose, input);
  const result = element('section', { 'aria-live': 'polite' });
  let turn = 0;

  async function take(file: Blob | undefined): Promise<void> {
    if (!file) return;
    const mine = ++turn;
    const show = (...children: readonly Child[]): void => {
      if (mine === turn) result.replaceChildren(...children);
    };
    show(element('p', { class: 'quiet' }, texts.hashing));
    const [hashes, current] = await Promise.all([hashesOf(file), signedIn()]);
    const shown = hashesShown(hashes);
    show(...shown, element('h2', {}, texts.answer), element('p', { class: 'quiet' }, texts.asking));
    const answer = await answerShown(hashes, current);
    show(...shown, element('h2', {}, texts.answer), ...answer);
  }
  const begin = (file: Blob | undefined): void => {
    take(file).catch(() => result.replaceChildren(element('p', { class: 'alarm', role: 'alert' }, texts.failed)));
  };

  input.addEventListener('change', () => begin(input.files?.[0]));
  for (const [name, over] of [
    ['dragover', true],
    ['dragleave', false],
    ['drop', false],
  ] as const) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle('over', over);
      if (name === 'drop') begin(event.dataTransfer?.files[0]);
    });
  }
  document.addEventListener('paste', (event) => begin(event.clipboardData?.files[0]));
  page.replaceChildren(element('h1', {}, texts.title), element('p', { class: 'stays' }, texts.stays), drop, result);
}

document.documentElement.lang = lang;
document.title = `${texts.title} · Clepsydra`;
const page = document.getElementById('page');
if (page) start(page);
