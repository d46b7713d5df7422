import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import type { MatchVerdict } from '../../../domain/vocabulary';
import { isWellFormed } from '../../../infra/http/text';
import { ExchangeFeedback } from '../core/feedback.service';
import type { Bearer } from '../credentials/credential';
import { typeOfAlgorithm } from './tat-records';

interface Category {
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

export interface CategoryPage {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Category[];
}

export interface FeedbackAnswer {
  readonly hash_digest: string;
  readonly category: Category;
}

/** Those that something follows from here. A question about why a hash is included has no one to go to over this protocol. */
const CATEGORIES: readonly (Category & { readonly verdict: MatchVerdict })[] = [
  {
    id: 1,
    name: 'FALSE_POSITIVE',
    description: 'The match was wrong: bad hash or no terrorist content',
    verdict: 'false',
  },
  { id: 2, name: 'MATCH', description: 'The match was right', verdict: 'confirmed' },
  { id: 3, name: 'DUPLICATE', description: 'The content was known before', verdict: 'already_known' },
];

type Members = Readonly<Record<string, unknown>>;

const shown = ({ id, name, description }: Category): Category => ({ id, name, description });

const invalid = (pointer: string, detail: string): DomainError =>
  new DomainError('request.invalid', {}, [{ pointer, detail }]);

@Injectable()
export class TatFeedback {
  constructor(private readonly feedbacks: ExchangeFeedback) {}

  categories(query: Members): CategoryPage {
    const results = CATEGORIES.filter(
      ({ id, name }) =>
        (typeof query['id'] !== 'string' || query['id'] === `${id}`) &&
        (typeof query['name'] !== 'string' || query['name'].toUpperCase() === name),
    ).map(shown);
    return { count: results.length, next: null, previous: null, results };
  }

  /** `{hash_digest, category, algorithm?, comment?}`: the category by its id or its name. */
  async give(bearer: Bearer, body: unknown): Promise<FeedbackAnswer> {
    const members: Members = typeof body === 'object' && body !== null ? (body as Members) : {};
    const text = (...names: string[]): string =>
      names.map((name) => members[name]).find((value) => typeof value === 'string') ?? '';
    const named = members['category'] ?? members['category_id'];
    const category = CATEGORIES.find(
      ({ id, name }) =>
        named === id || named === `${id}` || (typeof named === 'string' && named.toUpperCase() === name),
    );
    if (!category) throw invalid('/category', `one of ${CATEGORIES.map(({ name }) => name).join(', ')}, or its id`);
    const value = text('hash_digest', 'hash_value').trim().toLowerCase();
    if (!/^[0-9a-f]{32,128}$/.test(value)) throw invalid('/hash_digest', 'a hash in hexadecimal');
    const algorithm = text('algorithm', 'hash_type');
    const type = typeOfAlgorithm(algorithm);
    if (algorithm !== '' && !type) throw invalid('/algorithm', 'one of PDQ, MD5, SHA256, SHA512');
    const note = text('comment', 'description').slice(0, 2_000);
    const said = { index: 0, value, types: type ? [type] : null, verdict: category.verdict };
    if (!isWellFormed(note)) throw invalid('/comment', 'well-formed Unicode without U+0000');
    const [refused] = await this.feedbacks.give(bearer, [note === '' ? said : { ...said, note }]);
    if (refused) throw refused.error;
    return { hash_digest: value, category: shown(category) };
  }
}
