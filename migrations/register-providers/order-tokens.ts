/** The tokens by which two bodies find out that both order the same. */
export const ORDER_TOKENS = `
-- What orders that stand are about, as keyed tokens: without the installation's secret, which the database never has, nobody can
-- tell an address from a token or ask for one. Content tokens tell of the same file elsewhere and stop nothing; page tokens are of
-- the page of which an order names a place.
create table order_token (
  id bigint generated always as identity,
  token bytea not null,
  notice_id uuid not null,
  organisation_id uuid not null,
  kind text not null,
  recorded_at timestamptz(3) not null,
  released_at timestamptz(3),
  constraint order_token_pk primary key (id),
  constraint order_token_notice_fk foreign key (notice_id) references notice (id),
  constraint order_token_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint order_token_kind_known check (kind in ('subject', 'page', 'content')),
  constraint order_token_length check (length(token) = 32)
);
-- Rec. 36: one order on one subject, of whichever body.
create unique index order_token_one_stands on order_token (token) where kind = 'subject' and released_at is null;
-- Once for a notice while it stands. What was called back and goes again is a line of its own.
create unique index order_token_once on order_token (notice_id, token, kind) where released_at is null;
create index order_token_notice on order_token (notice_id);

-- By which key the tokens were made: a node with another one would find no order that stands, and say that all is clear.
create table private.order_key (
  id smallint not null default 1,
  fingerprint bytea not null,
  constraint order_key_pk primary key (id),
  constraint order_key_single check (id = 1)
);

create table order_question_count (
  organisation_id uuid not null,
  person_id uuid not null,
  day date not null,
  asked int not null,
  constraint order_question_count_pk primary key (organisation_id, person_id, day),
  constraint order_question_count_organisation_fk foreign key (organisation_id) references organisation (id)
);

-- Answers one question: whose orders stand on these tokens. Which notice it is is told of one's own alone.
create function standing_orders(asked bytea[]) returns table (token bytea, kind text, organisation_id uuid, notice_id uuid)
language sql stable security definer set search_path = public, pg_catalog as $$
  select t.token, t.kind, t.organisation_id, case when t.organisation_id = current_org() then t.notice_id end
  from order_token t where current_org() is not null and t.token = any (asked) and t.released_at is null $$;

-- The first key is the installation's; whether this is it.
create function is_order_key(asked bytea) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  insert into private.order_key (fingerprint) values (asked) on conflict do nothing;
  return (select k.fingerprint = asked from private.order_key k);
end $$;

-- Takes so many questions of today's, or none and false when so many are not left.
create function take_order_questions(who uuid, on_day date, questions int, most int) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare total int;
begin
  if current_org() is null or who not in (coalesce(current_person(), who), '00000000-0000-0000-0000-000000000000') or questions < 1 then
    raise exception 'not one''s own questions' using errcode = '42501';
  end if;
  insert into order_question_count as c (organisation_id, person_id, day, asked) values (current_org(), who, on_day, questions)
    on conflict (organisation_id, person_id, day) do update set asked = c.asked + excluded.asked where c.asked + excluded.asked <= most
    returning asked into total;
  if total > most then raise exception 'more questions at once than a day has' using errcode = '22023'; end if;
  return total is not null;
end $$;

-- Its sender, or whoever ended it, lets go of what an order was about; or of some of it, where that has been carried out.
create function release_order_tokens(of_notice uuid, at timestamptz, only_these bytea[] default null) returns void
language sql volatile security definer set search_path = public, pg_catalog as $$
  update order_token t set released_at = at where t.notice_id = of_notice and t.released_at is null
    and (only_these is null or t.token = any (only_these))
    and (t.organisation_id = current_org() or pg_has_role(session_user, 'clepsydra_worker', 'member')
      or (current_org() is not null and exists (select 1 from notice n where n.id = of_notice and n.state in ('withdrawn', 'annulled', 'closed')))) $$;

revoke all on function standing_orders(bytea[]), take_order_questions(uuid, date, int, int),
  release_order_tokens(uuid, timestamptz, bytea[]), is_order_key(bytea) from public;
grant execute on function standing_orders(bytea[]), take_order_questions(uuid, date, int, int),
  release_order_tokens(uuid, timestamptz, bytea[]) to clepsydra_app;
grant execute on function is_order_key(bytea), release_order_tokens(uuid, timestamptz, bytea[]) to clepsydra_worker;

alter table order_token enable row level security;
alter table order_question_count enable row level security;

create policy order_token_own on order_token for select to clepsydra_app using (organisation_id = (select current_org()));
create policy order_token_record on order_token for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and released_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())));
create policy order_question_count_own on order_question_count for select to clepsydra_app using (organisation_id = (select current_org()));
create policy order_token_worker on order_token for insert to clepsydra_worker with check (true);
create policy order_token_worker_read on order_token for select to clepsydra_worker using (true);

grant select, insert on order_token to clepsydra_app, clepsydra_worker;
grant select on order_question_count to clepsydra_app;
`;
