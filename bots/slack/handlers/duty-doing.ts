import { fault } from '../../../core/errors.ts'
import type { Actor } from '../../andon/andon.ts'
import { dueAt } from '../../andon/inputs.ts'
import { peopleOf } from '../../andon/people.ts'
import { type DecisionInput, decisionInput } from '../../duty/deciding.ts'
import { today } from '../../duty/week.ts'
import { dutyWords } from '../../duty/words.ts'
import type { DutyField } from '../blocks/duty.ts'
import type { Surface } from '../define.ts'
import type { SlackDuty } from '../duty.ts'

/** What a button of the duty carries, and what was filled in. Values come back through Slack: read as anything from outside. */
export type Given = Readonly<Record<string, string | undefined>>

const decisions = new Set(['ask', 'mute', 'wrong', 'fix', 'later'])
const answers = new Set(['will-do', 'done', 'not-mine', 'disagree'])
const dayMs = 86_400_000
const muteDays = 30

export interface Asking {
  title: string
  fields: DutyField[]
}

export function dutiesOf({ duties }: Surface): SlackDuty {
  if (!duties) throw fault('refused', { reason: 'no duty is configured here', hint: 'Add the block "duty" to the configuration.' })
  return duties
}

/** What has to be asked before it can be done; null: nothing. */
export async function askingOf(surface: Surface, name: string, given: Given, { locale }: Actor): Promise<Asking | null> {
  const words = dutyWords(locale).modal
  const day = (afterMs: number) => today(surface.clock.now() + afterMs, surface.catalog.config.duty?.zone ?? 'UTC')
  switch (name) {
    case 'ask': {
      const owner = await ownerOf(surface, given)
      const due = day(surface.catalog.config.guardians.askWithinMs)
      return {
        title: words.ask,
        fields: [
          { id: 'to', kind: 'user', initial: owner, optional: true },
          { id: 'due', kind: 'date', initial: due, optional: true },
          { id: 'words', kind: 'words', optional: true },
        ],
      }
    }
    case 'mute':
      return {
        title: words.mute,
        fields: [
          { id: 'reason', kind: 'words' },
          { id: 'until', kind: 'date', initial: day(muteDays * dayMs) },
        ],
      }
    case 'wrong':
      return { title: words.wrong, fields: [{ id: 'reason', kind: 'words' }] }
    case 'not-mine':
      return { title: dutyWords(locale).answer['not-mine'], fields: [{ id: 'answerWords', kind: 'words', optional: true }] }
    case 'disagree':
      return { title: dutyWords(locale).answer.disagree, fields: [{ id: 'answerWords', kind: 'words' }] }
    case 'absent':
      return {
        title: words.absent,
        fields: [
          { id: 'from', kind: 'date', initial: day(0) },
          { id: 'untilDay', kind: 'date', initial: day(0) },
          { id: 'reason', kind: 'words', optional: true },
        ],
      }
    case 'swap':
      return {
        title: words.swap,
        fields: [
          { id: 'toSwap', kind: 'user' },
          { id: 'from', kind: 'date', initial: day(0) },
        ],
      }
    default:
      return null
  }
}

async function ownerOf(surface: Surface, { review, item }: Given): Promise<string | undefined> {
  const found = await dutiesOf(surface).reviews.get(review ?? '')
  const owner = found?.items.find(({ n }) => String(n) === item)?.finding.owner
  return owner?.kind === 'person' ? peopleOf(surface.catalog).configured(owner.name)?.slack : undefined
}

/** Does it. Throws faults of the desks; whoever calls tells them. */
export async function doDuty(surface: Surface, name: string, given: Given, actor: Actor): Promise<void> {
  const { duty, reviews, findings } = dutiesOf(surface)
  if (decisions.has(name)) {
    await reviews.decide(given.review ?? '', Number(given.item), decisionFrom(name, { ...given, to: personIn(surface, given.to) }), actor)
    return
  }
  if (answers.has(name)) {
    const kind = name as 'will-do' | 'done' | 'not-mine' | 'disagree'
    const finding = await findings.get(given.finding ?? '')
    if (!finding) throw fault('finding-not-found', { id: given.finding ?? '' })
    if (finding.ask?.id !== given.ask || finding.status !== 'asked')
      throw fault('refused', { reason: 'this is over, or somebody else is asked now', hint: 'See jidoka finding show.' })
    if (finding.ask?.to !== actor.id) throw fault('forbidden', { role: actor.name, needs: 'to be whoever is asked' })
    const words = given.answerWords
    await findings.decide(finding.id, { kind: 'answer', answer: kind, ...(words ? { words } : {}) }, actor.id)
    return
  }
  switch (name) {
    case 'end':
      await reviews.end(given.review ?? '', actor)
      return
    case 'accept':
    case 'decline':
      await duty.answerSwap(given.swap ?? '', name, actor)
      return
    case 'absent':
      await duty.absent({ from: given.from ?? '', until: given.untilDay ?? '', ...(given.reason ? { reason: given.reason } : {}) }, actor)
      return
    case 'swap':
      await duty.askSwap({ to: given.toSwap ?? '', ...(given.from ? { day: given.from } : {}) }, actor)
      return
    default:
      throw fault('not-found', { what: 'button', id: name, list: 'jidoka review --help' })
  }
}

/** Somebody picked in Slack, by the id that the house has for them. */
const personIn = ({ catalog }: Surface, slack: string | undefined) =>
  slack === undefined ? undefined : (peopleOf(catalog).bySlack(slack)?.id ?? slack)

function decisionFrom(name: string, { to, due, words, reason, until }: Given): DecisionInput {
  const raw = {
    decision: name,
    ...(name === 'ask' && to ? { to } : {}),
    ...(name === 'ask' && due ? { due: dueAt(due) } : {}),
    ...(name === 'ask' && words ? { words } : {}),
    ...(name === 'mute' || name === 'wrong' ? { reason: reason ?? '' } : {}),
    ...(name === 'mute' ? { until: dueAt(until ?? '') } : {}),
  }
  const parsed = decisionInput.safeParse(raw)
  if (parsed.success) return parsed.data
  throw fault('bad-request', { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') })
}
