/** Entry of the thread that draws forms; see drawing.ts. */
import { parentPort } from 'node:worker_threads';
import { DomainError } from '../../domain/errors';
import type { DrawAnswer, DrawTask } from './drawing';
import { renderForm } from './render-form';

async function draw({ id, form, language, signature }: DrawTask): Promise<DrawAnswer> {
  try {
    return { id, pdf: await renderForm(form, language, signature) };
  } catch (error) {
    return error instanceof DomainError
      ? { id, code: error.code, details: error.details }
      : { id, code: 'request.internal', details: {} };
  }
}

parentPort?.on('message', (task: DrawTask) => {
  void draw(task).then((answer) => parentPort?.postMessage(answer));
});
