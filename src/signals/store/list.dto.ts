import { IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Matches, Min } from 'class-validator';
import { LIST_SHARINGS, TLP, type ListSharing, type Tlp } from '../../domain/vocabulary';

export class CreateListDto {
  /** Short name, of one's own lists. @example "north-harbour" */
  @Matches(/^[a-z0-9][a-z0-9-]{1,62}$/, {
    message: '$property must be 2 to 63 of a to z, 0 to 9 and hyphen, with a letter or digit first',
  })
  slug!: string;

  @IsString()
  @Length(1, 200)
  name!: string;

  /** What it is for: whoever contributes to it or matches against it has to know. */
  @IsString()
  @Length(3, 2000)
  purpose!: string;

  /** For good: what members gave to a group is never opened to everybody afterwards. */
  @IsIn(LIST_SHARINGS)
  sharing!: ListSharing;

  @IsIn(TLP)
  tlp!: Tlp;

  /** Platforms are asked to act on matches without a person. Two organisations have to stand behind each hash then. */
  @IsOptional()
  @IsBoolean()
  autoAction?: boolean;
}

export class ChangeListDto {
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @IsOptional()
  @IsString()
  @Length(3, 2000)
  purpose?: string;

  @IsOptional()
  @IsIn(TLP)
  tlp?: Tlp;

  @IsOptional()
  @IsBoolean()
  autoAction?: boolean;

  @IsOptional()
  @IsInt()
  @Min(1)
  version?: number;
}

export class CloseListDto {
  @IsOptional()
  @IsInt()
  @Min(1)
  version?: number;
}

export class AddMemberDto {
  @IsUUID()
  organisationId!: string;

  @IsBoolean()
  mayContribute!: boolean;
}

export class RemoveMemberDto {
  @IsUUID()
  organisationId!: string;
}

export class LeaveListDto {
  /** False: what your organisation contributed to the list is withdrawn from it. */
  @IsBoolean()
  keepContributions!: boolean;
}

export class LeftView {
  listId!: string;
  /** Contributions that were withdrawn. */
  withdrawn!: number;
}

export class ListMember {
  organisationId!: string;
  organisationName!: string;
  mayContribute!: boolean;
  joinedAt!: string;
}

export class ListOwner {
  id!: string;
  name!: string;
}

export class SignalListView {
  id!: string;
  slug!: string;
  name!: string;
  purpose!: string;
  /** Null for the lists of the service, which its operator answers for. */
  owner!: ListOwner | null;
  sharing!: ListSharing;
  tlp!: Tlp;
  autoAction!: boolean;
  createdAt!: string;
  closedAt!: string | null;
  version!: number;
  /** Whether your organisation may contribute now. */
  mayContribute!: boolean;
  /** Those whom you may see: all for the owner, oneself for a member. */
  members!: ListMember[];
}
