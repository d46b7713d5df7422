import { Client, escapeIdentifier, escapeLiteral } from 'pg';

const BEING_TOLD = 'Clepsydra demo story: being told';
const TOLD = 'Clepsydra demo story: told';

/**
 * `empty`: no organisation and no story. `half-told`: a start was killed while it told. `told`: whole. `inhabited`: somebody
 * else's organisations, which no story touches.
 */
export type StoryState = 'empty' | 'half-told' | 'told' | 'inhabited';

/** The state is a comment on the database itself: it changes in one transaction with rows, and goes where they go. */
export async function storyState(owner: Client): Promise<StoryState> {
  const { rows } = await owner.query<{ comment: string | null; inhabited: boolean }>(
    `select shobj_description(d.oid, 'pg_database') as comment, exists (select from organisation) as inhabited
     from pg_database d where d.datname = current_database()`,
  );
  const [row] = rows;
  if (row?.comment === BEING_TOLD) return 'half-told';
  if (row?.comment === TOLD) return 'told';
  return row?.inhabited ? 'inhabited' : 'empty';
}

async function comment(owner: Client, text: string): Promise<void> {
  const { rows } = await owner.query<{ name: string }>('select current_database() as name');
  await owner.query(`comment on database ${escapeIdentifier(rows[0]?.name ?? '')} is ${escapeLiteral(text)}`);
}

/** Makes the first organisation and says in the same transaction that what follows is half a story. */
export async function beginStory(owner: Client, makeFirst: () => Promise<unknown>): Promise<void> {
  await owner.query('begin');
  try {
    await makeFirst();
    await comment(owner, BEING_TOLD);
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
}

/** Durable with everything before it: a commit that waits for the disk takes along those that did not. */
export const endStory = (owner: Client): Promise<void> => comment(owner, TOLD);

/** Takes everything out of the database but the word that the story is half told, so that a kill in here is seen too. */
export async function wipe(owner: Client): Promise<void> {
  await owner.query(
    `drop schema if exists graphile_worker cascade; drop schema if exists private cascade; drop schema public cascade;
     create schema public; grant usage on schema public to public`,
  );
}
