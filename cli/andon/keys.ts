import type { AndonView } from '../../bots/andon/wire.ts'
import type { Labels } from './labels.ts'
import type { Order } from './typed.ts'

/** A key of the room: it opens a line of input, and what is typed there becomes an order. */
export interface Key {
  key: string
  prompt: keyof Labels['prompts']
  /** Pure. What was typed, trimmed; `problem`: why it is not sent. */
  order(typed: string, andon: AndonView, problems: Labels['problems']): Order | { problem: string }
}

const words = (typed: string, problems: Labels['problems'], make: (text: string) => Order) =>
  typed === '' ? { problem: problems.words } : make(typed)

/** `2 nothing in the logs`: the number, and what stands after it. Who types Japanese may type the digits so, too. */
function numbered(typed: string): { n: number; rest: string } | null {
  const found = /^(\d{1,3})(?:[\s::.、,]+(.*))?$/su.exec(typed.normalize('NFKC'))
  return found ? { n: Number(found[1]), rest: found[2]?.trim() ?? '' } : null
}

type Lane = AndonView['lanes'][number]

/** The lane that is meant; without a number the only one that is being worked on. */
function laneOf(typed: string, { lanes }: AndonView): { lane: Lane; rest: string } | null {
  const said = numbered(typed)
  const named = said ? lanes[said.n - 1] : undefined
  if (said) return named ? { lane: named, rest: said.rest } : null
  const [only, ...more] = lanes.filter(({ status }) => status === 'taken')
  return only && more.length === 0 ? { lane: only, rest: typed } : null
}

const minutesMax = 1_440

export const keys: readonly Key[] = [
  { key: 'j', prompt: 'join', order: (typed, _, problems) => words(typed, problems, (text) => ({ path: 'join', body: { text } })) },
  { key: 'l', prompt: 'lead', order: (typed) => ({ path: 'lead', body: typed === '' ? {} : { person: typed } }) },
  { key: 'e', prompt: 'escalate', order: (typed) => ({ path: 'escalate', body: typed === '' ? {} : { reason: typed } }) },
  {
    key: 't',
    prompt: 'take',
    order(typed, { lanes }, problems) {
      const said = numbered(typed)
      const lane = said && lanes[said.n - 1]
      if (!lane) return { problem: problems.lane(lanes.length) }
      if (said.rest === '') return { path: `lanes/${lane.id}/take`, body: {} }
      const minutes = Number(said.rest)
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > minutesMax) return { problem: problems.minutes }
      return { path: `lanes/${lane.id}/take`, body: { minutes } }
    },
  },
  {
    key: 'r',
    prompt: 'report',
    order(typed, andon, problems) {
      const found = laneOf(typed, andon)
      if (!found) return { problem: problems.lane(andon.lanes.length) }
      return words(found.rest, problems, (text) => ({ path: `lanes/${found.lane.id}/report`, body: { text } }))
    },
  },
  {
    key: 'd',
    prompt: 'done',
    order(typed, andon, problems) {
      const found = laneOf(typed, andon)
      if (!found) return { problem: problems.lane(andon.lanes.length) }
      return words(found.rest, problems, (outcome) => ({ path: `lanes/${found.lane.id}/done`, body: { outcome } }))
    },
  },
  {
    key: 'u',
    prompt: 'update',
    order(typed, _, problems) {
      const to = /^(room|everyone|customers):\s*(.*)$/s.exec(typed)
      return words(to?.[2] ?? typed, problems, (text) => ({ path: 'update', body: { text, audience: to?.[1] ?? 'everyone' } }))
    },
  },
  { key: 'n', prompt: 'note', order: (typed, _, problems) => words(typed, problems, (text) => ({ path: 'note', body: { text } })) },
  {
    key: 'i',
    prompt: 'inquiry',
    order(typed, { inquiries }, problems) {
      const said = numbered(typed)
      if (said) {
        const inquiry = inquiries[said.n - 1]
        if (!inquiry) return { problem: problems.inquiry(inquiries.length) }
        return words(said.rest, problems, (text) => ({ path: `inquiries/${inquiry.id}/answer`, body: { text } }))
      }
      const [carrier, ...symptom] = typed.split(/\s+/)
      if (!carrier) return { problem: problems.carrier }
      return { path: 'inquiries', body: symptom.length > 0 ? { carrier, symptom: symptom.join(' ') } : { carrier } }
    },
  },
  { key: 'k', prompt: 'kaizen', order: (typed, _, problems) => words(typed, problems, (text) => ({ path: 'kaizen', body: { text } })) },
  { key: 'R', prompt: 'resolve', order: (typed, _, problems) => words(typed, problems, (how) => ({ path: 'resolve', body: { how } })) },
]
