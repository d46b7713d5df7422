export const RIGHTS = `
alter table signal_list enable row level security;
alter table signal_list_member enable row level security;
alter table signal_frame enable row level security;
alter table signal_change enable row level security;
alter table signal_opinion enable row level security;
alter table signal_dispute enable row level security;
alter table signal_feedback enable row level security;

create policy signal_list_read on signal_list for select to clepsydra_app
  using (id = any ((select readable_lists())::uuid[]) or (select current_org_kind()) = 'operator');
create policy signal_list_make on signal_list for insert to clepsydra_app with check (owner_id = (select current_org()));
create policy signal_list_change on signal_list for update to clepsydra_app
  using (owner_id = (select current_org()) or (owner_id is null and (select current_org_kind()) = 'operator'));
create policy signal_list_member_read on signal_list_member for select to clepsydra_app
  using (organisation_id = (select current_org()) or exists (select 1 from signal_list l where l.id = list_id and l.owner_id = (select current_org()))
    or (select current_org_kind()) = 'operator');
create policy signal_list_member_make on signal_list_member for insert to clepsydra_app
  with check (exists (select 1 from signal_list l where l.id = list_id and l.owner_id = (select current_org())));
-- A member leaves; only the owner lets in and gives rights.
create policy signal_list_member_change on signal_list_member for update to clepsydra_app
  using (organisation_id = (select current_org()) or exists (select 1 from signal_list l where l.id = list_id and l.owner_id = (select current_org())))
  with check (left_at is not null or exists (select 1 from signal_list l where l.id = list_id and l.owner_id = (select current_org())));

drop policy signal_shared on signal;
drop policy signal_insert on signal;
drop policy signal_contribution_shared on signal_contribution;
drop policy signal_contribution_insert on signal_contribution;
-- The state over all lists and when it last changed are nobody's to read: an organisation asks signal_state, which sees what it may see.
revoke insert, select on signal from clepsydra_app;
grant select (id, type, value, quality, created_at, erased_at, forgotten_at) on signal to clepsydra_app;

-- What is in quarantine is its contributor's and the operator's to see; the rest is whoever reads the list's.
create policy signal_contribution_read on signal_contribution for select to clepsydra_app using (
  organisation_id = (select current_org())
  or (list_id = any ((select readable_lists())::uuid[]) and state <> 'quarantined')
  or (select current_org_kind()) = 'operator');
create policy signal_contribution_insert on signal_contribution for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and list_id = any ((select writable_lists())::uuid[])
    and state in ('standing', 'quarantined') and end_ground is null);
create policy signal_read on signal for select to clepsydra_app
  using (exists (select 1 from signal_contribution c where c.signal_id = signal.id));
create policy signal_frame_read on signal_frame for select to clepsydra_app
  using (exists (select 1 from signal s where s.id = signal_id));
create policy signal_frame_make on signal_frame for insert to clepsydra_app with check (exists (select 1 from signal_contribution c
  where c.signal_id = signal_frame.signal_id and c.organisation_id = (select current_org()) and c.withdrawn_at is null));
create policy signal_change_read on signal_change for select to clepsydra_app
  using (exists (select 1 from signal s where s.id = signal_id));
create policy signal_change_make on signal_change for insert to clepsydra_app with check ((select current_org()) is not null);
-- An opinion and a dispute are their author's, the operator's and of whoever reads one of their lists now.
create policy signal_opinion_read on signal_opinion for select to clepsydra_app
  using (organisation_id = (select current_org()) or list_ids && (select readable_lists())::uuid[] or (select current_org_kind()) = 'operator');
create policy signal_opinion_make on signal_opinion for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and list_ids <@ signal_seen_lists(signal_id, true));
create policy signal_opinion_change on signal_opinion for update to clepsydra_app using (organisation_id = (select current_org()));
create policy signal_dispute_read on signal_dispute for select to clepsydra_app
  using (organisation_id = (select current_org()) or list_ids && (select readable_lists())::uuid[] or (select current_org_kind()) = 'operator');
create policy signal_dispute_make on signal_dispute for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and state = 'open' and reason <> 'order_annulled' and list_ids <@ signal_seen_lists(signal_id, true));
-- One's own: it is restated or taken back. Who decides it is not asked here but in signal_reject_dispute and signal_end_contributions.
create policy signal_dispute_change on signal_dispute for update to clepsydra_app
  using (organisation_id = (select current_org()) and state = 'open' and reason <> 'order_annulled')
  with check (organisation_id = (select current_org()) and reason <> 'order_annulled'
    and (state = 'retracted' or (state = 'open' and list_ids <@ signal_seen_lists(signal_id, true))));
create policy signal_feedback_own on signal_feedback for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org()) and (superseded_at is not null or list_ids <@ signal_seen_lists(signal_id, false)));

-- The worker loads the index, expires, retracts and follows subscriptions across organisations.
create policy signal_list_worker on signal_list for select to clepsydra_worker using (true);
create policy signal_list_member_worker on signal_list_member for select to clepsydra_worker using (true);
create policy signal_contribution_worker on signal_contribution for all to clepsydra_worker using (true) with check (true);
create policy signal_frame_worker on signal_frame for all to clepsydra_worker using (true) with check (true);
create policy signal_change_worker on signal_change for all to clepsydra_worker using (true) with check (true);
create policy signal_opinion_worker on signal_opinion for select to clepsydra_worker using (true);
create policy signal_dispute_worker on signal_dispute for all to clepsydra_worker using (true) with check (true);
create policy signal_feedback_worker on signal_feedback for select to clepsydra_worker using (true);

grant select, insert on signal_list, signal_list_member, signal_frame, signal_change, signal_opinion, signal_dispute, signal_feedback to clepsydra_app;
grant update (name, purpose, tlp, auto_action, closed_at, version) on signal_list to clepsydra_app;
grant update (may_contribute, left_at, joined_at) on signal_list_member to clepsydra_app;
revoke update on signal_contribution from clepsydra_app;
grant update (expires_at, reviewed, reviewed_at) on signal_contribution to clepsydra_app;
grant update (superseded_at) on signal_opinion, signal_feedback to clepsydra_app;
grant update (list_ids, reason, note, state, closed_at, closed_by) on signal_dispute to clepsydra_app;
grant select on signal_list, signal_list_member, signal_opinion, signal_feedback to clepsydra_worker;
grant select, insert on signal_frame, signal_change, signal_contribution, signal_dispute to clepsydra_worker;
grant update (overdue_at) on signal_dispute to clepsydra_worker;
grant execute on function readable_lists(), writable_lists(), signal_make(uuid[], text[], text[], smallint[], timestamptz),
  signal_end_contributions(uuid[], text, text, timestamptz, text), signal_hold_contributions(uuid[], boolean, timestamptz), signal_concerned(uuid[], uuid[]),
  signal_dispute_annulled(uuid[], uuid[], timestamptz, timestamptz) to clepsydra_app, clepsydra_worker;
grant execute on function signal_responsibility(uuid), signal_reject_dispute(uuid, text, timestamptz), signal_state(uuid),
  signal_seen_lists(uuid, boolean), signal_feedback_counts(uuid[]) to clepsydra_app;
grant execute on function signal_forget(timestamptz, timestamptz, int) to clepsydra_worker;
`;
