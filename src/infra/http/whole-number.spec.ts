import { plainToInstance } from 'class-transformer';
import { IsInt, IsOptional, Max, Min, validateSync } from 'class-validator';
import { InDigits } from './whole-number';

class Query {
  @IsOptional()
  @InDigits()
  @IsInt()
  @Min(-1)
  @Max(Number.MAX_SAFE_INTEGER)
  n?: number;
}

const read = (n: unknown): unknown => {
  const query = plainToInstance(Query, { n });
  return validateSync(query).length > 0 ? 'refused' : query.n;
};

describe('a whole number in a query', () => {
  it.each([
    ['0', 0],
    ['31', 31],
    ['-1', -1],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    [undefined, undefined],
  ])('is read from %j', (text, value) => expect(read(text)).toBe(value));

  it.each(['', ' ', ' 1', '1 ', '0x10', '1e1', '1.0', '+1', '0b1', 'NaN', 'Infinity', '٣', '9007199254740993', ['1']])(
    'is not %j',
    (text) => expect(read(text)).toBe('refused'),
  );
});
