import { Controller, Get, Header, Param, ParseIntPipe, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProduces, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Actor } from '../infra/database/actor';
import { Allow, CurrentActor, Public, SignedIn } from '../infra/http/allow';
import { ConsistencyQuery, ConsistencyView, LedgerKeyView, PendingReceiptView, ReceiptView } from './ledger.dto';
import { LedgerKey } from './ledger-key';
import { Ledger } from './ledger.service';

const TEXT = 'text/plain; charset=utf-8';

const WHY_NOT_OPEN =
  'every party keeps checkpoints; a stranger who could watch the size grow would see when something was just referred';

@ApiTags('ledger')
@Controller('v1/ledger')
export class LedgerController {
  constructor(
    private readonly ledger: Ledger,
    private readonly key: LedgerKey,
  ) {}

  /** The newest checkpoint: origin, size and root of the tree, signed (C2SP tlog-checkpoint). */
  @Get('checkpoint')
  @SignedIn(WHY_NOT_OPEN)
  @Header('content-type', TEXT)
  @Header('cache-control', 'no-store')
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  checkpoint(): Promise<string> {
    return this.ledger.checkpoint();
  }

  /** The key that checkpoints are signed with. Compare it with one that reached you by another road. */
  @Get('key')
  @Public('whoever holds a receipt must be able to verify it')
  keyOf(): LedgerKeyView {
    return { origin: this.key.origin, key: this.key.text };
  }

  /** The checkpoint of a tree of exactly this size. */
  @Get('checkpoints/:size')
  @SignedIn(WHY_NOT_OPEN)
  @Header('content-type', TEXT)
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  checkpointOf(@Param('size', ParseIntPipe) size: number): Promise<string> {
    return this.ledger.checkpoint(size);
  }

  /** Proves that the tree of size `to` begins with the tree of size `from`: that nothing was rewritten between them. */
  @Get('proof/consistency')
  @SignedIn(WHY_NOT_OPEN)
  async consistency(@Query() { from, to }: ConsistencyQuery): Promise<ConsistencyView> {
    return { from, to, proof: await this.ledger.consistency(from, to) };
  }

  /** The receipt of an entry that the caller's organisation may read, against the newest checkpoint. */
  @Get('entries/:id/receipt')
  @Allow('ledger.read')
  @ApiExtraModels(ReceiptView, PendingReceiptView)
  @ApiOkResponse({
    schema: { oneOf: [{ $ref: getSchemaPath(ReceiptView) }, { $ref: getSchemaPath(PendingReceiptView) }] },
  })
  receipt(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<ReceiptView | PendingReceiptView> {
    return this.ledger.receipt(actor, id);
  }
}
