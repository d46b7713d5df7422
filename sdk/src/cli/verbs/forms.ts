import fs from 'node:fs';
import type { Form } from '../../../../src/domain/forms/forms';
import { openForm, parseKeys, verifyForm } from '../../forms';
import type { Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { foreign, type Output } from '../output';
import type { Verb } from '../verb';

function read(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch {
    throw new UsageError(`${file} cannot be read`);
  }
}

/** What says which form it is, whatever its other members are: nothing of it has been held to its schema. */
function nameOf(form: Form): string {
  const content: unknown = form.content;
  const at = (value: unknown, ...path: readonly string[]): unknown =>
    path.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], value);
  const reference =
    at(content, 'a', 'reference') ?? at(content, 'issuerRef') ?? at(content, 'id') ?? at(form, 'inReplyTo');
  return typeof reference === 'string' ? `${form.form} ${reference}` : form.form;
}

function lines(form: Form, verdict: ReturnType<typeof verifyForm>, output: Output): string[] {
  const name = foreign(nameOf(form));
  return verdict.ok
    ? [output.paint('green', `VERIFIED: ${name}`), `  signed with the key ${verdict.kid}`]
    : [output.paint('red', `NOT VERIFIED: ${name}: ${verdict.fault}.`)];
}

async function verify({ input, output }: Context): Promise<ExitCode> {
  const [file = ''] = input.positionals;
  const keysFile = input.required('keys');
  const { form, jws: embedded } = openForm(read(file));
  const jwsFile = input.text('jws');
  const jws = jwsFile ? read(jwsFile).toString('latin1').trim() : embedded;
  const keys = parseKeys(read(keysFile).toString('utf8'));
  const verdict =
    jws === null ? ({ ok: false, fault: 'it carries no signature' } as const) : verifyForm(form, jws, keys);
  output.result({ ...verdict, form }, () => lines(form, verdict, output));
  return verdict.ok ? EXIT.ok : EXIT.notVerified;
}

export const FORM_VERBS: readonly Verb[] = [
  {
    name: 'verify-form',
    summary: 'Verify, without a network, who signed an order, a referral or an answer',
    args: '<form.json|form.pdf>',
    positionals: [1, 1],
    options: {
      keys: {
        type: 'text',
        value: 'file',
        help: 'Keys of the authority (JWK Set), kept from GET /v1/authorities/<id>/keys',
      },
      jws: { type: 'text', value: 'file', help: 'The detached signature, where it does not lie in the PDF' },
    },
    notes: [
      'What is verified is the data in form.json, not what is printed on the pages; with --json it is printed. Compare the keys with ones that reached you by another road.',
    ],
    examples: [
      'clepsydra verify-form order.pdf --keys unit-a.jwks.json',
      'clepsydra verify-form form.json --jws form.jws --keys unit-a.jwks.json',
    ],
    run: verify,
  },
];
