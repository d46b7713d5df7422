import { PROBLEMS, type ProblemCode } from '../../domain/errors';
import { PROBLEM_HELP } from '../../domain/problem-help';
import { Page, renderPage } from './page';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

export function renderProblem(code: ProblemCode): string {
  const [status, title] = PROBLEMS[code];
  return renderPage(
    <Page title={title}>
      <h1>{title}</h1>
      <p class="soft">
        <code>{code}</code> · HTTP {status}
      </p>
      <p>{PROBLEM_HELP[code]}</p>
      <p>
        <a href="/problems">All errors of this service</a>
      </p>
    </Page>,
  );
}

export function renderProblems(): string {
  return renderPage(
    <Page title="Errors">
      <h1>Errors of this service</h1>
      <p class="soft">Each answer that is an error names one of these as its type (RFC 9457).</p>
      <table>
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col">Status</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {codes.map((code) => (
            <tr key={code}>
              <td>
                <a href={`/problems/${code}`}>{code}</a>
              </td>
              <td>{PROBLEMS[code][0]}</td>
              <td>{PROBLEMS[code][1]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Page>,
  );
}
