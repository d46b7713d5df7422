import { execFileSync } from 'node:child_process';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlgorithmIdentifier, PublicKeyInfo, RSASSAPSSParams } from 'pkijs';
import { has } from './commands';

const MODULES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/local/lib/softhsm/libsofthsm2.so'];
export const SOFTHSM = MODULES.find((path) => existsSync(path)) ?? '';

/** Debian: apt-get install softhsm2 opensc openssl. */
export const hasTokens = SOFTHSM !== '' && ['softhsm2-util', 'pkcs11-tool', 'openssl'].every(has);
if (!hasTokens) console.warn('Left out: tests of PKCS #11 tokens need softhsm2, opensc and openssl.');
/** `it` where tokens can be made here. */
export const withToken: jest.It = hasTokens ? it : it.skip;

export const KEYS = { rsa: ['01', 'rsa:2048'], p256: ['02', 'EC:prime256v1'], p384: ['03', 'EC:secp384r1'] } as const;
export type KeyName = keyof typeof KEYS;

const OID = { pss: '1.2.840.113549.1.1.10', mgf1: '1.2.840.113549.1.1.8', sha256: '2.16.840.1.101.3.4.2.1' } as const;

/** A public key that is for PSS with SHA-256 and 32 bytes of salt alone. */
function forPss(der: Buffer): Buffer {
  const key = PublicKeyInfo.fromBER(new Uint8Array(der).buffer);
  const hashAlgorithm = new AlgorithmIdentifier({ algorithmId: OID.sha256 });
  const maskGenAlgorithm = new AlgorithmIdentifier({
    algorithmId: OID.mgf1,
    algorithmParams: hashAlgorithm.toSchema(),
  });
  const parameters = new RSASSAPSSParams({ hashAlgorithm, maskGenAlgorithm, saltLength: 32 });
  key.algorithm = new AlgorithmIdentifier({ algorithmId: OID.pss, algorithmParams: parameters.toSchema() });
  return Buffer.from(key.toSchema().toBER());
}

/** A token of softhsm2 in a folder of its own, with keys that were made in it and cannot leave it, and a test root. */
export class SoftToken {
  readonly folder = mkdtempSync(join(tmpdir(), 'clepsydra-token-'));
  readonly environment = { SOFTHSM2_CONF: join(this.folder, 'softhsm2.conf') };
  readonly pinFile = join(this.folder, 'pin');
  readonly root = join(this.folder, 'root.crt');

  constructor(
    readonly label: string,
    readonly pin = '73914',
  ) {
    const directory = join(this.folder, 'tokens');
    mkdirSync(directory);
    const settings = [`directories.tokendir = ${directory}`, 'objectstore.backend = file', 'log.level = ERROR'];
    writeFileSync(this.environment.SOFTHSM2_CONF, settings.join('\n'));
    this.writePin(pin);
    this.initialise();
    this.openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'root.key', '-out', 'root.crt', '-subj', '/CN=Example Root', '-days', '36500'); // prettier-ignore
  }

  initialise(): void {
    this.softhsm('--init-token', '--free', '--label', this.label, '--so-pin', '12345678', '--pin', this.pin);
  }

  /** As if it had been pulled out. */
  remove(): void {
    this.softhsm('--delete-token', '--token', this.label);
  }

  writePin(pin: string): void {
    rmSync(this.pinFile, { force: true });
    writeFileSync(this.pinFile, `${pin}\n`, { mode: 0o600 });
  }

  makeKey(name: KeyName): void {
    const [id, type] = KEYS[name];
    this.tool('--keypairgen', '--key-type', type, '--id', id, '--label', name, '--usage-sign');
  }

  /** Made of the token's public key alone, and signed by the root. PEM, of the signer and of the root. */
  certificate(name: KeyName, { pss = false } = {}): { readonly leaf: string; readonly root: string } {
    const [id] = KEYS[name];
    const [key, file] = [`${name}.pub`, `${name}${pss ? '-pss' : ''}.crt`];
    const der = createPublicKey({ key: this.publicKey(id), format: 'jwk' }).export({ type: 'spki', format: 'der' });
    const pem = (pss ? forPss(der) : der).toString('base64').replace(/.{64}/g, '$&\n');
    writeFileSync(join(this.folder, key), `-----BEGIN PUBLIC KEY-----\n${pem}\n-----END PUBLIC KEY-----\n`);
    this.openssl('x509', '-new', '-force_pubkey', key, '-subj', '/O=Unit A/CN=Unit A seal', '-CA', 'root.crt', '-CAkey', 'root.key', '-days', '36500', '-out', file); // prettier-ignore
    return { leaf: readFileSync(join(this.folder, file), 'utf8'), root: readFileSync(this.root, 'utf8') };
  }

  /** Whether a wrong PIN was given since the last right one. */
  hasCountedMistake(): boolean {
    return this.run('pkcs11-tool', ['--module', SOFTHSM, '--list-token-slots']).includes('PIN count low');
  }

  /** Puts a certificate onto the token, beside the key with that id. */
  store(name: KeyName, pem: string): void {
    const file = join(this.folder, 'stored.der');
    writeFileSync(file, Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64'));
    this.tool('--write-object', file, '--type', 'cert', '--id', KEYS[name][0], '--label', name);
  }

  /** Its address, as RFC 7512 writes it. */
  address(object: string, pinFile = this.pinFile): string {
    const part = encodeURIComponent;
    return `pkcs11:token=${part(this.label)};object=${part(object)}?module-path=${SOFTHSM}&pin-source=file:${pinFile}`;
  }

  /** What an operator puts into the folder of certificates. */
  file(object: string, ...certificates: readonly string[]): string {
    return [`SOFTHSM2_CONF=${this.environment.SOFTHSM2_CONF}`, this.address(object), ...certificates].join('\n');
  }

  openssl(...args: readonly string[]): string {
    return execFileSync('openssl', [...args], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  }

  tool(...args: readonly string[]): string {
    const options = ['--module', SOFTHSM, '--token-label', this.label, '--login', '--pin', this.pin, ...args];
    return this.run('pkcs11-tool', options);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As JWK. pkcs11-tool shows the point of a curve, and writes keys on P-256 and of RSA alone. */
  private publicKey(id: string): JsonWebKey {
    const listed = this.tool('--list-objects', '--type', 'pubkey').split('Public Key Object');
    const said = listed.find((one) => new RegExp(`ID: +${id}`).test(one)) ?? '';
    const [, point] = /EC_POINT:\s+04..04([0-9a-f]+)/.exec(said) ?? [];
    if (point === undefined) {
      const file = join(this.folder, 'rsa.der');
      this.tool('--read-object', '--type', 'pubkey', '--id', id, '--output-file', file);
      return createPublicKey({ key: readFileSync(file), format: 'der', type: 'spki' }).export({ format: 'jwk' });
    }
    const half = point.length / 2;
    const [x, y] = [point.slice(0, half), point.slice(half)].map((hex) =>
      Buffer.from(hex, 'hex').toString('base64url'),
    );
    return { kty: 'EC', crv: half === 64 ? 'P-256' : 'P-384', x, y };
  }

  private softhsm(...args: readonly string[]): void {
    this.run('softhsm2-util', args);
  }

  private run(command: string, args: readonly string[]): string {
    const env = { ...process.env, ...this.environment };
    return execFileSync(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  }
}
