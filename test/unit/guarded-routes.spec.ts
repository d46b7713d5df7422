import { Controller, Get, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Allow, Public, SignedIn } from '../../src/infra/http/allow';
import { assertEveryRouteIsGuarded, routesOf } from '../../src/infra/http/routes';

@Controller('said')
class Said {
  @Get('a')
  @Allow('case.read')
  a(): void {}

  @Get('b')
  @Public('for this test')
  b(): void {}

  @Get('c')
  @SignedIn('for this test')
  c(): void {}
}

@Controller('forgotten')
class Forgotten {
  @Get()
  @Allow('case.read')
  said(): void {}

  @Get('silent')
  silent(): void {}
}

@Module({ controllers: [Said] })
class SaidModule {}

@Module({ controllers: [Said, Forgotten] })
class ForgottenModule {}

async function appOf(module: new () => object) {
  const testing = await Test.createTestingModule({ imports: [module] }).compile();
  return testing.createNestApplication(new FastifyAdapter());
}

describe('a route', () => {
  it('that states who may call it lets the process start', async () => {
    const app = await appOf(SaidModule);
    expect(routesOf(app).map(({ path }) => path)).toEqual(['said/a', 'said/b', 'said/c']);
    expect(() => assertEveryRouteIsGuarded(app)).not.toThrow();
  });

  it('that states nothing keeps the process from starting, and is named', async () => {
    const app = await appOf(ForgottenModule);
    expect(() => assertEveryRouteIsGuarded(app)).toThrow('Forgotten.silent');
  });
});
