/** The task that calls those to whom a threat to life was reported. It has no queue and waits for nothing. */
export const LIFE_THREAT = 'life-threat';
