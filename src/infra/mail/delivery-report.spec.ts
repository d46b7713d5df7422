import * as fc from 'fast-check';
import { readReport, REPORT_ACTIONS } from './delivery-report';

const reportWith = (status: string, type = 'multipart/report; report-type=delivery-status; boundary=b'): Uint8Array =>
  Buffer.from(
    `From: mailer@mx.example\r\nContent-Type: ${type}\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n` +
      `--b\r\nContent-Type: message/delivery-status\r\n\r\n${status}\r\n--b--\r\n`,
  );

describe('a delivery report', () => {
  it.each(REPORT_ACTIONS)('that says %s is read as that, in whatever case', async (action) => {
    const status = `Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@own.example\r\nACTION: ${action.toUpperCase()}\r\nStatus: 5.7.1 (no)`;
    expect(await readReport(reportWith(status))).toEqual({ action, status: '5.7.1' });
  });

  it('is read over folded lines, bare line feeds, and without a status', async () => {
    const folded = 'Reporting-MTA: dns;\n mx.example\n\nFinal-Recipient: rfc822;\n a@own.example\nAction:\n failed';
    expect(await readReport(reportWith(folded))).toEqual({ action: 'failed', status: null });
  });

  it('is none when its words stand in a text, or when it is no multipart/report', async () => {
    const text = Buffer.from('Content-Type: text/plain\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n');
    expect(await readReport(text)).toBeNull();
    expect(await readReport(reportWith('\r\nAction: failed', 'multipart/mixed; boundary=b'))).toBeNull();
    expect(await readReport(reportWith('Action: exploded'))).toBeNull();
  });

  it('never throws, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        await readReport(bytes);
        await readReport(reportWith(Buffer.from(bytes).toString('latin1')));
      }),
    );
  });
});
