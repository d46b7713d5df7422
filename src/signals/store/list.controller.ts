import { Body, Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor } from '../../infra/http/allow';
import { ApiPage, PageQuery, type Page } from '../../infra/http/paging';
import { ParseUuid } from '../../infra/http/uuid.pipe';
import { RefreshDirectory } from '../matching/refresh-directory';
import {
  AddMemberDto,
  ChangeListDto,
  CloseListDto,
  CreateListDto,
  LeaveListDto,
  LeftView,
  RemoveMemberDto,
  SignalListView,
} from './list.dto';
import { ListMembers } from './list-members.service';
import { SignalLists } from './lists.service';

@ApiTags('signals')
@Controller('v1/signal-lists')
@UseInterceptors(RefreshDirectory)
export class SignalListController {
  constructor(
    private readonly lists: SignalLists,
    private readonly members: ListMembers,
  ) {}

  /** Lists that one may read. */
  @Get()
  @Allow('signal-list.read')
  @ApiPage(SignalListView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<SignalListView>> {
    return this.lists.list(actor, query);
  }

  @Post()
  @Allow('signal-list.manage')
  create(@CurrentActor() actor: Actor, @Body() dto: CreateListDto): Promise<SignalListView> {
    return this.lists.create(actor, dto);
  }

  @Get(':id')
  @Allow('signal-list.read')
  get(@CurrentActor() actor: Actor, @Param('id', ParseUuid) id: string): Promise<SignalListView> {
    return this.lists.get(actor, id);
  }

  @Post(':id')
  @HttpCode(200)
  @Allow('signal-list.manage')
  change(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: ChangeListDto,
  ): Promise<SignalListView> {
    return this.lists.change(actor, id, dto);
  }

  /** The list takes nothing more; what stands on it goes on standing. */
  @Post(':id/close')
  @HttpCode(200)
  @Allow('signal-list.manage')
  close(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: CloseListDto,
  ): Promise<SignalListView> {
    return this.lists.close(actor, id, dto.version);
  }

  /** Lets an organisation in, or changes whether it may contribute. */
  @Post(':id/members')
  @HttpCode(200)
  @Allow('signal-list.manage')
  addMember(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: AddMemberDto,
  ): Promise<SignalListView> {
    return this.members.add(actor, id, dto);
  }

  @Post(':id/members/remove')
  @HttpCode(200)
  @Allow('signal-list.manage')
  removeMember(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: RemoveMemberDto,
  ): Promise<SignalListView> {
    return this.members.remove(actor, id, dto.organisationId);
  }

  /** Leaves the list, with one's contributions or without them. */
  @Post(':id/leave')
  @HttpCode(200)
  @Allow('signal-list.manage')
  leave(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUuid) id: string,
    @Body() dto: LeaveListDto,
  ): Promise<LeftView> {
    return this.members.leave(actor, id, dto.keepContributions);
  }
}
