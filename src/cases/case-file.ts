import { DomainError } from '../domain/errors';
import type { Actor } from '../infra/database/actor';
import type { Tx } from '../infra/database/work';
import type { NewEntry } from '../ledger/append';
import type { OpenCaseDto } from './cases.dto';
import { CaseFile } from './cases.entity';
import { caseReference } from './reference';

const ATTEMPTS = 5;

/** Writes a new case under a reference that its organisation has not used. */
export async function insertCase(
  tx: Tx,
  actor: Actor,
  at: Date,
  id: string,
  dto: OpenCaseDto,
): Promise<{ readonly file: CaseFile; readonly entry: NewEntry }> {
  const file: CaseFile = {
    id,
    organisationId: actor.organisationId,
    reference: '',
    state: 'open',
    title: dto.title ?? null,
    category: dto.category,
    ideology: dto.ideology,
    language: dto.language ?? 'und',
    reasons: dto.reasons ?? null,
    tlp: dto.tlp ?? 'amber',
    pap: dto.pap ?? 'green',
    exhibits: 0,
    version: 1,
    openedAt: at,
    openedBy: actor.personId,
    closedAt: null,
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    file.reference = caseReference(at);
    const query = tx.createQueryBuilder().insert().into(CaseFile).values(file).orIgnore().returning('id');
    const { raw } = (await query.execute()) as { raw: unknown[] };
    if (raw.length > 0) return { file, entry: openedEntry(actor, at, file) };
  }
  throw new DomainError('request.unavailable');
}

function openedEntry(actor: Actor, at: Date, file: CaseFile): NewEntry {
  const { category, ideology, language, tlp, pap, title, reasons, reference } = file;
  return {
    kind: 'case.opened',
    actor,
    at,
    subjects: { case: file.id },
    dims: { category, ideology, language, tlp, pap, reference },
    internal: { ...(title === null ? {} : { title }), ...(reasons === null ? {} : { reasons }) },
    audience: [actor.organisationId],
  };
}

/** The case, which stays open until this transaction ends. @throws DomainError `request.not-found`, `case.closed` */
export async function lockOpenCase(tx: Tx, id: string): Promise<CaseFile> {
  const file = await tx.findOne(CaseFile, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!file) throw new DomainError('request.not-found');
  if (file.state === 'closed') throw new DomainError('case.closed');
  return file;
}

/** Numbers for so many exhibits, gap-free within the case: the first of them. */
export async function takeNumbers(tx: Tx, caseId: string, count: number): Promise<number> {
  const [rows] = await tx.query<[{ last: number }[], number]>(
    `update case_file set exhibits = exhibits + $2 where id = $1 returning exhibits as last`,
    [caseId, count],
  );
  return (rows[0]?.last ?? count) - count + 1;
}
