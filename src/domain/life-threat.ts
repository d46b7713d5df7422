/** TCO Art. 14(5), rec. 27: by what a Member State is concerned. */
export const LIFE_THREAT_BASES = ['offender_nationality', 'victim_nationality', 'target_location'] as const;
export type LifeThreatBasis = (typeof LIFE_THREAT_BASES)[number];

/** Why a body was told. `home`: where the State concerned is not known or has nobody here, the provider's own. */
export const LIFE_THREAT_REASONS = ['concerned', 'home'] as const;
export type LifeThreatReason = (typeof LIFE_THREAT_REASONS)[number];

/** How the copy for Europol went: here, by another way that somebody states, or not yet. */
export const EUROPOL_COPY_CHANNELS = ['in_platform', 'other', 'outstanding'] as const;
export type EuropolCopyChannel = (typeof EUROPOL_COPY_CHANNELS)[number];

/** A body of this installation that may be told. */
export interface LifeThreatBody {
  readonly organisationId: string;
  /** Investigates; otherwise an authority of the register (Art. 12(1)). */
  readonly isInvestigative: boolean;
  readonly country: string;
}

export interface LifeThreatRoute {
  readonly recipients: readonly { readonly organisationId: string; readonly reason: LifeThreatReason }[];
  /** States concerned that have nobody here, and the home State when that was needed and has nobody either. */
  readonly unreached: readonly string[];
}

const ofState = (bodies: readonly LifeThreatBody[], country: string): readonly LifeThreatBody[] => {
  const there = bodies.filter((body) => body.country === country);
  const investigating = there.filter(({ isInvestigative }) => isInvestigative);
  return investigating.length > 0 ? investigating : there;
};

/**
 * Whom a report goes to. In each State concerned those who investigate offences, or else the authorities of the register; the
 * contact point of the home State where no State is known, or one of them has nobody here (Art. 14(5)).
 * @param concerned empty for unknown
 */
export function routeOf(
  concerned: readonly string[],
  home: string | null,
  bodies: readonly LifeThreatBody[],
): LifeThreatRoute {
  const states = [...new Set(concerned)];
  const unreached = states.filter((state) => ofState(bodies, state).length === 0);
  const told = new Map<string, LifeThreatReason>();
  for (const state of states)
    for (const { organisationId } of ofState(bodies, state)) told.set(organisationId, 'concerned');
  if (home === null || (states.length > 0 && unreached.length === 0)) return { recipients: listOf(told), unreached };
  // Art. 12(2): the contact point of the home State is that of its authorities.
  const registered = bodies.filter((body) => body.country === home && !body.isInvestigative);
  const there = registered.length > 0 ? registered : ofState(bodies, home);
  for (const { organisationId } of there) if (!told.has(organisationId)) told.set(organisationId, 'home');
  const isHomeUnreached = there.length === 0 && !unreached.includes(home);
  return { recipients: listOf(told), unreached: isHomeUnreached ? [...unreached, home] : unreached };
}

const listOf = (told: ReadonlyMap<string, LifeThreatReason>): LifeThreatRoute['recipients'] =>
  [...told].map(([organisationId, reason]) => ({ organisationId, reason }));

/** Reports of one platform within an hour that call people of their own; those beyond are taken and told with the last call. */
export const CALLS_PER_HOUR = 10;
