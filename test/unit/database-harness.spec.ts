import { Client } from 'pg';
import { createTestDatabase } from '../support/database';

describe('the test database', () => {
  it('is migrated, apart from every other, and reachable by the three roles', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    try {
      expect(one.name).not.toBe(other.name);
      for (const login of [one.owner, one.app, one.worker, { connectionString: one.urls.app }]) {
        const client = new Client(login);
        await client.connect();
        const { rows } = await client.query('select current_database() as name, current_user as role');
        expect(rows[0].name).toBe(one.name);
        expect(rows[0].role).toMatch(/^clepsydra_/);
        await client.end();
      }
      const owner = new Client(one.owner);
      await owner.connect();
      const { rows } = await owner.query('select count(*)::int as done from migration');
      expect(rows[0].done).toBeGreaterThan(0);
      await owner.end();
    } finally {
      await Promise.all([one.drop(), other.drop()]);
    }
  });
});
