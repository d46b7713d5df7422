import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DomainError, PROBLEMS, type ProblemCode } from '../../domain/errors';
import { Public } from './allow';
import { renderProblem, renderProblems } from './problem.page';

const isCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

@ApiExcludeController()
@Controller('problems')
export class ProblemController {
  @Get()
  @Public('explains the errors of this service')
  @Header('content-type', 'text/html; charset=utf-8')
  all(): string {
    return renderProblems();
  }

  @Get(':code')
  @Public('explains one error of this service')
  @Header('content-type', 'text/html; charset=utf-8')
  one(@Param('code') code: string): string {
    if (!isCode(code)) throw new DomainError('request.not-found');
    return renderProblem(code);
  }
}
