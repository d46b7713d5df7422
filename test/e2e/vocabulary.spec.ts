import { Client } from 'pg';
import { MEDIA_KINDS, MEDIA_STATES } from '../../src/evidence/exhibit.dto';
import { PROOFS } from '../../src/accounts/providers/claims/claims.dto';
import { REACHES } from '../../src/accounts/providers/discovery/discovery.dto';
import {
  CLAIM_STATES,
  CONTACT_KINDS,
  CONTACT_SOURCES,
  PROPOSAL_STATES,
  PROVIDER_SERVICES,
} from '../../src/domain/providers';
import { KEY_ORIGINS } from '../../src/domain/forms/jws';
import { AUTHORITY_COMPETENCES } from '../../src/domain/union';
import { OVERRIDE_KINDS } from '../../src/domain/duty';
import { ESCALATION_SIDES, ESCALATION_STEPS } from '../../src/domain/escalation';
import { EUROPOL_COPY_CHANNELS, LIFE_THREAT_BASES, LIFE_THREAT_REASONS } from '../../src/domain/life-threat';
import { BULK_OUTCOMES } from '../../src/cases/bulk/bulk.dto';
import { PING_ANSWERS, PING_STATES } from '../../src/deliveries/deliveries.entity';
import { BULK_FORMATS } from '../../src/cases/bulk/records';
import {
  COMPLAINT_OUTCOMES,
  COPY_ADDRESSEES,
  COPY_CHANNELS,
  PERIOD_KINDS,
  REVIEW_LODGERS,
  REVIEW_OUTCOMES,
} from '../../src/domain/redress';
import {
  MANIFEST_ERRORS,
  RECEIVED_REASONS,
  RECEIVED_STATES,
  REFUTATIONS,
  STATED_CHANNELS,
} from '../../src/domain/received-orders';
import { SCRUTINY_ORIGINS, SCRUTINY_OUTCOMES, SCRUTINY_STATES } from '../../src/domain/scrutiny';
import { PROBE_CAUSES, PROBE_OUTCOMES, PROBE_REASONS } from '../../src/domain/probe';
import * as vocabulary from '../../src/domain/vocabulary';
import { SOURCE_PROTOCOLS, SOURCE_STATES } from '../../src/signals/exchange/inbound/source';
import { createTestDatabase, type TestDatabase } from '../support/database';

/** Columns whose closed list is one of the vocabulary's, by the name of the column. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  'organisation.kind': vocabulary.ORGANISATION_KINDS,
  'organisation.competences': vocabulary.COMPETENCES,
  'organisation.platform_size': vocabulary.PLATFORM_SIZES,
  'case_file.category': vocabulary.CATEGORIES,
  'case_file.ideology': vocabulary.IDEOLOGIES,
  'case_file.tlp': vocabulary.TLP,
  'case_file.pap': vocabulary.PAP,
  'probe.reason': PROBE_REASONS,
  'probe.outcome': PROBE_OUTCOMES,
  'probe.cause': PROBE_CAUSES,
  'bulk_submission.format': BULK_FORMATS,
  'bulk_line.outcome': BULK_OUTCOMES,
  'content_item.kind': vocabulary.ITEM_KINDS,
  'signal.type': vocabulary.SIGNAL_TYPES,
  'signal.state': vocabulary.SIGNAL_STATES,
  'signal_list.sharing': vocabulary.LIST_SHARINGS,
  'signal_list.tlp': vocabulary.TLP,
  'signal_contribution.state': vocabulary.CONTRIBUTION_STATES,
  'signal_contribution.severity': vocabulary.SEVERITIES,
  'signal_contribution.end_ground': vocabulary.END_GROUNDS,
  'signal_opinion.opinion': vocabulary.SIGNAL_OPINIONS,
  'signal_opinion.reason': vocabulary.DISPUTE_REASONS,
  'signal_dispute.reason': vocabulary.DISPUTE_REASONS,
  'signal_dispute.state': vocabulary.DISPUTE_STATES,
  'signal_match.type': vocabulary.SIGNAL_TYPES,
  'signal_match.action': vocabulary.MATCH_ACTIONS,
  'signal_match.source': vocabulary.MATCH_SOURCES,
  'signal_feedback.verdict': vocabulary.MATCH_VERDICTS,
  'exhibit_media.kind': MEDIA_KINDS,
  'exhibit_media.state': MEDIA_STATES,
  'signal_trust.level': vocabulary.TRUST_LEVELS,
  'signal_negative.kind': vocabulary.NEGATIVE_KINDS,
  'signal_negative.type': vocabulary.SIGNAL_TYPES,
  'signal_quarantine_item.type': vocabulary.SIGNAL_TYPES,
  'signal_quarantine_item.reason': vocabulary.QUARANTINE_REASONS,
  'signal_quarantine_item.outcome': vocabulary.QUARANTINE_OUTCOMES,
  'signal_policy.state': vocabulary.POLICY_STATES,
  'exchange_source.protocol': SOURCE_PROTOCOLS,
  'exchange_source.state': SOURCE_STATES,
  'exchange_source.tlp': vocabulary.TLP,
  'notice.kind': vocabulary.NOTICE_KINDS,
  'notice.category': vocabulary.CATEGORIES,
  'notice_item.kind': vocabulary.ITEM_KINDS,
  'notice_answer.outcome': vocabulary.ITEM_OUTCOMES,
  'notice_answer.reason': vocabulary.DECLINE_REASONS,
  'notice_answer.territory': vocabulary.TERRITORIES,
  'notice.annulment_ground': vocabulary.ANNULMENT_GROUNDS,
  'notice_obstacle.kind': vocabulary.OBSTACLE_KINDS,
  'notice_obstacle.ground': vocabulary.OBSTACLE_GROUNDS,
  'notice_preservation.state': vocabulary.PRESERVATION_STATES,
  'reinstatement.ground': vocabulary.REINSTATEMENT_GROUNDS,
  'reinstatement.outcome': vocabulary.REINSTATEMENT_OUTCOMES,
  'scrutiny.origin': SCRUTINY_ORIGINS,
  'scrutiny.state': SCRUTINY_STATES,
  'scrutiny.outcome': SCRUTINY_OUTCOMES,
  'scrutiny_copy.addressee': COPY_ADDRESSEES,
  'scrutiny_copy.channel': COPY_CHANNELS,
  'order_period.kind': PERIOD_KINDS,
  'review_proceeding.lodged_by': REVIEW_LODGERS,
  'review_proceeding.outcome': REVIEW_OUTCOMES,
  'complaint.outcome': COMPLAINT_OUTCOMES,
  'clock.kind': vocabulary.CLOCK_KINDS,
  'provider_entry.service_kind': PROVIDER_SERVICES,
  'provider_contact.kind': CONTACT_KINDS,
  'provider_contact.source': CONTACT_SOURCES,
  'provider_proposal.source': CONTACT_SOURCES,
  'provider_proposal.state': PROPOSAL_STATES,
  'provider_claim.state': CLAIM_STATES,
  'provider_claim.proof': PROOFS,
  'provider_discovery.reach': REACHES,
  'authority_entry.competences': AUTHORITY_COMPETENCES,
  'authority_key.origin': KEY_ORIGINS,
  'contact_point.channel': vocabulary.CHANNELS,
  'delivery.channel': vocabulary.CHANNELS,
  'contact_ping.channel': vocabulary.CHANNELS,
  'contact_ping.state': PING_STATES,
  'contact_point.ping_state': PING_STATES,
  'contact_ping.answered_how': PING_ANSWERS,
  'duty_override.kind': OVERRIDE_KINDS,
  'escalation.side': ESCALATION_SIDES,
  'escalation_step.step': ESCALATION_STEPS,
  'life_threat.basis': LIFE_THREAT_BASES,
  'life_threat.copy_channel': EUROPOL_COPY_CHANNELS,
  'life_threat_recipient.reason': LIFE_THREAT_REASONS,
  'pager.kind': vocabulary.PAGER_KINDS,
  'received_order.state': RECEIVED_STATES,
  'received_order.reasons': RECEIVED_REASONS,
  'received_order.errors': MANIFEST_ERRORS,
  'received_order.refutations': REFUTATIONS,
  'received_order.stated_channel': STATED_CHANNELS,
  'received_order_answer.channel': STATED_CHANNELS,
};

describe('closed lists', () => {
  let database: TestDatabase;
  let checks: Map<string, string[]>;

  beforeAll(async () => {
    database = await createTestDatabase();
    const client = new Client(database.superuser);
    await client.connect();
    const { rows } = await client.query<{ place: string; definition: string }>(
      `select c.conrelid::regclass || '.' || a.attname as place, pg_get_constraintdef(c.oid) as definition
       from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
       where c.contype = 'c' and cardinality(c.conkey) = 1 and c.conname like '%\\_known'`,
    );
    await client.end();
    checks = new Map(
      rows.map(({ place, definition }) => [place, [...definition.matchAll(/'([^']+)'::text/g)].map((m) => m[1]!)]),
    );
  });
  afterAll(() => database.drop());

  it.each(Object.entries(LISTS))('%s allows in the database exactly what the vocabulary has', (place, list) => {
    expect(checks.get(place)).toEqual([...list]);
  });
});
