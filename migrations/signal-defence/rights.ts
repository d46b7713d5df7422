export const RIGHTS = `
alter table signal_trust enable row level security;
alter table signal_usage enable row level security;
alter table signal_negative enable row level security;
alter table signal_quarantine enable row level security;
alter table signal_quarantine_item enable row level security;
alter table signal_policy enable row level security;
alter table signal_memory enable row level security;

create policy signal_trust_read on signal_trust for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_trust_make on signal_trust for insert to clepsydra_app with check ((select current_org_kind()) = 'operator');
create policy signal_trust_change on signal_trust for update to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy signal_usage_read on signal_usage for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_usage_worker on signal_usage for select to clepsydra_worker using (true);
-- A canary that contributors can read is none.
create policy signal_negative_operator on signal_negative for all to clepsydra_app
  using ((select current_org_kind()) = 'operator') with check ((select current_org_kind()) = 'operator');
create policy signal_quarantine_read on signal_quarantine for select to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy signal_quarantine_make on signal_quarantine for insert to clepsydra_app
  with check (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_quarantine_item_read on signal_quarantine_item for select to clepsydra_app
  using ((select current_org_kind()) = 'operator');
create policy signal_quarantine_item_make on signal_quarantine_item for insert to clepsydra_app
  with check (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_quarantine_item_decide on signal_quarantine_item for update to clepsydra_app
  using ((select current_org_kind()) = 'operator');
create policy signal_policy_own on signal_policy for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));

create policy signal_trust_worker on signal_trust for select to clepsydra_worker using (true);
create policy signal_negative_worker on signal_negative for select to clepsydra_worker using (true);
create policy signal_quarantine_worker on signal_quarantine for all to clepsydra_worker using (true) with check (true);
create policy signal_quarantine_item_worker on signal_quarantine_item for all to clepsydra_worker using (true) with check (true);
create policy signal_policy_worker on signal_policy for select to clepsydra_worker using (true);

grant select on signal_usage to clepsydra_app, clepsydra_worker;
grant select, insert, update (level, daily_quota, hourly_flood, note, changed_at) on signal_trust to clepsydra_app;
grant select, insert, update (removed_at, removed_entry_id) on signal_negative to clepsydra_app;
grant select, insert on signal_quarantine, signal_quarantine_item to clepsydra_app;
grant update (outcome, outcome_note, decided_at) on signal_quarantine_item to clepsydra_app;
grant select, insert, update (state, enforced_at, replaced_at) on signal_policy to clepsydra_app;
grant select on signal_trust, signal_negative, signal_policy to clepsydra_worker;
grant select, insert on signal_quarantine, signal_quarantine_item to clepsydra_worker;
revoke all on function signal_standing_places(uuid, uuid, text[], text[]), signal_distrust(uuid, timestamptz), signal_dispute_false_match(uuid, uuid, timestamptz, timestamptz) from public;
grant execute on function signal_standing_places(uuid, uuid, text[], text[]), signal_distrust(uuid, timestamptz) to clepsydra_app, clepsydra_worker;
revoke all on function signal_reopen_disputes(uuid[], uuid[], timestamptz, timestamptz), signal_said(uuid, timestamptz, timestamptz), signal_remembered(uuid, uuid, text[], text[]), signal_held_back(uuid),
  signal_release_held(uuid, uuid[], text, timestamptz), signal_silence(uuid, timestamptz, timestamptz, text) from public;
grant execute on function signal_remembered(uuid, uuid, text[], text[]), signal_reopen_disputes(uuid[], uuid[], timestamptz, timestamptz) to clepsydra_app, clepsydra_worker;
grant execute on function signal_said(uuid, timestamptz, timestamptz), signal_held_back(uuid), signal_release_held(uuid, uuid[], text, timestamptz),
  signal_silence(uuid, timestamptz, timestamptz, text) to clepsydra_app;
grant execute on function signal_dispute_false_match(uuid, uuid, timestamptz, timestamptz) to clepsydra_app;
`;
