import { createHash } from 'node:crypto';
import { pdqHash } from '../src/perceptual/pdq';
import type { PolicyView } from '../src/signals/policy/policy.dto';
import type { Match, MatchAnswer } from '../src/signals/matching/match.dto';
import type { DisputeView } from '../src/signals/store/opinion.dto';
import type { SignalListView } from '../src/signals/store/list.dto';
import { pipelineOf, recompressed, scenePixels } from './scenes';
import type { Voice } from './stage';
import type { Workday } from './workday';

export interface Sharers {
  readonly curator: Voice;
  readonly vigieSupervisor: Voice;
  readonly lanternSupervisor: Voice;
  readonly harbourAdmin: Voice;
  readonly harbourModerator: Voice;
  readonly kilnSecond: Voice;
}

interface Picture {
  readonly jpeg: Buffer;
  readonly pdq: { readonly hash: string; readonly quality: number };
  readonly sha256: string;
}

const HOUR_MS = 3_600_000;

/** What Threadwatch found of the campaign. `festival` is a mistake of theirs, `report` may be one. */
const CAMPAIGN = { banner: 81, leaflet: 82, festival: 83, report: 84 } as const;
type Name = keyof typeof CAMPAIGN;
const NAMES: readonly Name[] = ['banner', 'leaflet', 'festival', 'report'];

/** Smaller than a picture that somebody sends: PDQ looks at 64 by 64 of it in the end. */
const SIZE = { width: 320, height: 214 };

async function paint(seed: number): Promise<Picture> {
  const pixels = scenePixels(seed, SIZE);
  const jpeg = await pipelineOf(pixels).jpeg({ quality: 90 }).toBuffer();
  return { jpeg, pdq: pdqHash(pixels), sha256: createHash('sha256').update(jpeg).digest('hex') };
}

/** A list that several bodies share: made, used, doubted, put right. Runs through the day beside the notices. */
export class HashSharing {
  private listId = '';

  private constructor(
    private readonly day: Workday,
    private readonly sharers: Sharers,
    private readonly pictures: Readonly<Record<Name, Picture>>,
  ) {}

  static async begin(day: Workday, sharers: Sharers): Promise<HashSharing> {
    const painted = await Promise.all(NAMES.map(async (name) => [name, await paint(CAMPAIGN[name])] as const));
    return new HashSharing(day, sharers, Object.fromEntries(painted) as Record<Name, Picture>);
  }

  /** Before the first notice: a list of the campaign’s pictures for those who meet them, labelled, with TLP:AMBER. */
  async listShared(): Promise<void> {
    await this.day.goTo(-9.75 * HOUR_MS);
    const { curator, vigieSupervisor, harbourModerator, kilnSecond } = this.sharers;
    const list = await curator.post<SignalListView>('/v1/signal-lists', {
      slug: 'grey-harvest',
      name: 'Grey Harvest',
      purpose: 'Pictures of one campaign, for those on whose services it is spread. Each was looked at before it was added.',
      sharing: 'group',
      tlp: 'amber',
    }); // prettier-ignore
    this.listId = list.id;
    const members = [
      { organisationId: vigieSupervisor.organisationId, mayContribute: true },
      { organisationId: harbourModerator.organisationId, mayContribute: true },
      { organisationId: kilnSecond.organisationId, mayContribute: false },
    ];
    for (const member of members) await curator.post(`/v1/signal-lists/${list.id}/members`, member);
    await curator.post('/v1/signals/batch', {
      listId: list.id,
      reviewed: true,
      labels: { category: 'incitement', ideology: 'unknown', behaviours: ['incitement'], contentType: 'supporter-made' },
      severity: 'high',
      signals: NAMES.flatMap((name) => {
        const { pdq, sha256 } = this.pictures[name];
        return [{ type: 'pdq', value: pdq.hash, quality: pdq.quality }, { type: 'sha256', value: sha256 }];
      }),
    }); // prettier-ignore
    await this.day.pass(6);
    await this.policyInForce();
  }

  /** The large platform blocks what is identical and was looked at, and holds the rest for its moderators. */
  private async policyInForce(): Promise<void> {
    const { harbourAdmin } = this.sharers;
    const draft = await harbourAdmin.post<PolicyView>('/v1/signal-policies', {
      name: 'Uploads',
      rules: [
        { name: 'looked at and identical', action: 'block', types: ['sha256', 'sha512'], states: ['active'], reviewed: true },
        { name: 'nobody has looked yet', action: 'ignore', reviewed: false },
        { name: 'near a picture of the campaign', action: 'review', lists: [this.listId], maxDistance: 31 },
        { name: 'everything else', action: 'review' },
      ],
    }); // prettier-ignore
    await harbourAdmin.post(`/v1/signal-policies/${draft.id}/dry-run`, {});
    await harbourAdmin.post(`/v1/signal-policies/${draft.id}/enforce`);
  }

  /** A volunteer knows the picture from elsewhere. The list’s owner looks again and takes it off. */
  async disputeUpheld(): Promise<void> {
    await this.day.goTo(-6.3 * HOUR_MS);
    const { curator, kilnSecond } = this.sharers;
    const note = 'The poster of a harvest festival: the same colours, another text. It is on our own front page.';
    const [match] = await this.matchesOf(kilnSecond, 'festival');
    await kilnSecond.post(`/v1/signals/${match?.signalId}/opinion`, {
      opinion: 'dispute',
      reason: 'not_terrorist_content',
      note,
    });
    await this.day.pass(12);
    const { items } = await curator.get<{ items: DisputeView[] }>('/v1/signal-disputes?state=open');
    await curator.post(`/v1/signal-disputes/${items[0]?.id}/resolve`, {
      outcome: 'upheld',
      note: 'Looked again: a festival, as Kiln says. The mistake was ours.',
    });
    // The same file’s other hash goes with it, without a dispute of its own.
    const [other] = await this.matchesOf(curator, 'festival', 'sha256');
    await curator.post(`/v1/signals/${other?.signalId}/withdraw`, { reason: 'Disputed by Kiln, rightly' });
  }

  /** An upload at the large platform is a copy of the leaflet; its moderator says so. */
  async uploadMatched(): Promise<void> {
    await this.day.goTo(-3.5 * HOUR_MS);
    const { harbourModerator } = this.sharers;
    const copy = await recompressed(this.pictures.leaflet.jpeg, 45);
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(copy)], { type: 'image/jpeg' }), 'upload.jpg');
    const { matches } = await harbourModerator.form<MatchAnswer>('/v1/signals/match', form);
    await this.day.pass(3);
    const note = 'The leaflet, saved once more by somebody’s telephone. Taken down.';
    await harbourModerator.post(`/v1/signals/${matches[0]?.signalId}/feedback`, { verdict: 'confirmed', note });
  }

  /** The unit that meets the poster for the second time stands behind the other unit’s hash. */
  async confirmed(pdq: string | undefined): Promise<void> {
    const { lanternSupervisor } = this.sharers;
    const { matches } = await lanternSupervisor.get<MatchAnswer>(`/v1/signals/match?type=pdq&value=${pdq}`);
    const note = 'The same poster, on another platform and with the same text.';
    await lanternSupervisor.post(`/v1/signals/${matches[0]?.signalId}/opinion`, { opinion: 'confirm', note });
  }

  /** Nobody has decided about this one yet: 72 hours run. */
  async disputeOpen(): Promise<void> {
    await this.day.pass(20);
    const { vigieSupervisor } = this.sharers;
    const [match] = await this.matchesOf(vigieSupervisor, 'report');
    const note = 'We find it in the regional evening news, with commentary. Is it theirs, or the campaign’s?';
    await vigieSupervisor.post(`/v1/signals/${match?.signalId}/opinion`, {
      opinion: 'dispute',
      reason: 'journalistic',
      note,
    });
  }

  private async matchesOf(voice: Voice, name: Name, type: 'pdq' | 'sha256' = 'pdq'): Promise<Match[]> {
    const { pdq, sha256 } = this.pictures[name];
    const value = type === 'pdq' ? pdq.hash : sha256;
    return (await voice.get<MatchAnswer>(`/v1/signals/match?type=${type}&value=${value}`)).matches;
  }
}
