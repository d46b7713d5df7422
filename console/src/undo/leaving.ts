import { makeStore } from './store';

/** Notices that were let go in this tab: the bar shows them as long as they can be taken back. */
export const letGo = makeStore<readonly string[]>([]);

export const noteLetGo = (id: string): void => letGo.set([...letGo.get().filter((other) => other !== id), id]);
export const dismiss = (id: string): void => letGo.set(letGo.get().filter((other) => other !== id));
