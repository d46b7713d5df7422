import 'reflect-metadata';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { DomainError, type FieldFault } from '../../domain/errors';
import { validationPipe } from './validation';

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

async function faultsOf(body: object): Promise<readonly FieldFault[]> {
  try {
    await validationPipe().transform(body, { type: 'body', metatype: Order });
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
