import type { Clock } from '../../core/clock.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal, JournalEvent, OutboxMessage } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { DutyEntries, DutyEntryKind } from '../duty/entries.ts'
import type { Review } from '../duty/review.ts'
import type { SlackDuty } from './duty.ts'
import { laneOfAsk, laneOfDuty, laneOfReview, laneOfReviewEdits, type OpName, type Orders, outboxMessage } from './message.ts'

type Make = <Op extends OpName>(lane: string, op: Op, order: Orders[Op], word?: string, replaces?: string) => OutboxMessage

/** What each entry of duty, reviews and asks means for Slack. Pure; the same event makes the same messages, by their word. */
export function dutyMessages(event: JournalEvent, review: Review | null): OutboxMessage[] {
  const make: Make = (lane, op, order, word = '', replaces) =>
    outboxMessage({
      lane,
      dedupe: `${op}/${event.seq}${word}`,
      ...(replaces === undefined ? {} : { replaces }),
      message: { op, andon: '', ...order },
    })
  if (event.kind.startsWith('finding.')) return askMessages(event, make)
  if (review && event.kind.startsWith('review.')) return reviewMessages(event, review, make)
  return weekMessages(event, make)
}

const told = ({ seq, at, kind, data }: JournalEvent) => ({ seq, at, kind, data })
const dataOf = <Kind extends DutyEntryKind>({ data }: JournalEvent, _kind: Kind) => data as unknown as DutyEntries[Kind]

function weekMessages(event: JournalEvent, make: Make): OutboxMessage[] {
  const aloud = () => make(laneOfDuty, 'duty-line', { event: told(event), review: null })
  const whisper = (to: string) => make(`dm/${to}`, 'duty-dm', { to, event: told(event) }, `/${to}`)
  switch (event.kind) {
    case 'duty.drawn':
      return [aloud(), ...dataOf(event, 'duty.drawn').people.map(({ id }) => whisper(id))]
    case 'duty.replaced': {
      const { in: by } = dataOf(event, 'duty.replaced')
      return [aloud(), ...(by ? [whisper(by.id)] : [])]
    }
    case 'duty.swap-asked': {
      const { swap, to } = dataOf(event, 'duty.swap-asked')
      return [make(`swap/${swap}`, 'swap', { swap, to: to.id, event: told(event) })]
    }
    case 'duty.swap-ended': {
      const { swap, from, to, status } = dataOf(event, 'duty.swap-ended')
      return [
        make(`swap/${swap}`, 'swap', { swap, to: to.id, event: told(event) }),
        ...(status === 'withdrawn' ? [] : [whisper(from.id)]),
        ...(status === 'swapped' ? [aloud()] : []),
      ]
    }
    case 'review.digest':
      return [aloud()]
    default:
      return []
  }
}

function reviewMessages(event: JournalEvent, { id, items }: Review, make: Make): OutboxMessage[] {
  const edits = laneOfReviewEdits(id)
  const head = () => make(edits, 'review', { review: id }, '/head', 'head')
  const item = (n: number) => make(edits, 'review-item', { review: id, item: n }, `/${n}`, `item/${n}`)
  // In the lane of the posts: it comes after them.
  const said = () => make(laneOfReview(id), 'duty-line', { event: told(event), review: id })
  switch (event.kind) {
    case 'review.opened':
      return [
        make(laneOfReview(id), 'review', { review: id }),
        ...items.map(({ n }) => make(laneOfReview(id), 'review-item', { review: id, item: n }, `/${n}`)),
      ]
    case 'review.decided':
      return [item(dataOf(event, 'review.decided').item), head()]
    case 'review.reminder':
      return [said()]
    case 'review.ended':
      return [...items.flatMap(({ n, decision }) => (decision === null ? [item(n)] : [])), head(), said()]
    default:
      return []
  }
}

const spoken = new Set(['finding.reminded', 'finding.ask-closed', 'finding.ask-unconfirmed'])
const shown = new Set([...spoken, 'finding.asked', 'finding.answered', 'finding.ask-withdrawn'])

function askMessages(event: JournalEvent, make: Make): OutboxMessage[] {
  const { finding, ask, to } = event.data
  if (!shown.has(event.kind) || typeof finding !== 'string' || typeof ask !== 'string' || typeof to !== 'string') return []
  const order = { finding, ask, to, event: told(event) }
  const lane = laneOfAsk(ask)
  return [make(lane, 'ask', order), ...(spoken.has(event.kind) ? [make(lane, 'ask-line', order)] : [])]
}

interface FeedPorts {
  journal: Journal
  duties: SlackDuty
  clock: Clock
  log: Log
  posted(): void
}

/** Reads the journal, and puts what concerns duty, reviews and asks into the outbox: messages and place in one transaction. */
export function feedDuty({ journal, duties, clock, log, posted }: FeedPorts) {
  return follow({
    ...{ journal, clock, log, subscriber: 'slack-duty', from: 'now' },
    async handle(event) {
      if (!/^(?:duty|review|finding)\./.test(event.kind)) return
      const review = typeof event.data.review === 'string' ? await duties.reviews.get(event.data.review) : null
      const messages = dutyMessages(event, review)
      if (messages.length === 0) return
      await journal.relay('slack-duty', event.seq, messages)
      posted()
    },
  })
}
