import { Injectable } from '@nestjs/common';
import type { MatchVerdict } from '../../../domain/vocabulary';
import { isWellFormed } from '../../../infra/http/text';
import { badMember, sentIn, textOf, type Sent } from '../core/sent';
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

const MOST_NOTE = 2_000;

const shown = ({ id, name, description }: Category): Category => ({ id, name, description });

const either = (sent: Sent, name: string, other: string): string => textOf(sent, name) || textOf(sent, other);

@Injectable()
export class TatFeedback {
  constructor(private readonly feedbacks: ExchangeFeedback) {}

  categories(query: Sent): CategoryPage {
    const results = CATEGORIES.filter(
      ({ id, name }) =>
        (typeof query['id'] !== 'string' || query['id'] === `${id}`) &&
        (typeof query['name'] !== 'string' || query['name'].toUpperCase() === name),
    ).map(shown);
    return { count: results.length, next: null, previous: null, results };
  }

  /** `{hash_digest, category, algorithm?, comment?}`: the category by its id or its name. */
  async give(bearer: Bearer, body: unknown): Promise<FeedbackAnswer> {
    const sent = sentIn(body);
    const named = sent['category'] ?? sent['category_id'];
    const category = CATEGORIES.find(
      ({ id, name }) =>
        named === id || named === `${id}` || (typeof named === 'string' && named.toUpperCase() === name),
    );
    if (!category) throw badMember('category', `one of ${CATEGORIES.map(({ name }) => name).join(', ')}, or its id`);
    const value = either(sent, 'hash_digest', 'hash_value').trim().toLowerCase();
    if (!/^[0-9a-f]{32,128}$/.test(value)) throw badMember('hash_digest', 'a hash in hexadecimal');
    const algorithm = either(sent, 'algorithm', 'hash_type');
    const type = typeOfAlgorithm(algorithm);
    if (algorithm !== '' && !type) throw badMember('algorithm', 'one of PDQ, MD5, SHA256, SHA512');
    const note = either(sent, 'comment', 'description');
    const said = { index: 0, value, types: type ? [type] : null, verdict: category.verdict };
    if (!isWellFormed(note)) throw badMember('comment', 'well-formed Unicode without U+0000');
    const [refused] = await this.feedbacks.give(bearer, [
      note === '' ? said : { ...said, note: note.slice(0, MOST_NOTE).toWellFormed() },
    ]);
    if (refused) throw refused.error;
    return { hash_digest: value, category: shown(category) };
  }
}
