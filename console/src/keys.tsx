import { useEffect, useRef } from 'react';

export type Keys = Readonly<Record<string, () => void>>;

const WRITES = 'input, textarea, select, [contenteditable]';

/** Whether a press is meant for what has the focus: a field, a dialog, or a button that it would push. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('dialog')) return true;
  if (target?.matches('input[type=checkbox]')) return event.key === ' ';
  if (target?.matches(WRITES)) return true;
  return (event.key === 'Enter' || event.key === ' ') && target?.matches('a, button, summary') === true;
}

/** Single keys of the screen that is open, by `KeyboardEvent.key`: letters work on every layout that has them. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open]') || isElsewhere(event)) return;
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

/** Ctrl or Cmd with Enter, also from within a field. */
export function useSendKey(act: () => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
