import { Cryptoki, CryptokiError, ModuleError, ulong, type TokenInfo, type Typed } from './cryptoki';
import { withPin } from './pin';
import { TokenFaultError, type Digest, type SigningScheme, type TokenPlace } from './token-task';

const CKA = {
  class: 0x0n,
  label: 0x3n,
  value: 0x11n,
  keyType: 0x100n,
  id: 0x102n,
  alwaysAuthenticate: 0x202n,
} as const;
const CKO = { certificate: 1n, privateKey: 3n } as const;
/** CKK_RSA, CKK_EC. */
const KEY_TYPES = { RSA: 0, 'RSA-PSS': 0, ECDSA: 3 } as const;
const CKU = { user: 1n, contextSpecific: 2n } as const;
const CKM = { rsaPkcs: 0x1n, rsaPkcsPss: 0xdn, ecdsa: 0x1041n } as const;
const DIGESTS = {
  sha256: { mechanism: 0x250n, mgf: 2n },
  sha384: { mechanism: 0x260n, mgf: 3n },
  sha512: { mechanism: 0x270n, mgf: 4n },
} as const satisfies Record<Digest, object>;
const LOGIN_REQUIRED = 0x4n;
const FINAL_TRY = 0x2_0000n;
const LOCKED = 0x4_0000n;

const ALREADY_LOGGED_IN = 0x100;
/** CKR_PIN_INCORRECT, INVALID, LEN_RANGE, EXPIRED, LOCKED. */
const PIN_REFUSED = [0xa0, 0xa1, 0xa2, 0xa3, 0xa4];
/** Sessions, logins and devices that are not any more. */
const LOST = [0x30, 0x32, 0x82, 0xb0, 0xb3, 0xe0, 0xe1, 0x101, 0x190];
/** CKR_KEY_HANDLE_INVALID, KEY_TYPE_INCONSISTENT, KEY_FUNCTION_NOT_PERMITTED, MECHANISM_INVALID, MECHANISM_PARAM_INVALID. */
const NOT_THIS_KEY = [0x60, 0x63, 0x68, 0x70, 0x71];

/** What went wrong in the words of the service. */
export function faultOf(error: unknown): TokenFaultError {
  if (error instanceof TokenFaultError) return error;
  if (error instanceof ModuleError) return new TokenFaultError('misconfigured', error.message);
  if (!(error instanceof CryptokiError)) return new TokenFaultError('failed', 'the module could not be called');
  const reason = `the module returned ${error.message}`;
  if (LOST.includes(error.returned)) return new TokenFaultError('lost', reason);
  return new TokenFaultError(NOT_THIS_KEY.includes(error.returned) ? 'key-missing' : 'failed', reason);
}

const fits = (info: TokenInfo, { token }: TokenPlace): boolean =>
  (token.label === undefined || token.label === info.label) &&
  (token.serial === undefined || token.serial === info.serial) &&
  (token.manufacturer === undefined || token.manufacturer === info.manufacturer) &&
  (token.model === undefined || token.model === info.model);

function mechanismOf(scheme: SigningScheme): Typed {
  if (scheme.kind !== 'RSA-PSS') return [scheme.kind === 'RSA' ? CKM.rsaPkcs : CKM.ecdsa, new Uint8Array()];
  const { mechanism, mgf } = DIGESTS[scheme.digest];
  return [CKM.rsaPkcsPss, Buffer.concat([mechanism, mgf, BigInt(scheme.saltBytes)].map(ulong))];
}

/** One key on one token, logged in. Blocks: for the process of token.worker.ts alone. */
export class TokenSession {
  private constructor(
    private readonly module: Cryptoki,
    private readonly session: bigint,
    private readonly key: bigint,
    private readonly place: TokenPlace,
  ) {}

  /** @throws TokenFaultError, CryptokiError, ModuleError: see faultOf */
  static open(place: TokenPlace, refusedPin?: string): TokenSession {
    const module = Cryptoki.load(place.module);
    const found = module.slots().flatMap((slot) => {
      const info = infoOf(module, slot);
      return info && fits(info, place) ? [{ slot, info }] : [];
    });
    const [token] = found;
    if (!token) throw new TokenFaultError('absent', 'no token fits the address');
    if (found.length > 1) throw new TokenFaultError('misconfigured', 'more than one token fits the address');
    const session = module.openSession(token.slot);
    logIn(module, session, token.info.flags, place, refusedPin);
    const { label, id } = place.object;
    const keys = module.find(session, [
      [CKA.class, ulong(CKO.privateKey)],
      ...(label === undefined ? [] : [[CKA.label, Buffer.from(label)] as const]),
      ...(id === undefined ? [] : [[CKA.id, id] as const]),
    ]);
    const [key] = keys;
    if (key === undefined) throw new TokenFaultError('key-missing', 'no private key of the token fits the address');
    if (keys.length > 1) throw new TokenFaultError('misconfigured', 'more than one key fits the address: name its id');
    return new TokenSession(module, session, key, place);
  }

  /** DER; first those with the id of the key (its own), then a mark that is empty, then every other. */
  certificates(): Uint8Array[] {
    const own = this.module.attribute(this.session, this.key, CKA.id);
    const all = this.module.find(this.session, [[CKA.class, ulong(CKO.certificate)]]).flatMap((object) => {
      const der = this.module.attribute(this.session, object, CKA.value);
      const id = this.module.attribute(this.session, object, CKA.id);
      if (!der?.length) return [];
      return [{ der, isOwn: own !== undefined && own.length > 0 && id !== undefined && Buffer.compare(own, id) === 0 }];
    });
    const of = (isOwn: boolean): Uint8Array[] => all.filter((one) => one.isOwn === isOwn).map(({ der }) => der);
    return [...of(true), new Uint8Array(), ...of(false)];
  }

  sign(scheme: SigningScheme, bytes: Uint8Array): Uint8Array {
    // softhsm2 answers CKR_GENERAL_ERROR to a mechanism of another kind than the key.
    const type = this.module.attribute(this.session, this.key, CKA.keyType);
    if (type?.length !== 8 || Number(new BigUint64Array(type.buffer)[0]) !== KEY_TYPES[scheme.kind])
      throw new TokenFaultError('key-missing', 'the key is of another kind than its certificate says');
    // Cards for qualified signatures ask for the PIN before each one.
    const asksEachTime = this.module.attribute(this.session, this.key, CKA.alwaysAuthenticate)?.[0] === 1;
    this.module.signInit(this.session, mechanismOf(scheme), this.key);
    if (asksEachTime) enter(this.module, this.session, CKU.contextSpecific, this.place);
    return this.module.sign(this.session, bytes);
  }

  close(): void {
    this.module.finalize();
  }
}

/** Undefined for what is in another reader and cannot be read: somebody else's card. */
function infoOf(module: Cryptoki, slot: bigint): TokenInfo | undefined {
  try {
    return module.tokenInfo(slot);
  } catch {
    return undefined;
  }
}

function logIn(module: Cryptoki, session: bigint, flags: bigint, place: TokenPlace, refusedPin?: string): void {
  if ((flags & LOGIN_REQUIRED) === 0n) return;
  if ((flags & LOCKED) !== 0n) throw new TokenFaultError('pin-refused', 'the token has locked the PIN');
  if ((flags & FINAL_TRY) !== 0n) {
    throw new TokenFaultError('pin-refused', 'the token allows one more try, which is left to a person');
  }
  enter(module, session, CKU.user, place, refusedPin);
}

function enter(module: Cryptoki, session: bigint, user: bigint, { pinFile }: TokenPlace, refusedPin?: string): void {
  withPin(pinFile, refusedPin, (pin) => {
    try {
      module.login(session, user, pin);
    } catch (error) {
      if (!(error instanceof CryptokiError)) throw error;
      if (PIN_REFUSED.includes(error.returned)) return 'refused';
      if (error.returned !== ALREADY_LOGGED_IN) throw error;
    }
    return 'taken';
  });
}
