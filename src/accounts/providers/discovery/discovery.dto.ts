import { IsIn, IsOptional } from 'class-validator';

export const REACHES = ['registries', 'host'] as const;

export class DiscoverDto {
  /**
   * `registries`: asks registries alone, who do not tell the host. `host`: looks at the host's security.txt and legal pages as well,
   * which whoever runs the host can see; not for what is marked PAP:AMBER or PAP:RED. Default `registries`.
   */
  @IsOptional()
  @IsIn(REACHES)
  reach?: (typeof REACHES)[number];
}

export class DiscoveryView {
  id!: string;
  platformId!: string;
  reach!: (typeof REACHES)[number];
  askedAt!: string;
  /** Null while it is under way. */
  endedAt!: string | null;
  /** By host and source: `found`, `none`, or why it said nothing. */
  outcomes!: Record<string, Record<string, string>> | null;
}
