import { randomUUID } from 'node:crypto'
import type { Emulate } from './emulate.ts'
import type { Fields, Message } from './types.ts'

/**
 * What an app says to one person: ephemeral messages, the words of `ack(…)`, and posts to a `response_url`, which is good for five
 * posts within 30 minutes.
 */
const usesMost = 5
const lifeMs = 30 * 60_000

export interface Private extends Message {
  /** The person's user id. */
  to: string
}

interface Ticket {
  channel: string
  user: string
  /** The message that was clicked. */
  original?: Message
  uses: number
  at: number
}

export type Answers = ReturnType<typeof openAnswers>

export function openAnswers(emulate: Emulate) {
  const tickets = new Map<string, Ticket>()
  const privates: Private[] = []
  let count = 0

  function show(channel: string, to: string, said: Fields): void {
    count += 1
    const ts = String(said.ts ?? `${Math.floor(Date.now() / 1000)}.9${String(count).padStart(5, '0')}`)
    privates.push({ ...(said as Message), text: String(said.text ?? ''), channel, ts, to, ephemeral: true })
  }

  const drop = (ts: string): void => {
    const index = privates.findIndex((message) => message.ts === ts)
    if (index >= 0) privates.splice(index, 1)
  }

  async function change(original: Message, body: Fields): Promise<void> {
    const { channel, ts, ephemeral } = original
    if (body.delete_original) {
      if (ephemeral) drop(ts)
      else await emulate.must('bot', 'chat.delete', { channel, ts })
      return
    }
    const { text, blocks } = body
    const shown = privates.find((message) => message.ts === ts)
    if (shown) Object.assign(shown, { text: text ?? '', blocks })
    else await emulate.must('bot', 'chat.update', { channel, ts, text: text ?? '', blocks })
  }

  /** `said`: what `ack` or `respond` carried. To the person alone, unless it says `in_channel`. */
  async function say(channel: string, user: string, said: string | Fields): Promise<void> {
    const body = typeof said === 'string' ? { text: said } : said
    if (body.response_type === 'in_channel') {
      const { text, blocks, thread_ts } = body
      await emulate.must('bot', 'chat.postMessage', { channel, text: text ?? '', blocks, thread_ts })
    } else show(channel, user, body)
  }

  return {
    privates,
    show,
    say,
    /** The id of a new `response_url`. */
    ticket(channel: string, user: string, original?: Message): string {
      const id = randomUUID().replaceAll('-', '')
      tickets.set(id, { channel, user, ...(original ? { original } : {}), uses: 0, at: Date.now() })
      return id
    },
    async respond(id: string, body: Fields): Promise<boolean> {
      const ticket = tickets.get(id)
      if (!ticket || ticket.uses >= usesMost || Date.now() - ticket.at > lifeMs) return false
      ticket.uses += 1
      if (ticket.original && (body.replace_original || body.delete_original)) await change(ticket.original, body)
      else await say(ticket.channel, ticket.user, body)
      return true
    },
  }
}
