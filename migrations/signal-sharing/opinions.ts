export const OPINIONS = `
-- An opinion, a dispute and feedback are about the lists on which whoever speaks saw the hash at that time: they are told to those who
-- read one of these lists, and do there what they do, and nowhere else.
create table signal_opinion (
  id uuid not null,
  signal_id uuid not null,
  organisation_id uuid not null,
  list_ids uuid[] not null,
  opinion text not null,
  reason text,
  note text,
  stated_at timestamptz(3) not null,
  superseded_at timestamptz(3),
  constraint signal_opinion_pk primary key (id),
  constraint signal_opinion_of_lists check (cardinality(list_ids) > 0),
  constraint signal_opinion_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_opinion_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_opinion_known check (opinion in ('confirm', 'dispute')),
  constraint signal_opinion_reason_known check (reason in ('not_terrorist_content', 'false_match', 'collision', 'wrong_labels', 'journalistic',
    'educational_or_research', 'artistic', 'counter_terrorism', 'public_debate', 'order_annulled', 'erroneous_contribution', 'other')),
  constraint signal_opinion_dispute_has_reason check (opinion = 'confirm' or reason is not null)
);
create unique index signal_opinion_standing on signal_opinion (signal_id, organisation_id) where superseded_at is null;
create index signal_opinion_organisation on signal_opinion (organisation_id, stated_at);

create table signal_dispute (
  id uuid not null,
  signal_id uuid not null,
  organisation_id uuid,
  list_ids uuid[] not null,
  reason text not null,
  note text,
  opened_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  state text not null default 'open',
  overdue_at timestamptz(3),
  closed_at timestamptz(3),
  closed_by uuid,
  outcome_note text,
  -- Upheld because nobody stood behind the hash any more: nobody decided, and it comes back with the hash.
  is_settled boolean not null default false,
  -- Whose subscriptions handed it on: it is nobody's opinion here, and somebody answers for its being here.
  relayed_by uuid,
  -- Every reason that its sources give, of which reason is the first.
  relayed_reasons text[],
  constraint signal_dispute_pk primary key (id),
  constraint signal_dispute_of_lists check (cardinality(list_ids) > 0),
  constraint signal_dispute_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_dispute_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_dispute_closed_by_fk foreign key (closed_by) references organisation (id),
  constraint signal_dispute_state_known check (state in ('open', 'upheld', 'rejected', 'retracted')),
  constraint signal_dispute_settled_of_upheld check (not is_settled or state = 'upheld'),
  constraint signal_dispute_relayed_by_fk foreign key (relayed_by) references organisation (id),
  constraint signal_dispute_relayed_whole check ((relayed_by is null) = (relayed_reasons is null)),
  -- A source is nobody here: what it disputes is disputed in nobody's name, and bears the source's.
  constraint signal_dispute_relayed_of_nobody check (relayed_by is null or organisation_id is null),
  constraint signal_dispute_closed_whole check ((state = 'open') = (closed_at is null)),
  constraint signal_dispute_reason_known check (reason in ('not_terrorist_content', 'false_match', 'collision', 'wrong_labels', 'journalistic',
    'educational_or_research', 'artistic', 'counter_terrorism', 'public_debate', 'order_annulled', 'erroneous_contribution', 'other'))
);
create index signal_dispute_signal on signal_dispute (signal_id);
create index signal_dispute_settled on signal_dispute (signal_id) where is_settled;
create index signal_dispute_relayed on signal_dispute (relayed_by, opened_at) where relayed_by is not null;
create unique index signal_dispute_relayed_once on signal_dispute (signal_id, relayed_by, list_ids) where state = 'open' and relayed_by is not null;
create index signal_dispute_open on signal_dispute (due_at) where state = 'open';
-- One of each organisation. That the legal basis fell is said once of each list, whoever's it was: signal_dispute_annulled sees to it.
create unique index signal_dispute_once on signal_dispute (signal_id, organisation_id) where state = 'open' and reason <> 'order_annulled';

create table signal_feedback (
  id uuid not null,
  signal_id uuid not null,
  organisation_id uuid not null,
  list_ids uuid[] not null,
  verdict text not null,
  note text,
  given_at timestamptz(3) not null,
  superseded_at timestamptz(3),
  constraint signal_feedback_pk primary key (id),
  constraint signal_feedback_of_lists check (cardinality(list_ids) > 0),
  constraint signal_feedback_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_feedback_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_feedback_verdict_known check (verdict in ('confirmed', 'false', 'already_known'))
);
-- One word about each list. A program speaks of its own lists alone, and may find there what its organisation does not find elsewhere.
create unique index signal_feedback_standing on signal_feedback (signal_id, organisation_id, verdict) where superseded_at is null;
create index signal_feedback_organisation on signal_feedback (organisation_id, given_at);
`;
