import { describe, expect, it } from '@jest/globals';
import { LEDGER_KINDS } from './ledger-kinds';

describe('the kinds of ledger entry', () => {
  it('have each a dotted name and a description of its own', () => {
    for (const [kind, description] of Object.entries(LEDGER_KINDS)) {
      expect(kind).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
      expect(description).toMatch(/^[A-Z].{8,}[^.]$/);
    }
    expect(new Set(Object.values(LEDGER_KINDS)).size).toBe(Object.keys(LEDGER_KINDS).length);
  });
});
