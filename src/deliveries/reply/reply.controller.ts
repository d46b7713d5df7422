import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/errors';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Public } from '../../infra/http/allow';
import { pagePolicy } from '../../infra/http/page';
import { answerErrorsUnder } from '../../infra/http/problem.filter';
import { RateLimit } from '../../infra/http/rate-limit';
import { faultOf, fieldsOf, ReplyFault, type Fault, type Fields } from './form-body';
import { renderNotice } from './notice.page';
import { renderReinstatement } from './reinstatement.page';
import { REPLY_STYLE } from './page-style';
import { renderDone, renderFailed, renderInvalid, renderLanding, type LinkPage } from './reply.page';
import { MailedReplyLinks, type OpenLink } from './reply-links';
import { ReplyProofs } from './reply-proofs';
import { REPLY_ACTIONS, Replying, type ReplyAction } from './replying.service';
import { makeForm, openForm } from './secrets';
import { languageOf } from './texts/texts';

const POLICY = pagePolicy(REPLY_STYLE);
const OFTEN = { max: 120, timeWindow: '1 minute' } as const;
const WHY = 'the link in the mail is what admits; it opens one notice';

/** A page that nobody keeps: not a cache, not a search engine. */
export function sendPage(reply: FastifyReply, status: number, html: string): void {
  void reply
    .status(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    })
    .send(html);
}

/** Errors of these pages are pages too. */
export const failAsPage = (error: DomainError, request: FastifyRequest, reply: FastifyReply): void =>
  sendPage(reply, error.status, renderFailed(languageOf(request.headers['accept-language']), error.message));

/**
 * The pages behind the link in a mail. Following the link shows a code and a button and changes nothing; from there on the token
 * travels in the body of forms alone, so it is in no address, no history and no cookie, and nothing is ambient that another site
 * could use (docs/decisions/reply-link.md).
 */
@ApiExcludeController()
@Controller('reply')
export class ReplyController {
  constructor(
    private readonly links: MailedReplyLinks,
    private readonly replying: Replying,
    private readonly proofs: ReplyProofs,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    answerErrorsUnder('reply', failAsPage);
  }

  @Get(':token')
  @Public(WHY)
  @RateLimit(OFTEN)
  async land(
    @Param('token') token: string,
    @Headers('accept-language') accepted: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.find(token);
    if (!link) return this.refuse(reply, languageOf(accepted));
    sendPage(reply, 200, renderLanding(this.linkPage(link, { token, lang: languageOf(link.language, accepted) })));
  }

  @Post()
  @HttpCode(200)
  @Public(WHY)
  @RateLimit(OFTEN)
  async open(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { link, page, fields } = await this.enter(body, request);
    if (!link) return this.refuse(reply, page.lang);
    const at = { page: Number.parseInt(fields['page'] ?? '', 10) || 1, fix: fields['fix'] ?? null };
    await this.showNotice(reply, link, page, { ...at, fault: null, given: {} });
  }

  @Post(':action')
  @HttpCode(200)
  @Public(WHY)
  @RateLimit(OFTEN)
  async act(
    @Param('action') asked: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const action = REPLY_ACTIONS.find((one) => one === asked);
    if (!action) throw new DomainError('request.not-found');
    const { link, page, fields } = await this.enter(body, request);
    if (!link) return this.refuse(reply, page.lang);
    const fault = await this.tryTo(action, { link, page, fields, reply });
    if (!fault) return;
    const [stillOpen, fixing] = [await this.links.find(page.token), fields['fixing'] ?? null];
    if (!stillOpen) return this.refuse(reply, page.lang);
    // What somebody else has recorded meanwhile is shown, and nothing that was chosen before it was known.
    const given = fault === 'overtaken' ? {} : fields;
    const fix = fault === 'overtaken' ? null : fixing;
    await this.showNotice(reply, link, page, { page: Number.parseInt(fields['at'] ?? '', 10) || 1, fix, fault, given });
  }

  /** Answers with what was recorded, or returns why nothing was. */
  private async tryTo(
    action: ReplyAction,
    { link, page, fields, reply }: { link: OpenLink; page: LinkPage; fields: Fields; reply: FastifyReply },
  ): Promise<Fault | null> {
    const form = openForm(page.token, fields['form'] ?? '', this.clock.now());
    if (form === null) return 'stale';
    try {
      const done = await this.replying.act(link, form, action, fields);
      const { notice } = await this.replying.show(link);
      sendPage(reply, 200, renderDone(page, { ...(await this.proofs.of(done)), notice }));
      return null;
    } catch (error) {
      if (error instanceof ReplyFault) return error.fault;
      if (error instanceof DomainError && /^(notice|life-threat|reinstatement)\./.test(error.code))
        return faultOf(error.code);
      throw error;
    }
  }

  private async enter(
    body: unknown,
    request: FastifyRequest,
  ): Promise<{ link: OpenLink | null; page: LinkPage; fields: Fields }> {
    const fields = fieldsOf(body);
    const token = fields['token'] ?? '';
    const link = await this.links.find(token);
    const lang = languageOf(fields['lang'], link?.language, request.headers['accept-language']);
    return { link, page: this.linkPage(link, { token, lang }), fields };
  }

  private async showNotice(
    reply: FastifyReply,
    link: OpenLink,
    page: LinkPage,
    state: { readonly page: number; readonly fix: string | null; readonly fault: Fault | null; readonly given: Fields },
  ): Promise<void> {
    const now = this.clock.now();
    const shown = await this.replying.show(link);
    const form = makeForm(page.token, now);
    const render = link.purpose === 'reinstatement' ? renderReinstatement : renderNotice;
    const html = render({ ...page, ...shown, ...state, now, form });
    sendPage(reply, state.fault ? 409 : 200, html);
  }

  private linkPage(link: OpenLink | null, { token, lang }: Pick<LinkPage, 'token' | 'lang'>): LinkPage {
    return { token, lang, code: link?.code ?? '', site: this.config.publicUrl };
  }

  private refuse(reply: FastifyReply, lang: LinkPage['lang']): void {
    sendPage(reply, 404, renderInvalid(lang, this.config.publicUrl));
  }
}
