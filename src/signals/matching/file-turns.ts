import type { DomainError } from '../../domain/errors';
import type { FileKind } from '../../infra/imaging/magic';
import { Places } from './places';

/** A file that somebody sends. */
export interface SentFile<File> {
  /** Bytes that have come so far, to be compared with each other alone. */
  readonly received: () => number;
  /** What it is, by its first bytes, and how to read the rest. */
  readonly open: () => Promise<{ readonly kind: FileKind; readonly rest: () => Promise<File> }>;
  /** Ends what reads it with this error. */
  readonly refuse: (error: DomainError) => void;
}

interface Elsewhere<Answer> {
  readonly elsewhere: () => Promise<Answer>;
}
type Begun<File, Answer> = Elsewhere<Answer> | { readonly file: File };

/**
 * Sixteen files are held in memory at once, of 64 MiB at most each: a file is read when its turn comes, and not before. Films
 * and PDFs wait for lanes in which each may take a minute, so they have places of their own, as many as those lanes use up.
 * Until one is free no more is held of them than the first bytes, which tell what they are, and no place of a picture.
 */
export class FileTurns {
  readonly #pictures = new Places(12, 4);
  readonly #others: Readonly<Partial<Record<FileKind, Places>>> = { video: new Places(2, 1), pdf: new Places(2, 1) };

  /** @throws as {@link Places.run} */
  async run<File, Answer>(
    owner: string,
    { received, open, refuse }: SentFile<File>,
    work: (file: File) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const begin = async (): Promise<Begun<File, Answer>> => {
      const { kind, rest } = await open();
      const places = this.#others[kind];
      return places
        ? { elsewhere: () => places.run(owner, { received, refuse, read: rest }, work, signal) }
        : { file: await rest() };
    };
    const first = await this.#pictures.run<Begun<File, Answer>, Elsewhere<Answer> | { answer: Answer }>(
      owner,
      { received, refuse, read: begin },
      async (begun) => ('file' in begun ? { answer: await work(begun.file) } : begun),
      signal,
    );
    return 'answer' in first ? first.answer : first.elsewhere();
  }

  /** A second has passed. */
  tick(): void {
    for (const places of [this.#pictures, ...Object.values(this.#others)]) places.tick();
  }
}
