import type { Shape } from './args';
import type { Context } from './context';

export interface Verb extends Shape {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly string[];
  /** What the help says after the options. */
  readonly notes?: readonly string[];
  run(context: Context): Promise<number>;
}
