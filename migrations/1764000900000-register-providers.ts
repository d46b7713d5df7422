import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AUTHORITIES } from './register-providers/authorities';
import { CLAIMS } from './register-providers/claims';
import { ORDER_TOKENS } from './register-providers/order-tokens';
import { PROVIDER_RIGHTS } from './register-providers/provider-rights';
import { PROVIDERS } from './register-providers/providers';
import { TWO_PARTIES, TWO_PARTIES_DOWN } from './register-providers/two-parties';

/** The register of providers, the register of authorities, and the tokens by which two bodies find out that both order the same. */
export class RegisterProviders1764000900000 implements MigrationInterface {
  name = 'RegisterProviders1764000900000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [PROVIDERS, CLAIMS, AUTHORITIES, ORDER_TOKENS, PROVIDER_RIGHTS, TWO_PARTIES])
      await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from private.job_task where name = 'provider-discovery'`);
    await runner.query(`drop table order_question_count, order_token, authority_entry, provider_discovery, provider_proposal,
      provider_contact, provider_entry cascade`);
    await runner.query(`drop table private.order_key`);
    await runner.query(
      `drop function is_order_key, accept_claim, standing_orders, take_order_questions, release_order_tokens`,
    );
    await runner.query(`drop table provider_claim cascade`);
    await runner.query(TWO_PARTIES_DOWN);
    await runner.query(`drop function provider_is_claimed`);
  }
}
