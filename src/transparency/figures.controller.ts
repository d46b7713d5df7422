import { Controller, Get, Header, Headers, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../infra/http/allow';
import { renderFigures, type PageLanguage } from './figures.page';
import { Transparency } from './transparency.service';

@ApiExcludeController()
@Controller('figures')
export class FiguresController {
  constructor(private readonly transparency: Transparency) {}

  @Get()
  @Public('published figures are for everybody')
  @Header('content-type', 'text/html; charset=utf-8')
  async page(@Query('lang') asked?: string, @Headers('accept-language') accepted?: string): Promise<string> {
    const { months } = await this.transparency.published({});
    return renderFigures(months, languageOf(asked ?? accepted ?? ''));
  }
}

const languageOf = (wanted: string): PageLanguage => (wanted.toLowerCase().startsWith('fr') ? 'fr' : 'en');
