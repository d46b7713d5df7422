import { DomainError } from '../../domain/errors';
import type { ListSharing, Tlp } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import type { ListMember, SignalListView } from './list.dto';

export interface ListRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly purpose: string;
  readonly owner_id: string | null;
  readonly owner_name: string | null;
  readonly sharing: ListSharing;
  readonly tlp: Tlp;
  readonly auto_action: boolean;
  readonly created_at: Date;
  readonly closed_at: Date | null;
  readonly version: number;
  readonly is_writable: boolean;
  readonly members: ListMember[];
}

/** A list as the asker may see it: the policies show an owner all members and a member itself. */
export const SELECT_LIST = `select l.id, l.slug, l.name, l.purpose, l.owner_id, o.name as owner_name, l.sharing, l.tlp, l.auto_action, l.created_at,
    l.closed_at, l.version, l.id = any ((select writable_lists())::uuid[]) as is_writable, coalesce((
      select jsonb_agg(jsonb_build_object('organisationId', m.organisation_id, 'organisationName', coalesce(p.name, ''),
        'mayContribute', m.may_contribute, 'joinedAt', to_char(m.joined_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by m.joined_at, m.organisation_id)
      from signal_list_member m left join organisation p on p.id = m.organisation_id where m.list_id = l.id and m.left_at is null), '[]') as members
  from signal_list l left join organisation o on o.id = l.owner_id`;

export function toListView(row: ListRow): SignalListView {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    purpose: row.purpose,
    owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? '' },
    sharing: row.sharing,
    tlp: row.tlp,
    autoAction: row.auto_action,
    createdAt: row.created_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    version: row.version,
    mayContribute: row.is_writable,
    members: row.members,
  };
}

/** @throws DomainError `request.not-found` for a list that is not the asker's to see */
export async function requireList(tx: Tx, id: string): Promise<ListRow> {
  const [row] = await tx.query<ListRow[]>(`${SELECT_LIST} where l.id = $1`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

/** Those that the actor answers for: its own, and for the operator those of the service. */
export async function requireOwnList(tx: Tx, actor: Actor, id: string): Promise<ListRow> {
  const row = await requireList(tx, id);
  const isOwn = row.owner_id === null ? actor.organisationKind === 'operator' : row.owner_id === actor.organisationId;
  if (!isOwn) throw new DomainError('signal-list.not-owner', { listId: id });
  return row;
}

/** Who learns of what happens to a list: its owner and the members that the actor sees. */
export function listAudience(row: ListRow): string[] {
  return [...new Set([...(row.owner_id ? [row.owner_id] : []), ...row.members.map((member) => member.organisationId)])];
}
