import {
  Controller,
  createParamDecorator,
  Delete,
  Get,
  Inject,
  Param,
  Post,
  UseFilters,
  UseInterceptors,
  type ExecutionContext,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../domain/errors';
import { CONFIG, type Config } from '../../../infra/config';
import { answerErrorsUnder } from '../../../infra/http/problem.filter';
import type { Sent } from '../core/sent';
import { instantText } from '../core/sequenced.query';
import type { Bearer } from '../credentials/credential';
import { bearerIn, CurrentBearer, OwnCredential } from '../credentials/own-credential';
import { StixCollections, type CollectionPage } from './collections.service';
import { versionOf } from './stix';
import type { CollectionList } from './stix.query';
import { sendTaxiiError, STIX, TAXII, TaxiiFilter, TaxiiMedia } from './taxii-media';
import { readTaxiiQuery } from './taxii-query';

const ROOT = 'taxii2/signals';
const COLLECTION = `${ROOT}/collections/:collection`;

/** A question about what is in a collection; the answer has headers of its own. */
interface Question {
  readonly bearer: Bearer;
  readonly collection: string;
  readonly query: Sent;
  readonly reply: FastifyReply;
}

const CurrentQuestion = createParamDecorator((_: unknown, context: ExecutionContext): Question => {
  const http = context.switchToHttp();
  const { params, query } = http.getRequest<FastifyRequest<{ Params: { collection: string }; Querystring: Sent }>>();
  return { bearer: bearerIn(context), collection: params.collection, query, reply: http.getResponse() };
});

/** TAXII 2.1: one API root, a collection for each list that the credential is served, read-only. */
@ApiExcludeController()
@Controller()
@UseInterceptors(TaxiiMedia)
@UseFilters(TaxiiFilter)
export class TaxiiController implements OnModuleInit {
  constructor(
    private readonly collections: StixCollections,
    private readonly adapter: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A body of TAXII's or STIX's type is for a collection that cannot be written: it is read past, so that the refusal is heard. */
  onModuleInit(): void {
    answerErrorsUnder('taxii2', sendTaxiiError);
    const fastify: FastifyInstance = this.adapter.httpAdapter.getInstance();
    fastify.addContentTypeParser(/^application\/(taxii|stix)\+json/, { parseAs: 'buffer' }, (_request, _body, done) =>
      done(null, null),
    );
  }

  @Get('taxii2')
  @OwnCredential('taxii', 'fetch')
  discovery(): object {
    const root = `${this.config.publicUrl}/${ROOT}/`;
    return { title: 'Clepsydra', description: 'Hashes of terrorist content', default: root, api_roots: [root] };
  }

  @Get(ROOT)
  @OwnCredential('taxii', 'fetch')
  root(): object {
    return { title: 'Signals', versions: [TAXII], max_content_length: 8 * 2 ** 20 };
  }

  /** Nothing is written, so there is no status to ask for. */
  @Get(`${ROOT}/status/:id`)
  @OwnCredential('taxii', 'fetch')
  status(): never {
    throw new DomainError('request.not-found');
  }

  @Get(`${ROOT}/collections`)
  @OwnCredential('taxii', 'fetch')
  async all(@CurrentBearer() bearer: Bearer): Promise<object> {
    const lists = await this.collections.all(bearer);
    return lists.length > 0 ? { collections: lists.map(toCollection) } : {};
  }

  @Get(COLLECTION)
  @OwnCredential('taxii', 'fetch')
  async one(@CurrentBearer() bearer: Bearer, @Param('collection') id: string): Promise<object> {
    return toCollection(await this.collections.one(bearer, id));
  }

  @Get(`${COLLECTION}/manifest`)
  @OwnCredential('taxii', 'fetch')
  async manifest(@CurrentQuestion() question: Question): Promise<object> {
    const page = await this.page(question);
    const objects = page.items.map(({ object, addedMicros }) => ({
      id: object.id,
      date_added: instantText(addedMicros),
      version: versionOf(object),
      media_type: STIX,
    }));
    return envelope(page, { objects });
  }

  @Get(`${COLLECTION}/objects`)
  @OwnCredential('taxii', 'fetch')
  async objects(@CurrentQuestion() question: Question): Promise<object> {
    const page = await this.page(question);
    return envelope(page, { objects: page.items.map(({ object }) => object) });
  }

  @Get(`${COLLECTION}/objects/:object`)
  @OwnCredential('taxii', 'fetch')
  async object(@CurrentQuestion() question: Question, @Param('object') id: string): Promise<object> {
    const page = await this.versionsOf(question, id);
    return envelope(page, { objects: page.items.map(({ object }) => object) });
  }

  @Get(`${COLLECTION}/objects/:object/versions`)
  @OwnCredential('taxii', 'fetch')
  async versions(@CurrentQuestion() question: Question, @Param('object') id: string): Promise<object> {
    const page = await this.versionsOf(question, id);
    return envelope(page, { versions: page.items.map(({ object }) => versionOf(object)) });
  }

  @Post(`${COLLECTION}/objects`)
  @OwnCredential('taxii', 'fetch')
  async add(@CurrentBearer() bearer: Bearer, @Param('collection') id: string): Promise<never> {
    await this.collections.one(bearer, id);
    throw new DomainError('exchange.read-only');
  }

  @Delete(`${COLLECTION}/objects/:object`)
  @OwnCredential('taxii', 'fetch')
  async remove(@CurrentBearer() bearer: Bearer, @Param('collection') id: string): Promise<never> {
    await this.collections.one(bearer, id);
    throw new DomainError('exchange.read-only');
  }

  private async page({ bearer, collection, query, reply }: Question): Promise<CollectionPage> {
    const list = await this.collections.one(bearer, collection);
    const page = await this.collections.objects(bearer, list, readTaxiiQuery(query));
    if (page.first !== null) void reply.header('x-taxii-date-added-first', page.first);
    if (page.last !== null) void reply.header('x-taxii-date-added-last', page.last);
    return page;
  }

  /** A filter may leave nothing of an object that is there. */
  private async versionsOf(question: Question, id: string): Promise<CollectionPage> {
    const page = await this.page({ ...question, query: { ...question.query, 'match[id]': id } });
    const isUnfiltered = Object.keys(question.query).length === 0;
    if (page.items.length === 0 && isUnfiltered) throw new DomainError('request.not-found');
    return page;
  }
}

const toCollection = ({ id, name, purpose, slug }: CollectionList): object => ({
  id,
  title: name,
  description: purpose,
  alias: slug,
  can_read: true,
  can_write: false,
  media_types: [STIX],
});

/** An empty envelope is `{}` (3.7): a list of nothing is left out. */
function envelope(page: CollectionPage, members: Readonly<Record<string, readonly unknown[]>>): object {
  const filled = Object.entries(members).filter(([, list]) => list.length > 0);
  if (page.more)
    return { more: true, ...(page.next === null ? {} : { next: page.next }), ...Object.fromEntries(filled) };
  return Object.fromEntries(filled);
}
