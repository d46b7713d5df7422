import { DISCLOSED } from '../domain/ledger-entry';
import type { Tx } from '../infra/database/work';
import { disclosedBy } from './sequence-disclosures';
import { audienceOf, type CheckedEntry } from './verify-entry';

interface Delivered {
  readonly leaf: number;
  readonly to: string;
}

/** Works out again who hears of what where, disclosures included. Goes through the ledger in its order. */
export class AudienceCheck {
  /** To whom each leaf was disclosed so far: they may disclose it in turn. */
  private readonly disclosed = new Map<number, Set<string>>();

  /**
   * What `ledger_audience` must hold at a place, in the form of `AUDIENCE_BY_PLACE`: first earlier leaves disclosed here as
   * `leaf:organisation`, then the organisations of the entry itself, each sorted.
   */
  async heardAt(tx: Tx, seq: number, checked: CheckedEntry): Promise<string> {
    const { entry, audience } = checked;
    if (entry?.kind !== DISCLOSED) return audience.join();
    const delivered = await this.deliveries(tx, seq, checked);
    for (const { leaf, to } of delivered) this.disclosed.set(leaf, (this.disclosed.get(leaf) ?? new Set()).add(to));
    return [...delivered.map(({ leaf, to }) => `${leaf}:${to}`), ...audience].join();
  }

  private async deliveries(tx: Tx, seq: number, { entry, audience }: CheckedEntry): Promise<Delivered[]> {
    if (!entry) return [];
    const named: { leaf: string; audience: string }[] = await tx.query(
      `select l.seq as leaf, e.audience::text as audience from ledger_leaf l join ledger_entry e on e.id = l.entry_id
       where e.id = any ($1::uuid[]) and l.seq < $2 order by l.seq`,
      [disclosedBy(entry.dims), seq],
    );
    return named.flatMap((row) => {
      const [leaf, readers] = [Number(row.leaf), audienceOf(row.audience)];
      const mayDisclose =
        entry.org === null || readers.includes(entry.org) || this.disclosed.get(leaf)?.has(entry.org) === true;
      return mayDisclose ? audience.filter((id) => !readers.includes(id)).map((to) => ({ leaf, to })) : [];
    });
  }
}

export const AUDIENCE_BY_PLACE = `
  select seq, string_agg(case when leaf_seq = seq then '' else leaf_seq || ':' end || organisation_id, ','
    order by leaf_seq, organisation_id) as heard
  from ledger_audience group by seq order by seq`;
