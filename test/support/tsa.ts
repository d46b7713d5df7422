import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const aside = promisify(execFile);

const SETTINGS = `
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Example TSA
[tsa_cert]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = ./serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

/**
 * How it answers: as it should; not at all; with the answer to the one before; with a refusal; with something else;
 * with a byte of its signature changed.
 */
export type TsaMood = 'good' | 'down' | 'stale' | 'rejects' | 'nonsense' | 'changed';

/** A timestamping authority of `openssl ts` behind HTTP on this machine, with a root of its own (`root.crt`). */
export class TestTsa {
  mood: TsaMood = 'good';
  asked = 0;
  private last: Buffer | undefined;

  private constructor(
    readonly folder: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<TestTsa> {
    const folder = mkdtempSync(join(tmpdir(), 'clepsydra-tsa-'));
    const run = (...args: readonly string[]): void =>
      void execFileSync('openssl', [...args], { cwd: folder, stdio: 'ignore' });
    writeFileSync(join(folder, 'tsa.cnf'), SETTINGS);
    writeFileSync(join(folder, 'serial'), '01\n');
    run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'root.key', '-out', 'root.crt', '-subj', '/CN=Example TSA Root', '-days', '36500'); // prettier-ignore
    run('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-config', 'tsa.cnf');
    run('x509', '-req', '-in', 'tsa.csr', '-CA', 'root.crt', '-CAkey', 'root.key', '-CAcreateserial', '-days', '36500', '-extfile', 'tsa.cnf', '-extensions', 'tsa_cert', '-out', 'tsa.crt'); // prettier-ignore
    const server = createServer();
    const tsa = new TestTsa(folder, server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        tsa.answer(Buffer.concat(chunks)).then(
          (body) => response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(body),
          () => response.writeHead(503).end(),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tsa;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/tsa`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answer(query: Buffer): Promise<Buffer> {
    this.asked += 1;
    if (this.mood === 'down') throw new Error('down');
    if (this.mood === 'nonsense') return Buffer.from('<html>');
    // PKIStatusInfo with status rejection.
    if (this.mood === 'rejects') return Buffer.from('30053003020102', 'hex');
    if (this.mood === 'stale' && this.last) return this.last;
    const name = `${this.asked}`;
    writeFileSync(join(this.folder, `${name}.tsq`), query);
    await aside('openssl', ['ts', '-reply', '-config', 'tsa.cnf', '-queryfile', `${name}.tsq`, '-inkey', 'tsa.key', '-signer', 'tsa.crt', '-chain', 'root.crt', '-out', `${name}.tsr`], { cwd: this.folder }); // prettier-ignore
    this.last = readFileSync(join(this.folder, `${name}.tsr`));
    // The signature stands at the end.
    if (this.mood === 'changed')
      this.last.writeUInt8(this.last.readUInt8(this.last.length - 9) ^ 1, this.last.length - 9);
    return this.last;
  }
}
