import { Button, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { DISSEMINATIONS, EXCLUSION_GROUNDS, FINDINGS, OFFENCES } from '../../../src/domain/assessment';
import { CATEGORIES } from '../../../src/domain/vocabulary';
import { Refusal } from '../shell/states';
import { t } from '../texts';
import { Choice, Line, Part, sent, Several, Tick, Words, type Given } from './fields';
import { assess, type CaseFile, type NewAssessment } from './order-api';

const OF_THE_REGULATION = CATEGORIES.filter((category) => category !== 'other');
function assessmentOf(given: Given): NewAssessment {
  const listedEntity = given.text('listedEntity');
  return {
    categories: given.some('categories', CATEGORIES),
    offences: given.some('offences', OFFENCES),
    reasons: given.text('reasons'),
    factors: {
      wording: given.text('wording'),
      context: given.text('context'),
      harmPotential: given.text('harmPotential'),
      ...(listedEntity === '' ? {} : { listedEntity }),
    },
    exclusions: EXCLUSION_GROUNDS.map((ground) => ({
      ground,
      finding: given.one(`finding.${ground}`, FINDINGS, 'unclear'),
      reasons: given.text(`why.${ground}`),
    })),
    editorialResponsibility: given.isOn('editorial'),
    dissemination: given.one('dissemination', DISSEMINATIONS, 'human_admission'),
    disseminationEvidence: given.text('evidence'),
  };
}

/** What an order rests on: the types of Art. 2(7), the reasons, and each of the seven exclusions of Art. 1(3). */
export function AssessmentForm({ caseFile }: { readonly caseFile: CaseFile }) {
  const queries = useQueryClient();
  const assessing = useMutation({
    mutationFn: (body: NewAssessment) => assess(caseFile.id, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['assessments', caseFile.id] }),
  });
  const { category, reasons } = caseFile;
  const first = OF_THE_REGULATION.filter((each) => each === category);
  return (
    <form onSubmit={sent((given) => assessing.mutate(assessmentOf(given)))}>
      <Stack gap="sm">
        <Text c="dimmed">{t.order.assessWhy}</Text>
        <Several
          name="categories"
          label={t.order.types}
          all={OF_THE_REGULATION}
          words={t.words.categories}
          first={first}
        />
        <Several name="offences" label={t.order.offences} all={OFFENCES} words={t.order.offenceWords} />
        <Words name="reasons" label={t.order.reasons} initial={reasons ?? undefined} least={50} />
        <Words name="wording" label={t.order.wording} />
        <Words name="context" label={t.order.context} />
        <Words name="harmPotential" label={t.order.harm} />
        <Line name="listedEntity" label={t.order.listed} optional />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {EXCLUSION_GROUNDS.map((ground) => (
            <Part key={ground} title={t.order.grounds[ground]}>
              <Choice name={`finding.${ground}`} label={t.order.finding} all={FINDINGS} words={t.order.findings} />
              <Words name={`why.${ground}`} label={t.order.findingWhy} />
            </Part>
          ))}
        </SimpleGrid>
        <Tick name="editorial" label={t.order.editorial} />
        <Choice name="dissemination" label={t.order.seenBy} all={DISSEMINATIONS} words={t.order.disseminations} />
        <Words name="evidence" label={t.order.seenHow} />
        <Refusal error={assessing.error} />
        <Button type="submit" className="main-action" loading={assessing.isPending}>
          {t.order.assess}
        </Button>
      </Stack>
    </form>
  );
}
