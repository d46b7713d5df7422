import type { SignalType } from '../domain/vocabulary';
import { PDQ_MATCH_RADIUS } from './pdq';

/** Compared by distance; of every other type a hash is equal or it is not. */
export const PERCEPTUAL_TYPES = ['pdq', 'blockhash'] as const satisfies readonly SignalType[];
export type PerceptualType = (typeof PERCEPTUAL_TYPES)[number];
export const isPerceptual = (type: SignalType): type is PerceptualType => type === 'pdq' || type === 'blockhash';

/** Bits that may differ unless the asker says otherwise: PDQ as the field uses it; blockhash as for deduplication. */
export const DEFAULT_RADIUS: Readonly<Record<PerceptualType, number>> = { pdq: PDQ_MATCH_RADIUS, blockhash: 10 };

/** 0 for exact types. */
export const radiusFor = (type: SignalType): number => (isPerceptual(type) ? DEFAULT_RADIUS[type] : 0);
