/** The list that everybody who takes part reads and that contributions go to unless told otherwise. */
export const COMMON_LIST = '00000000-0000-7000-8000-000000000001';

export const LISTS = `
create table signal_list (
  id uuid not null,
  slug text not null,
  name text not null,
  purpose text not null,
  owner_id uuid,
  sharing text not null,
  tlp text not null,
  auto_action boolean not null default false,
  created_at timestamptz(3) not null,
  closed_at timestamptz(3),
  version int not null default 1,
  constraint signal_list_pk primary key (id),
  -- Of one owner: that a name is taken would tell of a list that one may not see.
  constraint signal_list_slug_unique unique nulls not distinct (owner_id, slug),
  constraint signal_list_owner_fk foreign key (owner_id) references organisation (id),
  constraint signal_list_sharing_known check (sharing in ('everyone', 'group')),
  constraint signal_list_tlp_known check (tlp in ('clear', 'green', 'amber', 'amber+strict', 'red'))
);
create index signal_list_owner on signal_list (owner_id);

create table signal_list_member (
  list_id uuid not null,
  organisation_id uuid not null,
  may_contribute boolean not null,
  joined_at timestamptz(3) not null,
  left_at timestamptz(3),
  constraint signal_list_member_pk primary key (list_id, organisation_id),
  constraint signal_list_member_list_fk foreign key (list_id) references signal_list (id),
  constraint signal_list_member_organisation_fk foreign key (organisation_id) references organisation (id)
);
create index signal_list_member_organisation on signal_list_member (organisation_id);

insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, created_at) values ('${COMMON_LIST}', 'common',
  'Common list', 'Hashes of terrorist content that every body taking part may match against', null, 'everyone', 'amber', now());

-- Asked once a query, as (select …), never once a row.
create function readable_lists() returns uuid[]
language sql stable parallel restricted security definer set search_path = public, pg_catalog as $$
  select coalesce(array_agg(l.id), '{}') from signal_list l, (select current_org() as org) me
  where me.org is not null and (l.sharing = 'everyone' or l.owner_id = me.org
    or exists (select 1 from signal_list_member m where m.list_id = l.id and m.organisation_id = me.org and m.left_at is null)) $$;

create function writable_lists() returns uuid[]
language sql stable parallel restricted security definer set search_path = public, pg_catalog as $$
  select coalesce(array_agg(l.id), '{}') from signal_list l, (select current_org() as org) me
  where me.org is not null and l.closed_at is null and (l.owner_id = me.org or (l.sharing = 'everyone' and l.owner_id is null)
    or exists (select 1 from signal_list_member m where m.list_id = l.id and m.organisation_id = me.org and m.may_contribute and m.left_at is null)) $$;
`;
