import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { t } from '../texts';

/** What a form was sent with; a field that is not there is empty. */
export class Given {
  constructor(private readonly data: FormData) {}

  text(name: string): string {
    const value = this.data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  }

  isOn(name: string): boolean {
    return this.data.has(name);
  }

  one<T extends string>(name: string, all: readonly T[], otherwise: T): T {
    const value = this.text(name);
    return all.find((each) => each === value) ?? otherwise;
  }

  some<T extends string>(name: string, all: readonly T[]): T[] {
    const values = this.data.getAll(name);
    return all.filter((each) => values.includes(each));
  }
}

/** The browser says what is missing; what comes through it is given on. */
export const sent =
  (act: (given: Given) => void) =>
  (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    act(new Given(new FormData(event.currentTarget)));
  };

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly initial?: string | undefined;
  readonly least?: number;
  readonly optional?: boolean;
}

export const Line = ({
  name,
  label,
  initial,
  least = 1,
  optional = false,
  ...more
}: FieldProps & { readonly type?: string }) => (
  <TextInput name={name} label={label} defaultValue={initial} required={!optional} minLength={least} {...more} />
);

export const Words = ({ name, label, initial, least = 3, optional = false }: FieldProps) => (
  <Textarea name={name} label={label} defaultValue={initial} required={!optional} minLength={least} rows={3} />
);

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly label: string;
  readonly all: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly initial?: string | undefined;
}

/** One of a closed list. Nothing is chosen for a person who has to find it: `initial` is what was said before. */
export const Choice = <T extends string>({ name, label, all, words, initial = '' }: ChoiceProps<T>) => (
  <NativeSelect
    name={name}
    label={label}
    defaultValue={initial}
    required
    data={[{ value: '', label: t.refer.choose }, ...all.map((value) => ({ value, label: words[value] }))]}
  />
);

/** Several of a closed list. `first`: ticked to begin with. */
export const Several = <T extends string>({
  name,
  label,
  all,
  words,
  first = [],
}: ChoiceProps<T> & { readonly first?: readonly T[] }) => (
  <Part title={label}>
    {all.map((value) => (
      <Tick key={value} name={name} value={value} label={words[value]} isOn={first.includes(value)} />
    ))}
  </Part>
);

interface TickProps {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly isOn?: boolean;
  readonly onChange?: (isOn: boolean) => void;
}

export const Tick = ({ name, label, value = 'yes', isOn = false, onChange }: TickProps) => (
  <label className="tick">
    <input
      type="checkbox"
      name={name}
      value={value}
      defaultChecked={isOn}
      onChange={({ currentTarget }) => onChange?.(currentTarget.checked)}
    />
    {label}
  </label>
);

/** Fields that belong together, under their name. */
export const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <fieldset className="part">
    <legend>{title}</legend>
    {children}
  </fieldset>
);
