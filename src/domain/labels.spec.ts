import { describe, expect, it } from '@jest/globals';
import { VOCABULARIES, vocabularyOf } from './label-definitions';
import {
  BEHAVIOURS,
  CONTENT_TYPES,
  ENTITY_CLASSES,
  isIncidentTag,
  itemFaults,
  labelFaults,
  VOCABULARY_VERSION,
} from './labels';
import { CATEGORIES, IDEOLOGIES, SEVERITIES } from './vocabulary';

const FACETS = {
  category: CATEGORIES,
  ideology: IDEOLOGIES,
  behaviours: BEHAVIOURS,
  contentType: CONTENT_TYPES,
  entityClass: ENTITY_CLASSES,
  severity: SEVERITIES,
};

describe('the vocabulary of labels', () => {
  it('defines every label of every facet once, in its order, and none besides', () => {
    const current = vocabularyOf(VOCABULARY_VERSION);
    const labels = Object.fromEntries(
      Object.entries(current?.facets ?? {}).map(([facet, defined]) => [facet, defined.map(({ label }) => label)]),
    );
    expect(labels).toEqual(FACETS);
    for (const { means } of Object.values(current?.facets ?? {}).flat()) expect(means.length).toBeGreaterThan(8);
  });

  it('names the five types of Article 2(7) each once', () => {
    const places = VOCABULARIES[0]?.facets['category']?.flatMap(({ crosswalk }) => crosswalk.eu ?? []);
    expect(places).toEqual(['a', 'b', 'c', 'd', 'e'].map((letter) => `Art. 2(7)(${letter})`));
  });

  it('reaches every tier of the TCAP and all four behaviours of GIFCT from some label', () => {
    const walks = Object.values(vocabularyOf(VOCABULARY_VERSION)?.facets ?? {}).flatMap((defined) =>
      defined.map((d) => d.crosswalk),
    );
    for (const tier of [1, 2, 3, 4]) expect(walks.some(({ tcap }) => tcap?.includes(`Tier ${tier}`))).toBe(true);
    for (const behaviour of [
      'Imminent Credible Threat',
      'Graphic Violence Against Defenseless People',
      'Glorification of Terrorist Acts',
      'Radicalization, Recruitment, Instruction',
    ]) {
      expect([behaviour, walks.some(({ gifct }) => gifct === behaviour)]).toEqual([behaviour, true]);
    }
  });

  it('accepts every label that it defines', () => {
    for (const [facet, labels] of Object.entries(FACETS)) {
      if (facet === 'severity') continue;
      for (const label of labels) {
        expect(labelFaults({ [facet]: facet === 'behaviours' ? [label] : label })).toEqual([]);
      }
    }
    expect(labelFaults({})).toEqual([]);
  });

  it.each([
    [{ category: 'inciting' }, '/labels/category'],
    [{ behaviours: ['glorification', 'glorify'] }, '/labels/behaviours/1'],
    [{ behaviours: 'glorification' }, '/labels/behaviours'],
    [{ behaviours: Array.from({ length: 50 }, () => 'glorification') }, '/labels/behaviours'],
    [{ mood: 'dark' }, '/labels/mood'],
    [{ 'a/b~c': 1 }, '/labels/a~1b~0c'],
    [{ contentType: ['manifesto'] }, '/labels/contentType'],
    [{ toString: 'x' }, '/labels/toString'],
    [['manifesto'], '/labels'],
    ['manifesto', '/labels'],
    [null, '/labels'],
  ])('refuses %j at %s', (labels, pointer) => {
    expect(labelFaults(labels).map((fault) => fault.pointer)).toEqual([pointer]);
  });

  it('takes an incident as framework, year and name', () => {
    expect(isIncidentTag('pci-2026-north-harbour')).toBe(true);
    for (const tag of [
      '2026-north',
      'PCI-2026-north',
      'pci-26-north',
      'pci-2026-',
      'pci-2026-a--b',
      `pci-2026-${'a'.repeat(80)}`,
      7,
    ]) {
      expect([tag, isIncidentTag(tag)]).toEqual([tag, false]);
    }
    expect(itemFaults({ severity: 'grave', incident: 'x' }).map(({ pointer }) => pointer)).toEqual([
      '/severity',
      '/incident',
    ]);
    expect(itemFaults({ severity: 'high' })).toEqual([]);
  });
});
