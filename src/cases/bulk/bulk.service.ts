import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { canonicalJson, type JsonObject } from '../../domain/canonical';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { requestContext } from '../../infra/context';
import { Work, type Actor } from '../../infra/database/work';
import { fingerprintOf } from '../../infra/http/context.hook';
import { drainBody } from '../../infra/http/submission';
import { validated } from '../../infra/http/validation';
import { append } from '../../ledger/append';
import { insertCase, lockOpenCase } from '../case-file';
import { OpenBulkDto, type BulkView } from './bulk.dto';
import { findBulk, insertBulk, toView } from './bulk.queries';
import { listOf, type IncomingList } from './incoming-list';
import { Measured, Portions, type Portion } from './portions';
import { bulkRecords } from './records';
import { BulkTaking } from './taking.service';

interface Opened {
  readonly bulkId: string;
}

/**
 * Long lists of addresses, accounts and channels. Who repeats one under its idempotency key goes on behind the last portion
 * that was taken: after a broken connection, or after this process was killed.
 */
@Injectable()
export class Bulk {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly taking: BulkTaking,
  ) {}

  /** Opens a case with a list. */
  open(actor: Actor, request: FastifyRequest): Promise<BulkView> {
    return this.receive(actor, request, async (list) => {
      const dto = await validated(list.document, OpenBulkDto);
      return this.work.run(actor, async (tx) => {
        const at = this.clock.now();
        const { file, entry } = await insertCase(tx, actor, at, uuidv7(), dto);
        await append(tx, entry);
        const bulkId = uuidv7();
        await insertBulk(tx, actor, at, { id: bulkId, caseId: file.id, format: list.format });
        return { bulkId };
      });
    });
  }

  /** Adds a list to an open case. */
  add(actor: Actor, caseId: string, request: FastifyRequest): Promise<BulkView> {
    return this.receive(actor, request, ({ format }) =>
      this.work.run(actor, async (tx) => {
        const file = await lockOpenCase(tx, caseId);
        const bulkId = uuidv7();
        await insertBulk(tx, actor, this.clock.now(), { id: bulkId, caseId: file.id, format });
        return { bulkId };
      }),
    );
  }

  private async receive(
    actor: Actor,
    request: FastifyRequest,
    begin: (list: IncomingList) => Promise<Opened>,
  ): Promise<BulkView> {
    try {
      const list = await listOf(request);
      const claim = requestContext()?.idempotency;
      // Not over the list, which is still to come: its portions are compared with those that were taken.
      if (claim) claim.fingerprint = fingerprintOf(request.method, request.url, fingerprintText(list));
      const bytes = new Measured(list.bytes);
      const portions = new Portions(bulkRecords(bytes, list.format), bytes);
      return await this.takeAll(actor, portions, () => begin(list));
    } catch (error) {
      drainBody(request);
      throw error;
    }
  }

  private async takeAll(actor: Actor, portions: Portions, begin: () => Promise<Opened>): Promise<BulkView> {
    let bulkId: string | undefined;
    let last: Portion | undefined;
    for await (const portion of portions) {
      // Only now: of a list that cannot be read there is no case.
      bulkId ??= (await begin()).bulkId;
      await this.taking.take(actor, bulkId, portion);
      last = portion;
    }
    if (bulkId === undefined || !last) throw new DomainError('case.empty');
    const id = bulkId;
    await this.taking.complete(actor, id, last.no + 1, portions.cutBecause);
    return this.work.read(actor, async (tx) => toView(tx, await findBulk(tx, id)));
  }
}

const fingerprintText = ({ format, document }: IncomingList): string =>
  canonicalJson({ format, document: (document ?? null) as JsonObject | null });
