import { Worker } from 'node:worker_threads';
import { DomainError, type ProblemCode } from '../../domain/errors';
import type { Form } from '../../domain/forms/forms';
import type { FormLanguage } from '../../domain/forms/languages';
import { workerFile } from '../../infra/worker-file';
import type { SignatureFacts } from './render-form';

export interface DrawTask {
  readonly id: number;
  readonly form: Form;
  readonly language: FormLanguage;
  readonly signature: SignatureFacts;
}

export type DrawAnswer =
  | { readonly id: number; readonly pdf: Uint8Array }
  | { readonly id: number; readonly code: ProblemCode; readonly details: Readonly<Record<string, unknown>> };

interface Waiting {
  readonly resolve: (pdf: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that draws forms: shaping the words of one target takes 5 ms, and an order of 2,000 held the event loop, on which
 * the clocks tick, for up to 300 ms at a time. It starts with the first form and keeps no process alive.
 */
export class Drawing {
  private thread: Worker | undefined;
  private serial = 0;
  private readonly waiting = new Map<number, Waiting>();

  /** {@link renderForm}, elsewhere. @throws DomainError form.too-large, request.unavailable when the thread broke down */
  draw(form: Form, language: FormLanguage, signature: SignatureFacts): Promise<Uint8Array> {
    const id = this.serial++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.thread ??= this.start();
      // Alive while somebody waits for it, and only then.
      this.thread.ref();
      this.thread.postMessage({ id, form, language, signature } satisfies DrawTask);
    });
  }

  async close(): Promise<void> {
    await this.thread?.terminate();
  }

  private start(): Worker {
    const { file, execArgv } = workerFile(__dirname, 'draw.worker');
    const thread = new Worker(file, { execArgv, env: {}, resourceLimits: { maxOldGenerationSizeMb: 512 } });
    thread.on('message', (answer: DrawAnswer) => this.settle(answer));
    // What ends it is told to whoever waits, by 'exit'.
    thread.on('error', () => undefined);
    thread.on('exit', () => this.ended());
    return thread;
  }

  private settle(answer: DrawAnswer): void {
    const { resolve, reject } = this.waiting.get(answer.id) ?? {};
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.thread?.unref();
    if ('pdf' in answer) resolve?.(answer.pdf);
    else reject?.(new DomainError(answer.code, answer.details));
  }

  private ended(): void {
    this.thread = undefined;
    const error = new DomainError('request.unavailable', { reason: 'the thread that draws forms ended' });
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
