import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { isUnclear, unconsidered } from '../../domain/assessment';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import type { AssessCaseDto, AssessmentView, SignOffDto } from './assessment.dto';
import { assessmentOf, assessmentsOf } from './assessments';

/** What a person finds a case to be, under Art. 2(7) and 1(3) of Regulation (EU) 2021/784. */
@Injectable()
export class Assessing {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  list(actor: Actor, caseId: string): Promise<AssessmentView[]> {
    return this.work.read(actor, async (tx) => {
      await assertCase(tx, caseId);
      return assessmentsOf(tx, caseId);
    });
  }

  /** Writes an assessment. It is never changed: who finds something else writes another. */
  assess(actor: Actor, caseId: string, dto: AssessCaseDto): Promise<AssessmentView> {
    const missing = unconsidered(dto.exclusions);
    if (missing.length > 0) throw new DomainError('assessment.exclusions-incomplete', { grounds: missing });
    return this.work.run(actor, async (tx) => {
      if (!actor.personId)
        throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
      await assertCase(tx, caseId);
      const [id, at] = [uuidv7(), this.clock.now()];
      await tx.query(
        `insert into assessment (id, organisation_id, case_id, categories, offences, reasons, factors, exclusions,
           editorial_responsibility, dissemination, dissemination_evidence, assessed_by, assessed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        [
          id,
          actor.organisationId,
          caseId,
          dto.categories,
          dto.offences,
          dto.reasons,
          JSON.stringify({ listedEntity: null, ...dto.factors }),
          JSON.stringify(dto.exclusions),
          dto.editorialResponsibility,
          dto.dissemination,
          dto.disseminationEvidence,
          actor.personId,
          at,
        ],
      );
      const findings = dto.exclusions.map(({ ground, finding }) => `${ground}: ${finding}`);
      const dims = { categories: dto.categories, findings, editorial: dto.editorialResponsibility };
      const internal = { assessmentId: id, reasons: dto.reasons };
      await append(tx, { kind: 'case.assessed', actor, at, subjects: { case: caseId }, dims, internal, audience: [] });
      return found(tx, id);
    });
  }

  /**
   * Another person reviews what was unclear, or signs it off legally; neither is the assessor, nor whoever was in doubt in another
   * assessment of the case, nor the other.
   */
  signOff(actor: Actor, id: string, { part, reasons }: SignOffDto): Promise<AssessmentView> {
    return this.work.run(actor, async (tx) => {
      if (!actor.personId)
        throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
      const assessment = await found(tx, id);
      const doubts = (await assessmentsOf(tx, assessment.caseId)).filter(isUnclear);
      const people = [
        ...[assessment, ...doubts].map(({ assessedBy }) => assessedBy),
        ...assessment.signOffs.map(({ signedBy }) => signedBy),
      ];
      if (assessment.signOffs.some((each) => each.part === part))
        throw new DomainError('assessment.signed-off', { part });
      if (people.includes(actor.personId)) throw new DomainError('assessment.same-person');
      const at = this.clock.now();
      const signed = await tx.query<unknown[]>(
        `insert into assessment_sign_off (assessment_id, part, organisation_id, signed_by, signed_at, reasons)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning part`,
        [id, part, actor.organisationId, actor.personId, at, reasons],
      );
      if (signed.length === 0) throw new DomainError('assessment.signed-off', { part });
      await append(tx, {
        kind: 'case.assessment-signed-off',
        actor,
        at,
        subjects: { case: assessment.caseId },
        dims: { part },
        internal: { assessmentId: id, reasons },
        audience: [],
      });
      return found(tx, id);
    });
  }
}

async function found(tx: Tx, id: string): Promise<AssessmentView> {
  const assessment = await assessmentOf(tx, id);
  if (!assessment) throw new DomainError('request.not-found');
  return assessment;
}

async function assertCase(tx: Tx, caseId: string): Promise<void> {
  const rows = await tx.query<unknown[]>(`select 1 from case_file where id = $1`, [caseId]);
  if (rows.length === 0) throw new DomainError('request.not-found');
}
