import { DomainError } from '../../domain/errors';
import type { Actor } from '../../infra/database/actor';

/**
 * Whether the actor says that a person looked at what it contributes; unless it is said, a person has and a machine has not.
 * What a person is said to have looked at blocks everywhere by default: a key says so only where its maker meant it to.
 * @throws DomainError `signal.vouch-needed`
 */
export function vouches(actor: Actor, reviewed: boolean = actor.personId !== null): boolean {
  if (reviewed && actor.personId === null && !actor.permissions.has('signal.vouch')) {
    throw new DomainError('signal.vouch-needed', { permission: 'signal.vouch' });
  }
  return reviewed;
}
