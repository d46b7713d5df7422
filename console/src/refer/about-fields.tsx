import { NativeSelect, SimpleGrid, Textarea } from '@mantine/core';
import { CATEGORIES, IDEOLOGIES } from '../../../src/domain/vocabulary';
import { t } from '../texts';

/** What is said of everything in one submission. */
export interface About {
  readonly category: (typeof CATEGORIES)[number] | '';
  readonly ideology: (typeof IDEOLOGIES)[number] | '';
  readonly reasons: string;
  readonly grounds: string;
}

export const NOTHING: About = { category: '', ideology: '', reasons: '', grounds: '' };

interface Props {
  readonly about: About;
  readonly onChange: (about: About) => void;
}

const choices = <T extends string>(all: readonly T[], words: Readonly<Record<T, string>>) => [
  { value: '', label: t.refer.choose },
  ...all.map((value) => ({ value, label: words[value] })),
];

/** What goes into the case: fixed once it is open. */
export function AboutFields({ about, onChange }: Props) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NativeSelect
          label={t.refer.category}
          required
          value={about.category}
          data={choices(CATEGORIES, t.words.categories)}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...about, category: CATEGORIES.find((each) => each === value) ?? '' })
          }
        />
        <NativeSelect
          label={t.refer.ideology}
          required
          value={about.ideology}
          data={choices(IDEOLOGIES, t.words.ideologies)}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...about, ideology: IDEOLOGIES.find((each) => each === value) ?? '' })
          }
        />
      </SimpleGrid>
      <Textarea
        label={t.refer.reasons}
        value={about.reasons}
        onChange={({ currentTarget: { value } }) => onChange({ ...about, reasons: value })}
      />
    </>
  );
}

/** What goes into the notice: open until it is sent. */
export const Grounds = ({ about, onChange }: Props) => (
  <Textarea
    label={t.refer.grounds}
    value={about.grounds}
    onChange={({ currentTarget: { value } }) => onChange({ ...about, grounds: value })}
  />
);
