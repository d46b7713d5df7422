import type { Page } from './api';

export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Every item of a listing, page by page; a page is asked for when those before it were taken. */
export async function* itemsOf<T, Query extends PageQuery = PageQuery>(
  list: (query: Query) => Promise<Page<T>>,
  query: Query,
): AsyncGenerator<T> {
  for (let next: string | null | undefined; next !== null;) {
    const page: Page<T> = await list(next === undefined ? query : { ...query, cursor: next });
    yield* page.items;
    next = page.next;
  }
}
