import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import type { Form } from '../../domain/forms/forms';
import { checkJws, jwkOf, jwsOf, thumbprintOf, type AuthorityJwks, type FormVerdict } from '../../domain/forms/jws';
import { ClockSource } from '../../infra/clock-source';
import { KeyProvider } from '../../infra/crypto/key-provider';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import type { AuthorityJwksView } from './forms.dto';
import { newEd25519, signerOf, verifyEd25519 } from './ed25519';
import { validForm } from './validate-form';

/** A person or key of the authority; or, as the worker role, the authority's id. */
export type Signatory = Actor | { readonly organisationId: string; readonly via: 'worker' };

export interface SignedForm {
  readonly kid: string;
  /** Detached JWS in compact serialisation. */
  readonly compact: string;
}

interface KeyRow {
  readonly kid: string;
  readonly public_key: Buffer;
  readonly retired_at: Date | null;
}

interface SecretRow {
  readonly kid: string;
  readonly master_key_id: string;
  readonly wrapped: Buffer;
}

/** Bound to the wrapping: a private key that was copied to another authority does not unwrap. */
const contextOf = (organisationId: string, kid: string): Buffer =>
  Buffer.from(`clepsydra authority key ${organisationId} ${kid}`);

/** Whether one of these keys signed exactly this form; see `checkJws`. */
export const verifyForm = (form: Form, jws: string, keys: AuthorityJwks): FormVerdict =>
  checkJws(form, jws, keys, verifyEd25519);

/** The keys of authorities: their own, made here on first use, and those of authorities elsewhere, pinned by the operator. */
@Injectable()
export class AuthorityKeys {
  constructor(
    private readonly work: Work,
    private readonly keys: KeyProvider,
    private readonly clock: ClockSource,
  ) {}

  /**
   * Signs with the authority's own key, which is made if it has none.
   * @throws DomainError auth.not-permitted; request.invalid for what is not as its schema says
   */
  async signForm(tx: Tx, by: Signatory, form: Form): Promise<SignedForm> {
    if (by.via !== 'worker' && by.organisationKind !== 'authority') throw new DomainError('auth.not-permitted');
    validForm(form);
    const secret = (await this.secretOf(tx, by.organisationId)) ?? (await this.create(tx, by));
    const { kid, master_key_id: keyId, wrapped } = secret;
    const seed = await this.keys.unwrap({ keyId, wrapped }, contextOf(by.organisationId, kid));
    return { kid, compact: jwsOf(form, kid, signerOf(seed)) };
  }

  /** Every key of the authority, retired ones with the instant; empty for anybody else. */
  async published(id: string): Promise<AuthorityJwksView> {
    return this.work.unscoped((tx) => this.directory(tx, id));
  }

  /** By the id of the organisation, or of its entry in the register of authorities. */
  async directory(tx: Tx, id: string): Promise<AuthorityJwksView> {
    const rows = await tx.query<KeyRow[]>(
      `select kid, public_key, retired_at from authority_key
       where organisation_id in ($1, (select organisation_id from authority_entry where id = $1))
       order by created_at desc, kid`,
      [id],
    );
    return { keys: rows.map(({ public_key, retired_at }) => jwkOf(public_key, retired_at)) };
  }

  /** Replaces the authority's own key. The old one still verifies what it signed; its private part is destroyed. */
  rotate(actor: Actor): Promise<AuthorityJwksView> {
    if (actor.organisationKind !== 'authority') throw new DomainError('auth.not-permitted');
    return this.work.run(actor, async (tx) => {
      const at = this.clock.now();
      const old: KeyRow[] = await tx.query(
        `select kid, public_key, retired_at from authority_key
         where organisation_id = $1 and origin = 'own' and retired_at is null for update`,
        [actor.organisationId],
      );
      for (const { kid } of old) {
        await tx.query('delete from authority_key_secret where organisation_id = $1 and kid = $2', [
          actor.organisationId,
          kid,
        ]);
        await this.retired(tx, actor, actor.organisationId, kid, at);
      }
      await this.create(tx, actor);
      return this.directory(tx, actor.organisationId);
    });
  }

  /** Records the key of an authority that signs elsewhere. Operator only, on proof that reached them by another road. */
  pin(actor: Actor, organisationId: string, publicKey: Uint8Array): Promise<AuthorityJwksView> {
    return this.work.run(actor, async (tx) => {
      const kinds = await tx.query<{ kind: string }[]>('select kind from organisation where id = $1', [organisationId]);
      if (kinds[0]?.kind !== 'authority') throw new DomainError('request.not-found');
      const kid = thumbprintOf(publicKey);
      const at = this.clock.now();
      const inserted = await tx.query<unknown[]>(
        `insert into authority_key (organisation_id, kid, public_key, origin, created_at)
         values ($1, $2, $3, 'pinned', $4) on conflict do nothing returning kid`,
        [organisationId, kid, Buffer.from(publicKey), at],
      );
      if (inserted.length > 0) {
        await append(tx, {
          kind: 'authority.key-pinned',
          actor,
          at,
          subjects: { organisation: organisationId },
          dims: { kid },
          audience: [organisationId],
        });
      }
      return this.directory(tx, organisationId);
    });
  }

  /** Ends a pinned key. @throws DomainError request.not-found */
  unpin(actor: Actor, organisationId: string, kid: string): Promise<AuthorityJwksView> {
    return this.work.run(actor, async (tx) => {
      const found = await tx.query<unknown[]>(
        `select kid from authority_key
         where organisation_id = $1 and kid = $2 and origin = 'pinned' and retired_at is null for update`,
        [organisationId, kid],
      );
      if (found.length === 0) throw new DomainError('request.not-found');
      await this.retired(tx, actor, organisationId, kid, this.clock.now());
      return this.directory(tx, organisationId);
    });
  }

  private async retired(tx: Tx, actor: Actor, organisationId: string, kid: string, at: Date): Promise<void> {
    await tx.query('update authority_key set retired_at = $3 where organisation_id = $1 and kid = $2', [
      organisationId,
      kid,
      at,
    ]);
    await append(tx, {
      kind: 'authority.key-retired',
      actor,
      at,
      subjects: { organisation: organisationId },
      dims: { kid },
      audience: [organisationId],
    });
  }

  private async secretOf(tx: Tx, organisationId: string): Promise<SecretRow | undefined> {
    const rows = await tx.query<SecretRow[]>(
      `select s.kid, s.master_key_id, s.wrapped from authority_key_secret s join authority_key k using (organisation_id, kid)
       where organisation_id = $1 and k.retired_at is null`,
      [organisationId],
    );
    return rows[0];
  }

  private async create(tx: Tx, by: Signatory): Promise<SecretRow> {
    const { organisationId } = by;
    const { seed, publicKey } = newEd25519();
    const kid = thumbprintOf(publicKey);
    const { keyId, wrapped } = await this.keys.wrap(seed, contextOf(organisationId, kid));
    const at = this.clock.now();
    // Waits for another transaction that is just making one, and then takes that.
    const inserted = await tx.query<unknown[]>(
      `insert into authority_key (organisation_id, kid, public_key, origin, created_at)
       values ($1, $2, $3, 'own', $4) on conflict do nothing returning kid`,
      [organisationId, kid, publicKey, at],
    );
    if (inserted.length === 0) {
      const made = await this.secretOf(tx, organisationId);
      if (!made) throw new DomainError('request.unavailable', { reason: 'the key of the authority is being replaced' });
      return made;
    }
    await tx.query(
      'insert into authority_key_secret (organisation_id, kid, master_key_id, wrapped) values ($1, $2, $3, $4)',
      [organisationId, kid, keyId, Buffer.from(wrapped)],
    );
    await append(tx, {
      kind: 'authority.key-created',
      actor: by.via === 'worker' ? 'service' : by,
      at,
      subjects: { organisation: organisationId },
      dims: { kid },
      audience: [organisationId],
    });
    return { kid, master_key_id: keyId, wrapped: Buffer.from(wrapped) };
  }
}
