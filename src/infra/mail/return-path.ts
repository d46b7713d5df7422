import { createHmac, timingSafeEqual } from 'node:crypto';

const DAY_MS = 86_400_000;
/** Relays give a message up after five days as a rule (RFC 5321, 4.5.4.1); a report may take a little longer to arrive. */
const VALID_DAYS = 14;
/** 80 bits: a local part has 64 octets (RFC 5321, 4.5.3.1.1), and some servers fold its case. */
const MAC_HEX = 20;
const SHAPE = /^bounce\+([0-9a-f]{32})([0-9a-z]{4})([0-9a-f]{20})$/;

/**
 * Return paths of their own for each message (VERP), so that a report says by its address alone what came back. Signed, so that
 * nobody voids a receipt by writing to an address that they made up.
 */
export class ReturnPaths {
  constructor(
    private readonly secret: Uint8Array,
    readonly domain: string,
  ) {}

  /** @param id a UUID; @param at when the message leaves */
  of(id: string, at: Date): string {
    const bare = id.replaceAll('-', '');
    const day = Math.floor(at.getTime() / DAY_MS)
      .toString(36)
      .padStart(4, '0');
    return `bounce+${bare}${day}${this.mac(bare, day)}@${this.domain}`;
  }

  /** The UUID of the message that came back; null for an address that we did not make, or made too long ago. */
  read(address: string, now: Date): string | null {
    const [local = '', domain] = address.toLowerCase().split('@');
    const [, id, day, mac] = SHAPE.exec(local) ?? [];
    if (domain !== this.domain || !id || !day || !mac) return null;
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(this.mac(id, day)))) return null;
    const age = Math.floor(now.getTime() / DAY_MS) - parseInt(day, 36);
    if (age > VALID_DAYS || age < -1) return null;
    return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  private mac(id: string, day: string): string {
    return createHmac('sha256', this.secret)
      .update(`clepsydra return path ${this.domain} ${id} ${day}`)
      .digest('hex')
      .slice(0, MAC_HEX);
  }
}
