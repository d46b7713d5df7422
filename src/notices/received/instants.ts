import { DomainError } from '../../domain/errors';

/** What somebody states about an instant lies between the receipt and now. @throws DomainError `request.invalid` */
export function assertBetween(pointer: string, stated: Date, receivedAt: Date, now: Date): void {
  if (stated >= receivedAt && stated <= now) return;
  const detail = `lies between the receipt (${receivedAt.toISOString()}) and now (${now.toISOString()})`;
  throw new DomainError('request.invalid', {}, [{ pointer, detail }]);
}
