import { useEffect, useRef, useState } from 'react';

/** Text files are read into the paste; everything else is kept as a file. */
const IS_TEXT = /\.(txt|csv|tsv|eml|log)$/i;
const MOST_TEXT_BYTES = 4 * 2 ** 20;

interface Takers {
  readonly onText: (text: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

export async function take(files: readonly File[], { onText, onFiles }: Takers): Promise<void> {
  const isText = (file: File): boolean =>
    (IS_TEXT.test(file.name) || file.type === 'text/plain' || file.type === 'text/csv') && file.size <= MOST_TEXT_BYTES;
  const others = files.filter((file) => !isText(file));
  if (others.length > 0) onFiles(others);
  for (const file of files.filter(isText)) onText(await file.text());
}

/** Whatever is dropped anywhere on the page, and files that are pasted. True while something hovers over it. */
export function useDrop(takers: Takers, isOff: boolean): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(takers);
  useEffect(() => {
    latest.current = takers;
  });
  useEffect(() => {
    if (isOff) return undefined;
    const ending = new AbortController();
    const on = (name: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void): void =>
      document.addEventListener(name, act, { signal: ending.signal });
    on('dragover', (event) => {
      event.preventDefault();
      setOver(true);
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      event.preventDefault();
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      const text = event.dataTransfer?.getData('text/plain') ?? '';
      if (files.length > 0) void take(files, latest.current);
      else if (text !== '') latest.current.onText(text);
    });
    document.addEventListener(
      'paste',
      (event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length === 0) return;
        event.preventDefault();
        void take(files, latest.current);
      },
      { signal: ending.signal },
    );
    return () => ending.abort();
  }, [isOff]);
  return isOver;
}
