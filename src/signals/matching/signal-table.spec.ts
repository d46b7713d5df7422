import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import type { KnownSignal, Stand, Standing } from './known-signal';
import { SignalTable, uuidOf, type StandAt } from './signal-table';

const STANDING: Standing = {
  opinions: [],
  disputes: [],
  feedback: [],
};

const stand = fc.record({
  organisationId: fc.constantFrom('a', 'b', 'c'),
  listId: fc.constantFrom('common', 'other'),
  labels: fc.constantFrom({}, { category: 'threat' as const }),
  severity: fc.constantFrom(null, 'low' as const, 'critical' as const),
  incident: fc.constantFrom(null, 'one'),
  reviewed: fc.boolean(),
}) satisfies fc.Arbitrary<Stand>;
const contribution: fc.Arbitrary<StandAt> = fc.record({
  stand,
  at: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2100, 0, 1) }),
});
const said = fc.record({
  standing: fc.record({
    disputes: fc.array(fc.record({ organisationId: fc.constantFrom(null, 'a'), listIds: fc.constant(['common']) }), {
      maxLength: 3,
    }),
    feedback: fc.array(
      fc.record({
        listIds: fc.constant(['other']),
        confirmed: fc.nat(3),
        false: fc.nat(9),
        alreadyKnown: fc.constant(0),
      }),
      { maxLength: 2 },
    ),
  }),
  contributions: fc.array(contribution, { minLength: 1, maxLength: 5 }),
});
const step = fc.oneof(
  fc.record({ verb: fc.constant('add' as const), said }),
  fc.record({ verb: fc.constant('change' as const), which: fc.nat(), said }),
  fc.record({ verb: fc.constant('remove' as const), which: fc.nat() }),
);

const expected = (
  id: Uint8Array,
  value: Uint8Array,
  what: typeof said extends fc.Arbitrary<infer T> ? T : never,
): KnownSignal => ({
  id: uuidOf(id),
  type: 'pdq',
  value: Buffer.from(value).toString('hex'),
  ...STANDING,
  ...what.standing,
  contributions: what.contributions.map(({ stand: each, at }) => ({ ...each, contributedAt: at })),
});

describe('what a node knows of each signal', () => {
  it('gives back exactly what was put, whatever came and went before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const table = new SignalTable();
        const model = new Map<number, KnownSignal>();
        for (const each of steps) {
          const rows = [...model.keys()];
          if (each.verb === 'add') {
            const [id, value] = [randomBytes(16), randomBytes(32)];
            const standing = { ...STANDING, ...each.said.standing };
            const row = table.add({ type: 'pdq', id, value, standing, contributions: each.said.contributions });
            expect(model.has(row)).toBe(false);
            model.set(row, expected(id, value, each.said));
          } else if (rows.length > 0) {
            const row = rows[each.which % rows.length]!;
            if (each.verb === 'remove') {
              table.remove(row);
              model.delete(row);
            } else {
              const { standing, contributions } = each.said;
              table.change(row, { standing: { ...STANDING, ...standing }, contributions });
              const known = model.get(row)!;
              model.set(row, expected(table.idOf(row), Buffer.from(known.value, 'hex'), each.said));
            }
          }
        }
        expect(table.size).toBe(model.size);
        for (const [row, known] of model) expect(table.read(row)).toEqual(known);
      }),
    );
  });

  it('takes 63 bytes for a hash that is compared by distance and has one contribution', () => {
    const table = new SignalTable();
    const one: StandAt = {
      stand: { organisationId: 'a', listId: 'b', labels: {}, severity: null, incident: null, reviewed: true },
      at: Date.UTC(2026, 2, 2),
    };
    const rows = 5 * 8192;
    for (let n = 0; n < rows; n++) {
      table.add({ type: 'pdq', id: randomBytes(16), value: randomBytes(32), standing: STANDING, contributions: [one] });
    }
    expect(table.bytes / rows).toBe(63);
    expect(table.distinct).toBe(2);
  });
});
