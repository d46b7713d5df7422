import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import * as fc from 'fast-check';
import { DomainError, type FieldFault } from '../../domain/errors';
import { LongList } from './long-list';
import { LIST_SLICE, validationPipe } from './validation';

class Order {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  lines!: string[];

  @IsInt()
  @Min(0)
  @Max(64)
  radius!: number;

  @IsString()
  @Length(3, 5)
  @Matches(/^[a-z]+$/)
  name!: string;
}

class Frame {
  @IsInt()
  @Min(0)
  @Max(100)
  quality!: number;
}

class Film {
  @Length(3, 5)
  name!: string;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(3 * LIST_SLICE)
  @LongList(Frame)
  frames?: Frame[];
}

class WholeFilm {
  @Length(3, 5)
  name!: string;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(3 * LIST_SLICE)
  @ValidateNested({ each: true })
  @Type(() => Frame)
  frames?: Frame[];
}

class Lines {
  @IsArray()
  @ArrayMinSize(1)
  @LongList()
  lines!: unknown[];
}

async function faultsOf(body: object, metatype: new () => object = Order): Promise<readonly FieldFault[]> {
  try {
    await validationPipe().transform(body, { type: 'body', metatype });
  } catch (error) {
    if (error instanceof DomainError) return error.faults;
    throw error;
  }
  return [];
}

describe('what is said of a body that is not as its route states', () => {
  it('names of a value of the wrong kind that alone, and not its size', async () => {
    expect(await faultsOf({ lines: 'no', radius: Number.NaN, name: 5 })).toEqual([
      { pointer: '/lines', detail: 'lines must be an array' },
      { pointer: '/radius', detail: 'radius must be an integer number' },
      { pointer: '/name', detail: 'name must be a string' },
    ]);
  });

  it('names everything that is wrong with a value of the right kind', async () => {
    const faults = await faultsOf({ lines: [], radius: 65, name: 'A' });
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/lines', '/radius', '/name', '/name']);
  });
});

describe('a list of many', () => {
  const film = (count: number): object => ({
    name: 'film',
    frames: Array.from({ length: count }, () => ({ quality: 80 })),
  });

  /** Turns that whatever else waits gets while it is gone over. */
  async function turnsDuring(work: Promise<unknown>): Promise<number> {
    let turns = 0;
    let next = setImmediate(function count() {
      turns++;
      next = setImmediate(count);
    });
    await work;
    clearImmediate(next);
    return turns;
  }

  it('gives everything else a turn between each slice and the next, and a short one none', async () => {
    const pipe = validationPipe();
    const gone = (count: number) => turnsDuring(pipe.transform(film(count), { type: 'body', metatype: Film }));
    // The packages behind it are loaded once.
    await gone(1);
    expect(await gone(LIST_SLICE)).toBe(0);
    expect(await gone(LIST_SLICE + 1)).toBe(1);
    expect(await gone(3 * LIST_SLICE)).toBe(2);
  });

  it('is the same, and has the same faults at the same places, as if gone over in one go', async () => {
    const element = fc.oneof(
      { weight: 150, arbitrary: fc.constant({ quality: 80 }) },
      fc.constantFrom({ quality: 101 }, { quality: 'no' }, { quality: 1, other: 1 }, {}, null, 'no', 7, []),
    );
    const frames = fc.oneof(
      fc.array(element, { maxLength: 3 * LIST_SLICE + 2, size: 'max' }),
      fc.constantFrom(undefined, null, 'no', 5),
    );
    const inOrder = (faults: readonly FieldFault[]): string[] => faults.map((fault) => JSON.stringify(fault)).sort();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('film', 'x', 3), frames, async (name, given) => {
        const body = () => structuredClone({ name, frames: given });
        const whole = await faultsOf(body(), WholeFilm);
        expect(inOrder(await faultsOf(body(), Film))).toEqual(inOrder(whole));
        if (whole.length > 0) return;
        const held: unknown = await validationPipe().transform(body(), { type: 'body', metatype: Film });
        expect(held).toBeInstanceOf(Film);
        expect({ ...(held as Film) }).toEqual({
          ...((await validationPipe().transform(body(), { type: 'body', metatype: WholeFilm })) as WholeFilm),
        });
        const [first] = (held as Film).frames ?? [];
        if (first) expect(first).toBeInstanceOf(Frame);
      }),
      { numRuns: 60 },
    );
  });

  it('names an element far down by where it was sent', async () => {
    const body = film(2 * LIST_SLICE + 18) as { frames: object[] };
    body.frames[2 * LIST_SLICE + 17] = { quality: 101 };
    expect(await faultsOf(body, Film)).toEqual([
      { pointer: `/frames/${2 * LIST_SLICE + 17}/quality`, detail: 'quality must not be greater than 100' },
    ]);
  });

  it('has its elements as they were sent where whoever reads them judges them', async () => {
    const lines = [{ any: [1] }, 'thing', null];
    const held = await validationPipe().transform({ lines }, { type: 'body', metatype: Lines });
    expect(held).toEqual(Object.assign(new Lines(), { lines }));
    expect(await faultsOf({ lines: [] }, Lines)).toEqual([
      { pointer: '/lines', detail: 'lines must contain at least 1 elements' },
    ]);
  });
});
