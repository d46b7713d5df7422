import type { Tx } from '../infra/database/work';
import type { SignalType } from '../domain/vocabulary';
import type { SignalView } from './signal.dto';

const SELECT = `select s.id, s.type, s.value, s.state, coalesce((
    select jsonb_agg(jsonb_build_object('organisationId', c.organisation_id, 'organisationName', o.name,
      'contributedAt', to_char(c.contributed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'labels', c.labels) order by c.contributed_at, c.id)
    from signal_contribution c join organisation o on o.id = c.organisation_id
    where c.signal_id = s.id and c.withdrawn_at is null), '[]') as contributions
  from signal s`;

export const findSignals = (tx: Tx, ids: readonly string[]): Promise<SignalView[]> =>
  tx.query(`${SELECT} where s.id = any($1)`, [ids]);

export const findExact = (tx: Tx, type: SignalType, value: string): Promise<SignalView[]> =>
  tx.query(`${SELECT} where s.type = $1 and s.value = $2 and s.state <> 'withdrawn'`, [type, value]);

/** Exact also without an index: every hash is compared in the database. For a node that is still loading. */
export async function scanSignals(
  tx: Tx,
  type: SignalType,
  value: string,
  radius: number,
): Promise<{ id: string; distance: number }[]> {
  return tx.query(
    `select id, distance from (
       select s.id, bit_count(('x' || s.value)::bit(256) # ('x' || $2)::bit(256))::int as distance from signal s
       where s.type = $1 and s.state <> 'withdrawn') as compared
     where distance <= $3 order by distance, id`,
    [type, value, radius],
  );
}
