import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { JsonObject } from '../domain/canonical';
import type { Dimensions, Subjects } from '../domain/ledger-entry';
import { InDigits } from '../infra/http/whole-number';

/** A sequence number or size: as far as a JSON number is exact. */
const LARGEST = Number.MAX_SAFE_INTEGER;

export class FeedQuery {
  /** Entries after this sequence number: the `through` of the page before; -1 for the first page. */
  @ApiPropertyOptional({ type: 'integer', default: -1 })
  @IsOptional()
  @InDigits()
  @IsInt()
  @Min(-1)
  @Max(LARGEST)
  after: number = -1;

  /** Entries on a page, 1 to 500. A disclosure of many entries is never cut, so a page can be longer. */
  @ApiPropertyOptional({ type: 'integer', default: 100 })
  @IsOptional()
  @InDigits()
  @IsInt()
  @Min(1)
  @Max(500)
  limit: number = 100;
}

export class FeedStreamQuery {
  /** As in the feed; absent: from now on. `Last-Event-ID` goes before it. */
  @ApiPropertyOptional({ type: 'integer' })
  @IsOptional()
  @InDigits()
  @IsInt()
  @Min(-1)
  @Max(LARGEST)
  after?: number;
}

export class ConsistencyQuery {
  /** Size of the older tree. */
  @ApiProperty({ type: 'integer' })
  @InDigits()
  @IsInt()
  @Min(0)
  @Max(LARGEST)
  from!: number;

  /** Size of the newer tree: of a checkpoint. */
  @ApiProperty({ type: 'integer' })
  @InDigits()
  @IsInt()
  @Min(0)
  @Max(LARGEST)
  to!: number;
}

/** A body, with what is needed to check it against the entry: SHA-256(salt ‖ RFC 8785 of the body) is in the bytes. */
export class EntryBodyView {
  @ApiProperty({ type: 'object', additionalProperties: true })
  body!: JsonObject;
  /** Hex. */
  salt!: string;
}

export class FeedEntryView {
  /** Where the feed delivers it: the cursor. */
  @ApiProperty({ type: 'integer' })
  seq!: number;
  /** Its place in the tree: `seq`, or an earlier one when the entry was disclosed at `seq`. */
  @ApiProperty({ type: 'integer' })
  leaf!: number;
  id!: string;
  /** `<noun>.<what happened>`. */
  kind!: string;
  at!: string;
  /** The actor's organisation; null for the service itself. */
  @ApiProperty({ type: String, nullable: true })
  organisationId!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  subjects!: Subjects;
  @ApiProperty({ type: 'object', additionalProperties: true })
  dims!: Dimensions;
  /** What everyone in the audience may read, unless it was erased. */
  @ApiPropertyOptional({ type: EntryBodyView })
  shared?: EntryBodyView;
  /** What the actor's own organisation may read, unless it was erased. */
  @ApiPropertyOptional({ type: EntryBodyView })
  internal?: EntryBodyView;
  /** The leaf hash in hex. */
  digest!: string;
  /** The canonical bytes in base64. */
  bytes!: string;
}

export class FeedPageView {
  @ApiProperty({ type: [FeedEntryView] })
  entries!: FeedEntryView[];
  /** Everything up to here has been said: the next `after`. */
  @ApiProperty({ type: 'integer' })
  through!: number;
}

export class ReceiptEntryView {
  id!: string;
  /** The leaf hash in hex. */
  digest!: string;
  @ApiProperty({ type: 'integer' })
  seq!: number;
  /** The canonical bytes in base64. */
  @ApiPropertyOptional({ type: String })
  bytes?: string;
}

/** By the machine that took the message: apart from any person's acknowledgement of the notice. */
export class AcknowledgementView {
  /** Of the request. */
  id!: string;
  entryId!: string;
  /** SHA-256 in hex over RFC 8785 of the JSON that was received; of `null` where there was none. */
  sha256!: string;
  receivedAt!: string;
  /** Base64: Ed25519 by the ledger's key over `clepsydra-acknowledgement/v1`, a line feed, and RFC 8785 of the other members. */
  signature!: string;
}

export class ReceiptView {
  entry!: ReceiptEntryView;
  /** RFC 9162 inclusion proof in hex, from the leaf upwards. */
  @ApiProperty({ type: [String] })
  inclusion!: readonly string[];
  /** The checkpoint that the proof leads to, a C2SP signed note. */
  checkpoint!: string;
  /** Of a message that changed a notice. */
  @ApiPropertyOptional({ type: AcknowledgementView })
  acknowledgement?: AcknowledgementView;
}

export class PendingReceiptView {
  @ApiProperty({ enum: ['pending'] })
  state!: 'pending';
  @ApiProperty({ type: 'object', properties: { id: { type: 'string' } } })
  entry!: { readonly id: string };
  /** Where the receipt will be. */
  link!: string;
  @ApiPropertyOptional({ type: AcknowledgementView })
  acknowledgement?: AcknowledgementView;
}

export class ConsistencyView {
  @ApiProperty({ type: 'integer' })
  from!: number;
  @ApiProperty({ type: 'integer' })
  to!: number;
  /** RFC 9162 consistency proof in hex. */
  @ApiProperty({ type: [String] })
  proof!: string[];
}

export class LedgerKeyView {
  origin!: string;
  /** `<name>+<key id>+<base64>`, as C2SP signed-note writes verifier keys. */
  key!: string;
}
