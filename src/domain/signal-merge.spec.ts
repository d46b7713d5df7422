import { mergeLabels, type Said } from './signal-merge';

const said = (over: Partial<Said>): Said => ({ labels: {}, severity: null, incident: null, ...over });

describe('what several bodies say of one hash', () => {
  it('takes single labels and the incident from the first that gives them', () => {
    const merged = mergeLabels([
      said({ labels: { category: 'threat' } }),
      said({ labels: { category: 'instruction', ideology: 'unknown', contentType: 'manifesto' }, incident: 'one' }),
      said({ labels: { ideology: 'jihadist' }, incident: 'two' }),
    ]);
    expect(merged.labels).toEqual({ category: 'threat', ideology: 'unknown', contentType: 'manifesto' });
    expect(merged.incident).toBe('one');
  });

  it('unites behaviours and takes the gravest severity', () => {
    const merged = mergeLabels([
      said({ labels: { behaviours: ['recruitment', 'glorification'] }, severity: 'low' }),
      said({ labels: { behaviours: ['glorification'] }, severity: 'critical' }),
      said({ severity: 'high' }),
    ]);
    expect(merged.labels.behaviours).toEqual(['glorification', 'recruitment']);
    expect(merged.severity).toBe('critical');
  });

  it('says nothing of what nobody said', () => {
    expect(mergeLabels([said({}), said({})])).toEqual({ labels: {}, severity: null, incident: null });
    expect(mergeLabels([])).toEqual({ labels: {}, severity: null, incident: null });
  });
});
