import {
  CallHandler,
  ExecutionContext,
  Injectable,
  NestInterceptor,
  SetMetadata,
  UseInterceptors,
  applyDecorators,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { requestContext } from '../infra/context';
import type { Actor, Tx } from '../infra/database/work';
import type { AuthenticatedRequest } from '../infra/http/allow';
import { Approvals } from './approvals.service';

const SECOND_PERSON = 'clepsydra:second-person';

export interface SecondPersonRule {
  /** What is being approved; stands in the ledger. */
  readonly verb: string;
  /** Name of the path parameter that holds the subject's id. */
  readonly subject: string;
  /** Table in which the subject must be visible to the person who asks. */
  readonly table:
    | 'content_item'
    | 'case_file'
    | 'notice'
    | 'exhibit'
    | 'signal'
    | 'organisation'
    | 'signal_quarantine'
    | 'scrutiny'
    | 'received_order';
  /** Members of the body that both people have to give alike: another value is another question. */
  readonly alike?: readonly string[];
  /** Throws where the verb would be refused now whoever agrees: a second person is not asked for what cannot be done. */
  readonly refuse?: (tx: Tx, actor: Actor, subjectId: string, now: Date) => Promise<unknown>;
}

/**
 * The verb takes two people of one organisation. The first call, with a reason, asks and answers 202; the same call by
 * somebody else agrees and carries the verb out, in one transaction.
 */
export const SecondPerson = (rule: SecondPersonRule): MethodDecorator =>
  applyDecorators(
    SetMetadata(SECOND_PERSON, rule),
    UseInterceptors(SecondPersonInterceptor),
    ApiResponse({ status: 202, description: 'Asked; a second person of your organisation has to make the same call' }),
  );

/** `verb?since=…` where such members were given: what stands in the question, and what the second person has to repeat. */
function boundVerb({ verb, alike = [] }: SecondPersonRule, body: Readonly<Record<string, unknown>>): string {
  const given = alike.filter((name) => body[name] !== undefined && body[name] !== null);
  return given.length === 0
    ? verb
    : `${verb}?${given.map((name) => `${name}=${JSON.stringify(body[name])}`).join('&')}`;
}

@Injectable()
export class SecondPersonInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly approvals: Approvals,
    private readonly clock: ClockSource,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const rule = this.reflector.get<SecondPersonRule>(SECOND_PERSON, context.getHandler());
    const request = context.switchToHttp().getRequest<AuthenticatedRequest & FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { actor } = request;
    const inContext = requestContext();
    const subjectId = (request.params as Record<string, string | undefined>)[rule.subject];
    if (!actor || !inContext || !subjectId) throw new Error('a second person is asked for inside a request only');
    if (!actor.personId) throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
    const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    const { reason } = body;
    const verb = boundVerb(rule, body);
    inContext.gate = async (tx) => {
      await rule.refuse?.(tx, actor, subjectId, this.clock.now());
      const asked = await this.approvals.ask(tx, actor, {
        rule: { ...rule, verb },
        subjectId,
        reason: typeof reason === 'string' ? reason : '',
      });
      if (asked) void reply.status(202);
      return asked;
    };
    return next.handle();
  }
}
