import { setImmediate } from 'node:timers/promises';

/** Lets the event loop do everything else that waits, then goes on. */
export const turn = (): Promise<void> => setImmediate();
