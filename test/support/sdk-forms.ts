import type { Form } from '../../src/domain/forms/forms';
import type { AuthorityJwks, FormVerdict } from '../../src/domain/forms/jws';

interface SdkForms {
  readonly openForm: (bytes: Uint8Array) => { readonly form: Form; readonly jws: string | null };
  readonly parseKeys: (text: string) => AuthorityJwks;
  readonly verifyForm: (form: Form, jws: string, keys: AuthorityJwks) => FormVerdict;
}

/** The SDK's own code. Its imports are resolved by a bundler's rules, so the compiler of the service does not follow them. */
export const { openForm, parseKeys, verifyForm } = jest.requireActual<SdkForms>('../../sdk/src/forms');
