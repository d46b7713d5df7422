import { IsNull } from 'typeorm';
import type { Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { WebhookEndpoint } from './deliveries.entity';

/** Two deliveries that fail on every attempt, nearly. One alone does not open it: the retries of one message are six. */
export const OPENS_AFTER = 10;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 30 * 60_000;
/** A probe that nobody ended within a minute was that of a process that is gone. */
const PROBE_LOST_MS = 60_000;

/** What is known of how an endpoint answers. */
export type Circuit = Pick<WebhookEndpoint, 'failures' | 'openings' | 'openUntil' | 'probedAt'>;
export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];

export const CLOSED: Circuit = { failures: 0, openings: 0, openUntil: null, probedAt: null };

/** `half_open`: one call may go out, and decides. While it is under way the circuit is open to all others. */
export function circuitState({ openUntil, probedAt }: Circuit, now: Date): CircuitState {
  if (!openUntil) return 'closed';
  if (now < openUntil) return 'open';
  return probedAt && now.getTime() - probedAt.getTime() < PROBE_LOST_MS ? 'open' : 'half_open';
}

const pauseMs = (openings: number): number => Math.min(FIRST_PAUSE_MS * 2 ** (openings - 1), LONGEST_PAUSE_MS);

/** Calls that had begun before it opened, and fail after, do not lengthen the pause: one failure is one step. */
export function afterFailure(circuit: Circuit, now: Date): Circuit {
  const failures = circuit.failures + 1;
  const isOpen = circuit.openUntil !== null && now < circuit.openUntil;
  if (isOpen || (circuit.openUntil === null && failures < OPENS_AFTER)) return { ...circuit, failures };
  const openings = circuit.openings + 1;
  return { failures, openings, openUntil: new Date(now.getTime() + pauseMs(openings)), probedAt: null };
}

/**
 * Whether a call may go out to this endpoint now; when the circuit is half open, it is the one that tries. The row stays locked
 * until the transaction ends, so that two never try at once. Returns until when to wait otherwise.
 */
export async function passCircuit(tx: Tx, endpointId: string, at: Date): Promise<Date | null> {
  if (await tx.existsBy(WebhookEndpoint, { id: endpointId, openUntil: IsNull() })) return null;
  const endpoint = await lockEndpoint(tx, endpointId);
  if (!endpoint) return null;
  const state = circuitState(endpoint, at);
  if (state === 'closed') return null;
  if (state === 'open') {
    const lost = (endpoint.probedAt?.getTime() ?? 0) + PROBE_LOST_MS;
    return new Date(Math.max(endpoint.openUntil?.getTime() ?? 0, endpoint.probedAt ? lost : 0));
  }
  await tx.update(WebhookEndpoint, { id: endpointId }, { probedAt: at });
  return null;
}

/** Counts what came of a call, and tells its owner when that opens or closes the circuit. */
export async function countCall(tx: Tx, endpointId: string, hasAnswered: boolean, at: Date): Promise<void> {
  // Nearly every call succeeds as the one before did: no lock is taken for it.
  if (hasAnswered && (await tx.existsBy(WebhookEndpoint, { id: endpointId, failures: 0, openUntil: IsNull() }))) return;
  const before = await lockEndpoint(tx, endpointId);
  if (!before) return;
  const after = hasAnswered ? CLOSED : afterFailure(before, at);
  const { failures, openings, openUntil, probedAt } = after;
  await tx.update(WebhookEndpoint, { id: endpointId }, { failures, openings, openUntil, probedAt });
  const hasOpened = openings > before.openings;
  if (!hasOpened && !(hasAnswered && before.openUntil)) return;
  await append(tx, {
    kind: hasOpened ? 'webhook.circuit-opened' : 'webhook.circuit-closed',
    actor: 'service',
    at,
    subjects: { webhook: endpointId },
    dims: hasOpened ? { failures, until: openUntil?.toISOString() ?? null } : { failures: before.failures },
    audience: [before.organisationId],
  });
}

const lockEndpoint = (tx: Tx, id: string): Promise<WebhookEndpoint | null> =>
  tx.findOne(WebhookEndpoint, { where: { id }, lock: { mode: 'pessimistic_write' } });
