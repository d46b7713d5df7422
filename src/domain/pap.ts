import { PAP, type Pap } from './vocabulary';

/**
 * PAP (FIRST): what may be done about something that the other side could notice. One thing can lie in several cases, each
 * with its marking; whoever marked it most strictly had a reason that the others need not know.
 */
export const strictestPap = (paps: readonly Pap[]): Pap =>
  PAP[Math.max(0, ...paps.map((pap) => PAP.indexOf(pap)))] ?? 'red';

/** PAP:AMBER and PAP:RED allow no action that the other side can notice, and a request is one (FIRST, PAP 1.0). */
export const mayProbe = (pap: Pap): boolean => pap === 'clear' || pap === 'green';

/**
 * PAP:RED allows no referral and no order: nobody outside is told. Under PAP:AMBER a person may still tell the platform, which
 * is not whom one must not alert; nothing calls the address by itself.
 */
export const mayTell = (pap: Pap): boolean => pap !== 'red';
