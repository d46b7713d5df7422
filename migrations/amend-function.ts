import type { QueryRunner } from 'typeorm';

/**
 * Changes one place of a function that an earlier migration made, so that the rest of it is written once. Throws where that
 * place is not there exactly once.
 */
export async function amendFunction(
  runner: QueryRunner,
  signature: string,
  was: string,
  becomes: string,
): Promise<void> {
  const [row] = (await runner.query(`select pg_get_functiondef($1::regprocedure) as definition`, [signature])) as {
    definition: string;
  }[];
  const parts = row?.definition.split(was) ?? [];
  if (parts.length !== 2) throw new Error(`${signature} is not as this migration knows it`);
  await runner.query(parts.join(becomes));
}
