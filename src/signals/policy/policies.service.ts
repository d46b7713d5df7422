import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError, type FieldFault } from '../../domain/errors';
import { DEFAULT_RULES, type PolicyRule } from '../../domain/signal-policy';
import { parseRules } from '../../domain/signal-policy-form';
import { describeRules, LIMITS_IN_WORDS } from '../../domain/signal-policy-words';
import type { PolicyState } from '../../domain/vocabulary';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../infra/http/paging';
import { append } from '../../ledger/append';
import { Directory } from '../matching/directory.service';
import type { DraftPolicyDto, PolicyView } from './policy.dto';

export interface PolicyRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly state: PolicyState;
  readonly made_at: Date;
  /** Its last dry run. */
  readonly tried_at: Date | null;
  readonly enforced_at: Date | null;
  readonly replaced_at: Date | null;
}

const COLUMNS = 'id, version, name, rules, state, made_at, tried_at, enforced_at, replaced_at';

/** What an organisation wants done with matches: written, tried on what was matched, and put in force. */
@Injectable()
export class Policies {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly directory: Directory,
  ) {}

  list(actor: Actor, query: PageQuery): Promise<Page<PolicyView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<PolicyRow[]>(
        `select ${COLUMNS} from signal_policy where $1::timestamptz is null or (made_at, id) < ($1, $2::uuid)
         order by made_at desc, id desc limit $3`,
        [after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      const names = await listNames(
        tx,
        rows.flatMap(({ rules }) => rules),
      );
      return pageOf(
        rows,
        query.limit,
        (row) => ({ at: row.made_at, id: row.id }),
        (row) => toView(row, names),
      );
    });
  }

  /** What decides now. */
  current(actor: Actor): Promise<PolicyView> {
    return this.work.read(actor, async (tx) => {
      const [row] = await tx.query<PolicyRow[]>(`select ${COLUMNS} from signal_policy where state = 'in_force'`);
      return row ? toView(row, await listNames(tx, row.rules)) : DEFAULT_VIEW;
    });
  }

  async draft(actor: Actor, dto: DraftPolicyDto): Promise<PolicyView> {
    const rules = parseRules(dto.rules);
    const at = this.clock.now();
    return this.work.run(actor, async (tx) => {
      const names = await listNames(tx, rules);
      assertListsKnown(rules, names);
      await lockPolicies(tx, actor);
      const [row] = await tx.query<PolicyRow[]>(
        `insert into signal_policy (id, organisation_id, version, name, rules, made_at)
         select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 from signal_policy returning ${COLUMNS}`,
        [uuidv7(), actor.organisationId, dto.name, JSON.stringify(rules), at],
      );
      if (!row) throw new Error('a policy was not written');
      await append(tx, {
        kind: 'signal-policy.drafted',
        actor,
        at,
        subjects: { policy: row.id },
        dims: { version: row.version, rules: rules.length },
        internal: { name: dto.name },
        audience: [],
      });
      return toView(row, names);
    });
  }

  /** Takes effect with the next question on this node, within a second on every other, once it was tried. Also an earlier one, which stands again. */
  async enforce(actor: Actor, id: string): Promise<PolicyView> {
    const at = this.clock.now();
    const view = await this.work.run(actor, async (tx) => {
      await lockPolicies(tx, actor);
      const policy = await requirePolicy(tx, id);
      if (policy.state === 'in_force') throw new DomainError('signal-policy.in-force', { policyId: id });
      if (policy.tried_at === null) {
        throw new DomainError('signal-policy.not-tried', {
          policyId: id,
          first: `POST /v1/signal-policies/${id}/dry-run`,
        });
      }
      const names = await listNames(tx, policy.rules);
      assertListsKnown(policy.rules, names);
      const [replaced] = await tx.query<[{ version: number }[], number]>(
        `update signal_policy set state = 'replaced', replaced_at = $1 where state = 'in_force' returning version`,
        [at],
      );
      const [rows] = await tx.query<[PolicyRow[], number]>(
        `update signal_policy set state = 'in_force', enforced_at = $2, replaced_at = null where id = $1 returning ${COLUMNS}`,
        [id, at],
      );
      await append(tx, {
        kind: 'signal-policy.enforced',
        actor,
        at,
        subjects: { policy: id },
        dims: {
          version: policy.version,
          was: replaced[0]?.version ?? null,
          rules: policy.rules.length,
          blocking: policy.rules.filter(({ action }) => action === 'block').length,
        },
        internal: { name: policy.name },
        audience: [],
      });
      return toView(rows[0] ?? policy, names);
    });
    await this.directory.refresh();
    return view;
  }
}

export async function requirePolicy(tx: Tx, id: string): Promise<PolicyRow> {
  const [row] = await tx.query<PolicyRow[]>(`select ${COLUMNS} from signal_policy where id = $1`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

/** Versions have no gaps, and one policy is in force. */
async function lockPolicies(tx: Tx, actor: Actor): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('signal-policy:' || $1, 0))`, [actor.organisationId]);
}

async function listNames(tx: Tx, rules: readonly PolicyRule[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rules.flatMap(({ lists }) => lists ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ id: string; name: string }[]>(
    'select id, name from signal_list where id = any($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** A list that one may not read cannot be told from none. */
function assertListsKnown(rules: readonly PolicyRule[], names: ReadonlyMap<string, string>): void {
  const faults = rules.flatMap(({ lists = [] }, rule) =>
    lists.flatMap((id, index): FieldFault[] =>
      names.has(id)
        ? []
        : [{ pointer: `/rules/${rule}/lists/${index}`, detail: 'there is no such list, or it is not yours to read' }],
    ),
  );
  if (faults.length > 0) throw new DomainError('request.invalid', {}, faults);
}

const DEFAULT_VIEW: PolicyView = {
  id: null,
  version: null,
  name: 'default',
  state: 'in_force',
  rules: DEFAULT_RULES,
  words: describeRules(DEFAULT_RULES),
  limits: LIMITS_IN_WORDS,
  madeAt: null,
  triedAt: null,
  enforcedAt: null,
  replacedAt: null,
};

const toView = (row: PolicyRow, names: ReadonlyMap<string, string>): PolicyView => ({
  id: row.id,
  version: row.version,
  name: row.name,
  state: row.state,
  rules: row.rules,
  words: describeRules(row.rules, (id) => names.get(id)),
  limits: LIMITS_IN_WORDS,
  madeAt: row.made_at.toISOString(),
  triedAt: row.tried_at?.toISOString() ?? null,
  enforcedAt: row.enforced_at?.toISOString() ?? null,
  replacedAt: row.replaced_at?.toISOString() ?? null,
});
